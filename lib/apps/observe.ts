import type { Log } from '../base/log.ts';
import { isPeerSource } from '../domain/download/node-source-id.ts';
import type { DownloadObserver, DownloadProgress } from '../domain/download/progress.ts';

/** Tells each thing to every observer, in order. */
export function observeAll(...observers: readonly DownloadObserver[]): Required<DownloadObserver> {
  const tell =
    <K extends keyof DownloadObserver>(method: K) =>
    (...facts: Parameters<NonNullable<DownloadObserver[K]>>) => {
      for (const observer of observers) (observer[method] as ((...facts: unknown[]) => void) | undefined)?.(...facts);
    };
  return {
    onStart: tell('onStart'),
    onProgress: tell('onProgress'),
    onSourceJoined: tell('onSourceJoined'),
    onSourceLeft: tell('onSourceLeft'),
    onSourceFailed: tell('onSourceFailed'),
    onSourceRetried: tell('onSourceRetried'),
    onSourceReturned: tell('onSourceReturned'),
    onPartKept: tell('onPartKept'),
    onPartCorrupt: tell('onPartCorrupt'),
    onSourcesAwaited: tell('onSourcesAwaited'),
  };
}

/** What happens to a download, told at the console. */
export function logObserver(name: string, log: Log): DownloadObserver {
  return {
    onStart(bytes) {
      if (bytes > 0) log.info('download.resumed', { name, bytes });
    },
    onSourceJoined: source => log.debug('source.joined', { source }),
    onSourceLeft: source => log.debug('source.left', { source }),
    // Peers come and go, and many of them: only what is wrong with their bytes is news.
    onSourceFailed: (source, { code }, parts) => log[isPeerSource(source) ? 'debug' : 'warn']('source.failed', { source, reason: code, parts }),
    onSourceReturned: source => log[isPeerSource(source) ? 'debug' : 'info']('source.returned', { source }),
    onPartCorrupt: (source, part) => log.warn('source.corrupt', { source, part }),
    onSourcesAwaited: () => log.warn('sources.awaited', { name }),
  };
}

/** The latest progress, for whoever asks. */
export class LatestProgress {
  #progress: DownloadProgress | undefined;
  readonly observer: DownloadObserver = {
    onProgress: progress => {
      this.#progress = progress;
    },
  };

  get progress(): DownloadProgress | undefined {
    return this.#progress;
  }
}
