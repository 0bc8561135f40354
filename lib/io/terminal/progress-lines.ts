import type { DownloadProgress } from '../../domain/download/progress.ts';
import { printable } from '../../base/printable.ts';
import { formatDuration, formatRate } from '../../base/units.ts';
import { percentText } from './bar-text.ts';
import type { Progress, ProgressOptions } from './progress.ts';

const STEPS = 4;

/** For pipes and files: a line at 0, 25, 50, 75 and 100 %, nothing more. */
export function createPlainProgress({ screen, language, messages }: ProgressOptions): Progress {
  const { progress: words } = messages.common;
  return {
    open(rawName) {
      const name = printable(rawName);
      let nextStep = 0;
      let toldPosition: number | undefined;
      const tell = ({ doneBytes, sizeBytes, rate, etaMs }: DownloadProgress) => {
        const step = sizeBytes === 0 ? STEPS : Math.floor((doneBytes / sizeBytes) * STEPS);
        if (step < nextStep) return;
        const isMoving = rate > 0 && step < STEPS;
        nextStep = step + 1;
        const rest = isMoving ? ` (${formatRate(rate, language)}, ${words.left(formatDuration(etaMs))})` : '';
        screen.print(`${name}: ${percentText(step / STEPS)}${rest}`);
      };
      return {
        observer: { onProgress: tell },
        onWaiting(position) {
          if (position === toldPosition) return;
          toldPosition = position;
          screen.print(`${name}: ${words.waiting(position)}`);
        },
        close() {},
      };
    },
  };
}
