import type { Clock } from '../base/clock.ts';
import type { Limit } from './download/limited-sources.ts';
import { TokenBucket } from './token-bucket.ts';

const unlimited = { take: () => 0, giveBack: () => undefined };

/** What all the copies of a node together may take: a limit that the central may change while they run. */
export class CopyRate implements Limit {
  readonly clock: Clock;
  #bytesPerSecond: number | undefined;
  #bucket: Limit['bucket'] = unlimited;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  get bucket(): Limit['bucket'] {
    return this.#bucket;
  }

  /** Undefined where there is no limit. */
  get bytesPerSecond(): number | undefined {
    return this.#bytesPerSecond;
  }

  set(bytesPerSecond: number | undefined): void {
    if (bytesPerSecond === this.#bytesPerSecond) return;
    this.#bytesPerSecond = bytesPerSecond;
    this.#bucket = bytesPerSecond === undefined ? unlimited : new TokenBucket(bytesPerSecond, this.clock.now());
  }
}
