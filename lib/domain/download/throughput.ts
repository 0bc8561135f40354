const WINDOW_MS = 3000;
const SAMPLE_EVERY_MS = 100;

interface Sample {
  readonly atMs: number;
  /** All bytes until then. */
  readonly bytes: number;
}

/**
 * Bytes a second over the last three seconds, pauses included: what people see. (`SourceRate` is what the scheduler
 * reckons with: only the time in which a source was asked for something counts there.)
 */
export class Throughput {
  #bytes = 0;
  readonly #samples: Sample[] = [];

  add(bytes: number, nowMs: number): void {
    // Before the first bytes there was nothing to measure.
    if (this.#samples.length === 0) this.#samples.push({ atMs: nowMs, bytes: 0 });
    this.#bytes += bytes;
    this.#sample(nowMs);
  }

  at(nowMs: number): number {
    if (this.#samples.length === 0) return 0;
    this.#sample(nowMs);
    const { atMs, bytes } = this.#samples[0]!;
    return nowMs - atMs < SAMPLE_EVERY_MS ? 0 : ((this.#bytes - bytes) / (nowMs - atMs)) * 1000;
  }

  #sample(nowMs: number): void {
    if (nowMs - this.#samples.at(-1)!.atMs >= SAMPLE_EVERY_MS) this.#samples.push({ atMs: nowMs, bytes: this.#bytes });
    while (this.#samples.length > 1 && this.#samples[1]!.atMs <= nowMs - WINDOW_MS) this.#samples.shift();
  }
}
