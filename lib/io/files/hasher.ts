import { Worker } from 'node:worker_threads';
import { VideoError } from '../../base/errors.ts';
import type { HashedFile, HashOptions } from './hash-file.ts';
import type { HasherNews, HasherOrder } from './hasher-messages.ts';

interface Job {
  readonly onProgress: ((doneBytes: number) => void) | undefined;
  readonly resolve: (file: HashedFile) => void;
  readonly reject: (error: Error) => void;
}

export interface HasherOptions {
  /** The thread ends when it had nothing to do for this long. */
  readonly idleMs?: number;
}

/**
 * Hashes files in a thread of its own, which starts when it is needed and ends when it is idle. While it works it
 * keeps the process alive, and no longer. Files are read one after another.
 */
export class Hasher implements AsyncDisposable {
  readonly #idleMs: number;
  readonly #jobs = new Map<number, Job>();
  #worker: Worker | undefined;
  #idleTimer: NodeJS.Timeout | undefined;
  #lastJob = 0;

  constructor({ idleMs = 5000 }: HasherOptions = {}) {
    this.#idleMs = idleMs;
  }

  get isRunning(): boolean {
    return this.#worker !== undefined;
  }

  /** As `hashFile`, elsewhere. @throws VideoError `file_changed`, `path_not_readable`; or the signal's reason */
  async hash(path: string, { signal, onProgress }: HashOptions): Promise<HashedFile> {
    signal.throwIfAborted();
    const job = ++this.#lastJob;
    const worker = this.#start();
    const onAbort = () => {
      this.#order(worker, { type: 'cancel', job });
      this.#jobs.get(job)?.reject(signal.reason as Error);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await new Promise<HashedFile>((resolve, reject) => {
        this.#jobs.set(job, { onProgress, resolve, reject });
        this.#order(worker, { type: 'hash', job, path });
      });
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.#jobs.delete(job);
      if (this.#jobs.size === 0) this.#rest();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const worker = this.#worker;
    this.#leave(new VideoError('cancelled', {}));
    await worker?.terminate();
  }

  #start(): Worker {
    clearTimeout(this.#idleTimer);
    const worker = (this.#worker ??= this.#startThread());
    worker.ref();
    return worker;
  }

  #startThread(): Worker {
    const worker = new Worker(new URL('hasher-worker.js', import.meta.url), {
      // Its buffers live outside the heap, and hashes of parts are small.
      resourceLimits: { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 16 },
    });
    worker.on('message', (news: HasherNews) => this.#hear(news));
    worker.on('error', error => {
      if (this.#worker === worker) this.#leave(new VideoError('internal', { reason: error.message }, { cause: error }));
    });
    return worker;
  }

  #order(worker: Worker, order: HasherOrder): void {
    worker.postMessage(order);
  }

  #hear(news: HasherNews): void {
    const job = this.#jobs.get(news.job);
    switch (news.type) {
      case 'progress':
        job?.onProgress?.(news.doneBytes);
        return;
      case 'hashed':
        job?.resolve(news.file);
        return;
      case 'failed':
        job?.reject(new VideoError(news.error.code, news.error.facts));
        return;
      default:
        news satisfies never;
    }
  }

  #rest(): void {
    if (!this.#worker) return;
    this.#worker.unref();
    clearTimeout(this.#idleTimer);
    this.#idleTimer = setTimeout(() => void this[Symbol.asyncDispose](), this.#idleMs);
    this.#idleTimer.unref();
  }

  /** The thread is no more; whoever waited for it hears why. */
  #leave(reason: Error): void {
    clearTimeout(this.#idleTimer);
    this.#worker = undefined;
    for (const { reject } of this.#jobs.values()) reject(reason);
  }
}
