import { systemClock, type Clock } from '../../lib/base/clock.ts';

/** A machine that is busy for a while must not look like a node that is silent. */
const SLOWER = 20;

/**
 * A time that goes by slowly, and may be put forward: what takes seconds is over at once, and happens only when it is meant to.
 * Sleeping takes as long as ever.
 */
export class ForwardClock implements Clock {
  readonly #startedAtMs = systemClock.now();
  readonly #startDateMs = systemClock.date();
  readonly #slower: number;
  #aheadMs = 0;

  /** `slower: 1` for what shares the time of somebody else, of a database say. */
  constructor({ slower = SLOWER }: { readonly slower?: number } = {}) {
    this.#slower = slower;
  }

  forward(ms: number): void {
    this.#aheadMs += ms;
  }

  now(): number {
    return this.#startedAtMs + this.#passedMs;
  }

  date(): number {
    return this.#startDateMs + Math.round(this.#passedMs);
  }

  sleep(ms: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<void> {
    return systemClock.sleep(ms, options);
  }

  get #passedMs(): number {
    return (systemClock.now() - this.#startedAtMs) / this.#slower + this.#aheadMs;
  }
}
