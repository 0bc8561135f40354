import { systemClock, type Clock } from '../../lib/base/clock.ts';

/** The system's time, which may be put forward: what takes seconds is over at once. Sleeping takes as long as ever. */
export class ForwardClock implements Clock {
  #aheadMs = 0;

  forward(ms: number): void {
    this.#aheadMs += ms;
  }

  now(): number {
    return systemClock.now() + this.#aheadMs;
  }

  date(): number {
    return systemClock.date() + this.#aheadMs;
  }

  sleep(ms: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<void> {
    return systemClock.sleep(ms, options);
  }
}
