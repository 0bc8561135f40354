import cliProgress, { type MultiBar, type Options, type SingleBar } from 'cli-progress';
import type { DownloadProgress } from '../../domain/download/progress.ts';
import { BarRows } from './bar-rows.ts';
import { barText, sourceFacts, wholeFacts, type BarFacts } from './bar-text.ts';
import type { Progress, ProgressOptions, ProgressView } from './progress.ts';

/** One group of bars for each download, one under another: a bar for the whole, then one for each source. */
export function createBars(options: ProgressOptions): Progress {
  const groups = new Set<BarGroup>();
  const draw = () => options.screen.showBars([...groups].flatMap(group => group.rows));
  return {
    open(name) {
      const group = new BarGroup(name, options, draw);
      groups.add(group);
      return {
        observer: { onProgress: progress => group.update(progress) },
        onWaiting: position => group.wait(position),
        close() {
          if (!groups.delete(group)) return;
          group.stop();
          draw();
        },
      } satisfies ProgressView;
    },
  };
}

class BarGroup {
  readonly #name: string;
  readonly #options: ProgressOptions;
  readonly #terminal: BarRows;
  readonly #bars: MultiBar;
  readonly #whole: SingleBar;
  readonly #sources = new Map<string, SingleBar>();

  constructor(name: string, options: ProgressOptions, onDrawn: () => void) {
    this.#name = name;
    this.#options = options;
    this.#terminal = new BarRows(() => options.screen.columns - 1);
    this.#bars = new cliProgress.MultiBar({
      terminal: this.#terminal,
      format: (_options, { progress, maxWidth }, facts: BarFacts) => barText(progress, facts, maxWidth),
      hideCursor: false,
      gracefulExit: false,
      clearOnComplete: true,
      emptyOnZero: true,
    } as Options);
    this.#bars.on('redraw-post', onDrawn);
    this.#whole = this.#bars.create(1, 0, wholeFacts(name, undefined, options.language, options.messages));
  }

  get rows(): readonly string[] {
    return this.#terminal.rows;
  }

  update(progress: DownloadProgress): void {
    const { language, messages } = this.#options;
    this.#whole.setTotal(progress.sizeBytes);
    this.#whole.update(progress.doneBytes, wholeFacts(this.#name, progress, language, messages));
    for (const { id, bytes, rate, state } of progress.sources) {
      const facts = sourceFacts(id, rate, state, language, messages);
      const bar = this.#sources.get(id);
      if (bar) bar.update(Math.min(bytes, progress.sizeBytes), facts);
      else this.#sources.set(id, this.#bars.create(progress.sizeBytes, bytes, facts));
    }
  }

  wait(position: number): void {
    this.#whole.update(0, {
      ...wholeFacts(this.#name, undefined, this.#options.language, this.#options.messages),
      note: this.#options.messages.common.progress.waiting(position),
    });
  }

  stop(): void {
    this.#bars.stop();
  }
}
