import { VideoError } from '../../base/errors.ts';

/** Which parts of a file are there while it is downloaded, for whoever waits for one. */
export class KeptParts {
  readonly #here: Set<number>;
  readonly #waiting = new Map<number, Set<() => void>>();
  #hasEnded = false;

  constructor(present: Iterable<number>) {
    this.#here = new Set(present);
  }

  add(part: number): void {
    this.#here.add(part);
    this.#wake(part);
  }

  /** No part comes any more: who waits for one that is not here waits in vain. */
  end(): void {
    this.#hasEnded = true;
    for (const part of this.#waiting.keys()) this.#wake(part);
  }

  /**
   * Resolves when the part is here.
   *
   * @throws VideoError `cancelled` when it will not come; or the signal's reason
   */
  async whenHere(part: number, { signal }: { readonly signal: AbortSignal }): Promise<void> {
    while (!this.#here.has(part)) {
      if (this.#hasEnded) throw new VideoError('cancelled', {});
      signal.throwIfAborted();
      await this.#news(part, signal);
    }
  }

  #news(part: number, signal: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      const waiting = this.#waiting.get(part) ?? new Set();
      const settle = () => {
        signal.removeEventListener('abort', settle);
        waiting.delete(settle);
        if (waiting.size === 0) this.#waiting.delete(part);
        resolve();
      };
      waiting.add(settle);
      this.#waiting.set(part, waiting);
      signal.addEventListener('abort', settle, { once: true });
    });
  }

  #wake(part: number): void {
    for (const settle of this.#waiting.get(part) ?? []) settle();
  }
}
