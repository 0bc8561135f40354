import { ApiError, remuxPath, request } from '../api.ts';
import { isAbort } from '../problem.ts';
import { changeable } from './source-buffer.ts';
import { bufferedEnd } from './time-ranges.ts';

/** What is fetched ahead of what is seen, and kept behind it. */
const AHEAD_S = 30;
const BEHIND_S = 30;
/** And when the browser has no room for so much. */
const FULL_BEHIND_S = 2;
/** While so much more can be seen, who does not answer is asked again after as long. */
const RETRY_AFTER_S = 2;
/** Two places that are closer are one. */
const SAME_S = 0.5;

export interface RemuxedFilmOptions {
  readonly id: string;
  /** Of the whole, when the catalogue knows it. */
  readonly durationMs: number | undefined;
  /** With an `ApiError`, or with what the browser says. Nothing more comes then. */
  readonly onFailed: (error: unknown) => void;
}

/**
 * Plays a film that the central puts into MP4 while it is watched, on the film's own axis of time: who jumps to where nothing is yet has it begin
 * there. Nothing is fetched that is not soon seen.
 */
export class RemuxedFilm {
  readonly #video: HTMLVideoElement;
  readonly #options: RemuxedFilmOptions;
  readonly #source = new MediaSource();
  readonly #url = URL.createObjectURL(this.#source);
  readonly #left = new AbortController();
  #run = new AbortController();
  /** How far the run of now has come. */
  #reachedS = 0;

  /** Whether this browser plays what comes in pieces. */
  static get isPossible(): boolean {
    return 'MediaSource' in globalThis;
  }

  constructor(video: HTMLVideoElement, options: RemuxedFilmOptions) {
    this.#video = video;
    this.#options = options;
    const { signal } = this.#left;
    this.#source.addEventListener('sourceopen', () => this.#fetchFrom(video.currentTime), { signal, once: true });
    video.addEventListener('seeking', () => this.#jump(), { signal });
    video.src = this.#url;
  }

  leave(): void {
    this.#run.abort();
    this.#left.abort();
    URL.revokeObjectURL(this.#url);
    this.#video.removeAttribute('src');
    this.#video.load();
  }

  #jump(): void {
    if (this.#source.readyState === 'closed') return;
    const endS = this.#endS();
    if (endS === undefined) this.#fetchFrom(this.#video.currentTime);
    // Something is there from an earlier run, and this one goes on elsewhere.
    else if (Math.abs(endS - this.#reachedS) > SAME_S) this.#fetchFrom(endS);
  }

  #fetchFrom(fromS: number): void {
    this.#run.abort();
    this.#run = new AbortController();
    const { signal } = this.#run;
    this.#reachedS = fromS;
    this.#fetchAll(signal).catch((error: unknown) => {
      if (!signal.aborted && !isAbort(error)) this.#options.onFailed(error);
    });
  }

  /** What is cut off, because it was not wanted for long or a machine is gone, goes on where it was. */
  async #fetchAll(signal: AbortSignal): Promise<void> {
    for (;;) {
      const fromS = this.#reachedS;
      try {
        if (await this.#fetchSome(fromS, signal)) break;
        if (this.#reachedS - fromS < SAME_S) throw new ApiError('central_unreachable', 'nothing came');
      } catch (error) {
        signal.throwIfAborted();
        if (!mayPass(error) || this.#aheadS() < RETRY_AFTER_S) throw error;
        await this.#retryTime(signal);
      }
    }
    signal.throwIfAborted();
    if (this.#source.readyState === 'open') this.#source.endOfStream();
  }

  /** Resolves with whether the end of the film came. */
  async #fetchSome(fromS: number, signal: AbortSignal): Promise<boolean> {
    await this.#whenWanted(signal);
    const response = await request('GET', remuxPath(this.#options.id, fromS), { signal });
    const buffer = this.#bufferFor(response.headers.get('content-type')!);
    await changeable(buffer);
    signal.throwIfAborted();
    // What came last may have ended in the middle of a box.
    if (this.#source.readyState === 'open') buffer.abort();
    const reader = response.body!.getReader();
    for (;;) {
      await this.#whenWanted(signal);
      // What is left of a connection that broke is nothing.
      const piece = await reader.read().catch(() => undefined);
      signal.throwIfAborted();
      if (!piece) return false;
      if (piece.done) return true;
      await this.#append(buffer, piece.value, signal);
      this.#reachedS = bufferedEnd(buffer.buffered, this.#reachedS, SAME_S) ?? this.#reachedS;
    }
  }

  #bufferFor(type: string): SourceBuffer {
    const [existing] = this.#source.sourceBuffers;
    if (existing) return existing;
    if (!MediaSource.isTypeSupported(type)) throw new ApiError('not_remuxable', type);
    const { durationMs } = this.#options;
    const buffer = this.#source.addSourceBuffer(type);
    if (durationMs !== undefined) this.#source.duration = durationMs / 1000;
    return buffer;
  }

  async #append(buffer: SourceBuffer, bytes: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<void> {
    await this.#forget(buffer, BEHIND_S, signal);
    try {
      buffer.appendBuffer(bytes);
    } catch (error) {
      if (!(error instanceof DOMException && error.name === 'QuotaExceededError')) throw error;
      await this.#forget(buffer, FULL_BEHIND_S, signal);
      buffer.appendBuffer(bytes);
    }
    await changeable(buffer);
    signal.throwIfAborted();
  }

  async #forget(buffer: SourceBuffer, behindS: number, signal: AbortSignal): Promise<void> {
    const untilS = this.#video.currentTime - behindS;
    if (buffer.buffered.length === 0 || buffer.buffered.start(0) > untilS - SAME_S) return;
    buffer.remove(0, untilS);
    await changeable(buffer);
    signal.throwIfAborted();
  }

  #whenWanted(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const settled = new AbortController();
      const look = () => {
        if (!signal.aborted && this.#aheadS() >= AHEAD_S) return;
        settled.abort();
        if (signal.aborted) reject(signal.reason as Error);
        else resolve();
      };
      for (const event of ['timeupdate', 'seeking']) this.#video.addEventListener(event, look, { signal: settled.signal });
      signal.addEventListener('abort', look, { signal: settled.signal });
      look();
    });
  }

  #retryTime(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      setTimeout(() => (signal.aborted ? reject(signal.reason as Error) : resolve()), RETRY_AFTER_S * 1000);
    });
  }

  #aheadS(): number {
    return (this.#endS() ?? -Infinity) - this.#video.currentTime;
  }

  /** Up to where it can be seen from here on; undefined when nothing is here. */
  #endS(): number | undefined {
    return bufferedEnd(this.#video.buffered, this.#video.currentTime, SAME_S);
  }
}

function mayPass(error: unknown): boolean {
  return error instanceof ApiError && ['central_unreachable', 'no_sources', 'remuxes_full', 'catalog_unavailable'].includes(error.code);
}
