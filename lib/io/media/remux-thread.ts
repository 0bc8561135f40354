import { Worker } from 'node:worker_threads';
import { VideoError } from '../../base/errors.ts';
import type { ServedFile } from '../../domain/served-files.ts';
import type { RemuxedFilm } from '../../domain/remux.ts';
import { limits } from '../../protocol/limits.ts';
import { mediaThreadLimits } from './media-thread-limits.ts';
import type { RemuxAnswer, RemuxNews, RemuxOrder, RemuxSupply } from './remux-messages.ts';

interface Waiting {
  readonly resolve: (answer: RemuxAnswer) => void;
  readonly reject: (error: unknown) => void;
}

/** A film in a thread of its own: a parser of everything in the world takes its time, and one that fails goes with its thread. */
export class RemuxThread implements RemuxedFilm {
  contentType = '';
  readonly #file: ServedFile;
  readonly #worker: Worker;
  readonly #signal: AbortSignal;
  readonly #stop: () => void;
  #reads: Promise<void> = Promise.resolve();
  #pendingReads = 0;
  #waiting: Waiting | undefined;
  #failure: { readonly error: unknown } | undefined;
  #silence: NodeJS.Timeout | undefined;

  constructor(file: ServedFile, { fromS, signal }: { readonly fromS: number; readonly signal: AbortSignal }) {
    const { name, sizeBytes } = file.manifest;
    this.#file = file;
    this.#signal = signal;
    this.#worker = new Worker(new URL('remux-worker.js', import.meta.url), {
      workerData: { name, sizeBytes, fromS } satisfies RemuxOrder,
      resourceLimits: mediaThreadLimits,
    });
    const lost = () => this.#fail(this.#broken());
    this.#worker.on('message', (news: RemuxNews) => this.#hear(news)).on('error', lost).on('exit', lost);
    this.#stop = () => this.#fail(signal.reason);
    signal.addEventListener('abort', this.#stop, { once: true });
  }

  /** Resolves when it is known what the film will be. */
  async open(): Promise<void> {
    const answer = await this.#answer();
    if (answer.type === 'opened') this.contentType = answer.contentType;
  }

  get fragments(): AsyncIterable<Uint8Array> {
    return this.#fragments();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#signal.removeEventListener('abort', this.#stop);
    this.#fail(new VideoError('cancelled', {}));
    await this.#worker.terminate();
    // The file is read no longer.
    await this.#reads;
  }

  async *#fragments(): AsyncGenerator<Uint8Array, void> {
    for (;;) {
      this.#give({ type: 'next' });
      const answer = await this.#answer();
      if (answer.type !== 'fragment') return;
      yield answer.bytes;
    }
  }

  #answer(): Promise<RemuxAnswer> {
    return new Promise((resolve, reject) => {
      if (this.#failure) {
        reject(this.#failure.error);
        return;
      }
      this.#waiting = { resolve, reject };
      this.#listen();
    });
  }

  #hear(news: RemuxNews): void {
    this.#listen();
    if (news.type === 'read') this.#read(news.start, news.end);
    else if (news.type === 'failed') this.#fail(new VideoError('not_remuxable', news.facts));
    else this.#settle(({ resolve }) => resolve(news));
  }

  /** One after another, as who reads in order does. */
  #read(start: number, end: number): void {
    if (end - start > limits.remuxReadMaxBytes) {
      this.#fail(this.#broken());
      return;
    }
    this.#pendingReads += 1;
    this.#reads = this.#reads.then(async () => {
      if (this.#failure) return;
      try {
        const bytes = new Uint8Array(end - start);
        if ((await this.#file.read(bytes, start)) !== bytes.byteLength) throw new VideoError('file_changed', { name: this.#file.manifest.name });
        this.#give({ type: 'bytes', bytes }, [bytes.buffer]);
      } catch (error) {
        this.#fail(error);
      }
      this.#pendingReads -= 1;
      this.#listen();
    });
  }

  /** It has something to say within the time of a silence, unless it waits for bytes. */
  #listen(): void {
    clearTimeout(this.#silence);
    if (!this.#waiting || this.#pendingReads > 0) return;
    this.#silence = setTimeout(() => this.#fail(this.#broken()), limits.remuxSilenceMs);
  }

  /** The first failure counts; with it the thread ends, wherever it is. */
  #fail(error: unknown): void {
    clearTimeout(this.#silence);
    if (this.#failure) return;
    this.#failure = { error };
    void this.#worker.terminate();
    this.#settle(({ reject }) => reject(error));
  }

  #settle(settle: (waiting: Waiting) => void): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    clearTimeout(this.#silence);
    if (waiting) settle(waiting);
  }

  #give(supply: RemuxSupply, moved: ArrayBuffer[] = []): void {
    this.#worker.postMessage(supply, moved);
  }

  #broken(): VideoError {
    return new VideoError('not_remuxable', { name: this.#file.manifest.name, obstacle: 'structure', codecs: [] });
  }
}
