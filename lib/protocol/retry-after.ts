import { SECOND_MS } from '../base/units.ts';

/**
 * How long a `Retry-After` (RFC 9110 §10.2.3), in seconds or as a date, asks to wait; `dateMs` is now, in milliseconds
 * since 1970. Undefined when it says nothing.
 */
export function parseRetryAfter(header: string | undefined, dateMs: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * SECOND_MS;
  const untilMs = Date.parse(header);
  return Number.isNaN(untilMs) ? undefined : Math.max(0, untilMs - dateMs);
}
