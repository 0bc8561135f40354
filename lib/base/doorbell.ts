import type { Clock } from './clock.ts';

const RUNG = new Error('rung');

/** A sleep that others may cut short. One sleeper; a ring while nobody sleeps cuts the next sleep. */
export class Doorbell {
  readonly #clock: Clock;
  #wake: (() => void) | undefined;
  #isRung = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  ring(): void {
    this.#isRung = true;
    this.#wake?.();
  }

  /** Resolves after `ms` or when rung; rejects with the signal's reason as soon as it aborts. */
  async sleep(ms: number, { signal }: { readonly signal: AbortSignal }): Promise<void> {
    signal.throwIfAborted();
    const sleep = new AbortController();
    const onAbort = () => sleep.abort(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    this.#wake = () => sleep.abort(RUNG);
    try {
      if (!this.#isRung) await this.#clock.sleep(ms, { signal: sleep.signal });
    } catch (error) {
      if (error !== RUNG) throw error;
    } finally {
      this.#isRung = false;
      this.#wake = undefined;
      signal.removeEventListener('abort', onAbort);
    }
  }
}
