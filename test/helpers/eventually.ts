import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 10;

/** Resolves with the first truthy answer; fails, saying what it was waiting for, when none comes in time. */
export async function eventually<T>(what: string, look: () => T | Promise<T>, withinMs = 30_000): Promise<NonNullable<T>> {
  const deadlineMs = performance.now() + withinMs;
  for (;;) {
    const answer = await look();
    if (answer) return answer as NonNullable<T>;
    if (performance.now() > deadlineMs) throw new Error(`never happened within ${withinMs} ms: ${what}`);
    await sleep(LOOK_EVERY_MS);
  }
}
