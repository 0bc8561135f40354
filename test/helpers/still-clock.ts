import type { Clock } from '../../lib/base/clock.ts';

/** A time that goes by only when it is put forward. */
export class StillClock implements Clock {
  #nowMs = 0;
  readonly #sleepers = new Set<{ readonly untilMs: number; readonly wake: () => void }>();

  now(): number {
    return this.#nowMs;
  }

  date(): number {
    return this.#nowMs;
  }

  sleep(ms: number, { signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    return new Promise((resolve, reject) => {
      const sleeper = { untilMs: this.#nowMs + ms, wake: resolve };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', () => {
        this.#sleepers.delete(sleeper);
        reject(signal.reason as Error);
      });
    });
  }

  /** Who is to wake in that time wakes, one after another, and what follows from it has happened. */
  async forward(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    for (;;) {
      await settled();
      const [next] = [...this.#sleepers].filter(({ untilMs }) => untilMs <= endMs).sort((a, b) => a.untilMs - b.untilMs);
      if (!next) break;
      this.#sleepers.delete(next);
      this.#nowMs = next.untilMs;
      next.wake();
    }
    this.#nowMs = endMs;
  }
}

function settled(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}
