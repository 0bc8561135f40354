import pLimit from 'p-limit';
import type { Log } from '../../base/log.ts';
import type { DownloadObserver, DownloadProgress } from '../../domain/download/progress.ts';
import type { DownloadRecord } from '../../domain/statistics.ts';
import type { GetResult } from './get.ts';
import { LatestProgress, logObserver, observeAll } from '../observe.ts';

/** Where downloads are seen to move. */
export interface DownloadViews {
  open(name: string): DownloadView;
}

export interface DownloadView {
  readonly observer: DownloadObserver;
  readonly onWaiting: (position: number) => void;
  close(): void;
}

export interface DownloadRequest {
  readonly outputPath?: string | undefined;
  readonly observer: DownloadObserver;
  readonly onWaiting: (position: number) => void;
}

type Get = (name: string, request: DownloadRequest) => Promise<GetResult>;

export interface StartOptions {
  readonly outputPath?: string | undefined;
  readonly get?: Get;
}

export interface DownloadsPorts {
  /** For downloads that bring no way of their own. */
  readonly get: Get;
  readonly views: DownloadViews;
  readonly log: Log;
  readonly atOnce: number;
  readonly signal: AbortSignal;
  /** Each download that began, however it ended. */
  readonly onRecord: (record: DownloadRecord) => void;
}

/** A download that was asked for and has not ended; no progress yet while it waits for others. */
export interface RunningDownload {
  readonly name: string;
  readonly progress: DownloadProgress | undefined;
}

/** The downloads of one client: some at once, the others wait for their turn. */
export class Downloads {
  readonly #ports: DownloadsPorts;
  readonly #limit: ReturnType<typeof pLimit>;
  readonly #running = new Map<string, LatestProgress>();
  readonly #ended = new Set<Promise<unknown>>();

  constructor(ports: DownloadsPorts) {
    this.#ports = ports;
    this.#limit = pLimit(ports.atOnce);
  }

  get running(): readonly RunningDownload[] {
    return [...this.#running].map(([name, { progress }]) => ({ name, progress }));
  }

  isRunning(name: string): boolean {
    return this.#running.has(name);
  }

  /** @throws VideoError why it could not begin; one that began and failed says so in its result. */
  start(name: string, { outputPath, get = this.#ports.get }: StartOptions = {}): Promise<GetResult> {
    const latest = new LatestProgress();
    this.#running.set(name, latest);
    const result = this.#limit(() => this.#run(name, get, outputPath, latest.observer)).finally(() => this.#running.delete(name));
    const ended = result.then(noop, noop).finally(() => this.#ended.delete(ended));
    this.#ended.add(ended);
    return result;
  }

  /** Resolves when no download is left, those that start meanwhile included. */
  async settled(): Promise<void> {
    while (this.#ended.size > 0) await Promise.all(this.#ended);
  }

  async #run(name: string, get: Get, outputPath: string | undefined, latest: DownloadObserver): Promise<GetResult> {
    const { views, log, signal, onRecord } = this.#ports;
    signal.throwIfAborted();
    const view = views.open(name);
    try {
      const observer = observeAll(latest, view.observer, logObserver(name, log));
      const result = await get(name, { outputPath, observer, onWaiting: view.onWaiting });
      onRecord(result.record);
      return result;
    } finally {
      view.close();
    }
  }
}

function noop(): void {}
