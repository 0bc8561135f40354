/** Two clocks differ by some parts in a million: an estimate that was too early once is not to stay so for hours. */
const CREEP = 200e-6;

/** What the clock of the stream shows, as far as somebody knows who gets its blocks some time later. */
export class StreamClock {
  #zeroMs = Infinity;
  #heardMs = 0;

  /** Something was sent when the stream's clock showed `emittedMs`, and arrived now. */
  hear(emittedMs: number, nowMs: number): void {
    const crept = this.#zeroMs + Math.max(0, nowMs - this.#heardMs) * CREEP;
    this.#heardMs = nowMs;
    // Nothing arrives before it was sent: what was quickest is nearest to the truth.
    this.#zeroMs = Math.min(crept, nowMs - emittedMs);
  }

  /** When, on the own clock, the stream's showed that time. */
  whenMs(emittedMs: number): number {
    return this.#zeroMs + emittedMs;
  }
}
