import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from '../../base/backoff.ts';
import { systemCodeOf } from '../../base/errors.ts';
import { systemRandom } from '../../base/random.ts';

const ATTEMPTS_MAX = 5;
const backoff = { firstMs: 20, maxMs: 500 };

/** By SQLSTATE, or the system's name. */
const PASSING = new Set([
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '25P03', // idle_in_transaction_session_timeout: this process was paused
  '57P01', // admin_shutdown: the connection was closed
  '57P02', // crash_shutdown
  'ECONNRESET',
  'EPIPE',
]);

/**
 * Does the work again when the database took it back or the connection broke under it. The work may have been done before
 * the connection broke, and must bear being done twice.
 */
export async function retryPassing<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === ATTEMPTS_MAX || !isPassing(error)) throw error;
      await sleep(backoffMs(attempt, backoff, systemRandom));
    }
  }
}

function isPassing(error: unknown): boolean {
  const code = systemCodeOf(error);
  if (code !== undefined) return PASSING.has(code);
  // What pg says of a connection that ended has no code.
  return error instanceof Error && /Connection terminated(?! due to connection timeout)|not queryable/.test(error.message);
}
