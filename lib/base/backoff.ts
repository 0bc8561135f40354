import type { Random } from './random.ts';

export interface BackoffSettings {
  readonly firstMs: number;
  readonly maxMs: number;
}

/**
 * How long to wait before attempt number `attempt` (the first retry is 1): exponential, with "equal jitter" so that
 * many clients that failed together do not come back together.
 *
 * Source: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 */
export function backoffMs(attempt: number, { firstMs, maxMs }: BackoffSettings, random: Random): number {
  const ceilingMs = Math.min(maxMs, firstMs * 2 ** Math.max(0, attempt - 1));
  return ceilingMs / 2 + random() * (ceilingMs / 2);
}
