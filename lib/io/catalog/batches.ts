import { setImmediate } from 'node:timers/promises';

/** Rows that one statement names: far below what any database takes as parameters. */
const BATCH_MAX = 500;

/**
 * The items without repetition, in lists short enough for one statement each. SQLite works in our thread: between two
 * batches everything else of the process has its turn.
 */
export async function* batchesOf<T>(items: Iterable<T>): AsyncGenerator<T[]> {
  const distinct = [...new Set(items)];
  for (let at = 0; at < distinct.length; at += BATCH_MAX) {
    if (at > 0) await setImmediate();
    yield distinct.slice(at, at + BATCH_MAX);
  }
}
