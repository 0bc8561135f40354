import type { DownloadObserver } from '../../domain/download/progress.ts';
import type { Progress } from './progress.ts';
import type { Screen } from './screen.ts';

/** Between two `progress` lines of one download. */
const PROGRESS_EVERY_MS = 500;

/**
 * A download as JSON lines, as `docs/json-events.md` tells them. Whoever opened the view writes how it ended.
 */
export function createJsonProgress(screen: Screen, now: () => number = () => performance.now()): Progress {
  return {
    open(name) {
      const tell = (event: string, facts: object) => screen.printJson({ event, name, ...facts });
      return { observer: createObserver(tell, now), onWaiting: position => tell('waiting', { position }), close() {} };
    },
  };
}

function createObserver(tell: (event: string, facts: object) => void, now: () => number): DownloadObserver {
  let toldAtMs = -Infinity;
  return {
    onStart: (resumedBytes, { id, sizeBytes, partHashes }) => tell('start', { id, sizeBytes, parts: partHashes.length, resumedBytes }),
    onProgress({ sizeBytes, doneBytes, rate, etaMs, sources }) {
      if (now() - toldAtMs < PROGRESS_EVERY_MS && doneBytes < sizeBytes) return;
      toldAtMs = now();
      const rounded = sources.map(({ id, state, bytes, rate }) => ({ id, state, bytes, rate: Math.round(rate) }));
      tell('progress', { sizeBytes, doneBytes, rate: Math.round(rate), etaMs: finite(etaMs), sources: rounded });
    },
    onSourceJoined: source => tell('source', { source, state: 'joined' }),
    onSourceLeft: source => tell('source', { source, state: 'left' }),
    onSourceFailed: (source, { code }, parts) => tell('source', { source, state: 'failed', code, parts }),
    onSourceRetried: source => tell('retry', { source }),
    onSourceReturned: source => tell('source', { source, state: 'returned' }),
    onPartCorrupt: (source, part) => tell('part_corrupt', { source, part }),
    onSourcesAwaited: () => tell('awaiting', {}),
  };
}

/** JSON has no infinity: an unknown time is null. */
function finite(ms: number): number | null {
  return Number.isFinite(ms) ? Math.round(ms) : null;
}
