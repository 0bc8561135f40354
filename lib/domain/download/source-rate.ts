const WINDOW_MS = 60;
const FIRST_WINDOW_MS = 5;
const WEIGHT_OF_NEWEST = 0.3;
const SILENCE_THAT_LOWERS_MS = 300;

/**
 * Bytes a second of one source while it is busy, as an exponentially weighted mean of short windows of busy time. A
 * silence lowers the estimate before the next byte comes, so that a source that slows down is noticed in time. What
 * passes before the very first byte (a thread that starts, a connection that opens) says nothing of the rate.
 */
export class SourceRate {
  #mean: number | undefined;
  #busySinceMs: number | undefined;
  #busyBeforeMs = 0;
  #bytes = 0;
  #hasBegun = false;

  /** The source begins to work; time spent idle does not count. */
  start(nowMs: number): void {
    this.#busySinceMs ??= nowMs;
  }

  stop(nowMs: number): void {
    this.#busyBeforeMs = this.#windowMs(nowMs);
    this.#busySinceMs = undefined;
  }

  add(bytes: number, nowMs: number): void {
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      this.#restart(nowMs);
      return;
    }
    this.start(nowMs);
    this.#bytes += bytes;
    const elapsedMs = this.#windowMs(nowMs);
    if (elapsedMs < (this.#mean === undefined ? FIRST_WINDOW_MS : WINDOW_MS)) return;
    const sample = (this.#bytes / elapsedMs) * 1000;
    this.#mean = this.#mean === undefined ? sample : this.#mean + WEIGHT_OF_NEWEST * (sample - this.#mean);
    this.#restart(nowMs);
  }

  /** Undefined until something was measured. */
  at(nowMs: number): number | undefined {
    if (!this.#hasBegun) return undefined;
    const elapsedMs = this.#windowMs(nowMs);
    if (elapsedMs < SILENCE_THAT_LOWERS_MS) return this.#mean;
    const current = (this.#bytes / elapsedMs) * 1000;
    return this.#mean === undefined ? current : Math.min(this.#mean, current);
  }

  #restart(nowMs: number): void {
    this.#busySinceMs = nowMs;
    this.#busyBeforeMs = 0;
    this.#bytes = 0;
  }

  #windowMs(nowMs: number): number {
    return this.#busyBeforeMs + (this.#busySinceMs === undefined ? 0 : nowMs - this.#busySinceMs);
  }
}
