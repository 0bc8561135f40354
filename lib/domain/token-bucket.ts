import { SECOND_MS } from '../base/units.ts';

/**
 * Spreads an amount over time. Tokens come at a steady rate; what is taken beyond those that are there is a debt, and
 * whoever takes waits until it is paid. So nothing is too large to pass, all is served in order, and over any time
 * passes at most the rate plus what was saved up.
 */
export class TokenBucket {
  readonly #perMs: number;
  readonly #most: number;
  #tokens: number;
  #atMs: number;

  /** `savedMs`: how much of the rate can be saved up while nobody takes. */
  constructor(perSecond: number, nowMs: number, savedMs = SECOND_MS / 10) {
    this.#perMs = perSecond / SECOND_MS;
    this.#most = this.#perMs * savedMs;
    this.#tokens = this.#most;
    this.#atMs = nowMs;
  }

  /** Milliseconds to wait before using them. */
  take(tokens: number, nowMs: number): number {
    this.#tokens = Math.min(this.#most, this.#tokens + (nowMs - this.#atMs) * this.#perMs) - tokens;
    this.#atMs = nowMs;
    return Math.max(0, -this.#tokens / this.#perMs);
  }

  /** Of what was taken and will not be used. */
  giveBack(tokens: number): void {
    this.#tokens += tokens;
  }
}
