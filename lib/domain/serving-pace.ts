import type { Clock } from '../base/clock.ts';
import { KIB } from '../base/units.ts';
import { TokenBucket } from './token-bucket.ts';

const SLICE_MIN_BYTES = KIB;
const SLICE_MAX_BYTES = 64 * KIB;
/** Many who download at once all get something before they take a slow source for a dead one. */
const SLICES_PER_SECOND = 32;

/** What all who download may take together. Each takes a slice in its turn. */
export class ServingPace {
  readonly sliceBytes: number;
  readonly #bucket: TokenBucket;
  readonly #clock: Clock;

  constructor(bytesPerSecond: number, clock: Clock) {
    this.sliceBytes = Math.round(Math.min(SLICE_MAX_BYTES, Math.max(SLICE_MIN_BYTES, bytesPerSecond / SLICES_PER_SECOND)));
    this.#bucket = new TokenBucket(bytesPerSecond, clock.now());
    this.#clock = clock;
  }

  /** Resolves when that many bytes may be sent; rejects with the signal's reason, and they are not. */
  async wait(bytes: number, { signal }: { readonly signal: AbortSignal }): Promise<void> {
    const waitMs = this.#bucket.take(bytes, this.#clock.now());
    if (waitMs === 0) return;
    try {
      await this.#clock.sleep(waitMs, { signal });
    } catch (error) {
      this.#bucket.giveBack(bytes);
      throw error;
    }
  }
}
