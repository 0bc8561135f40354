import { isVideoError } from '../base/errors.ts';

/** The central did not answer, as opposed to: it answered no. */
export function isCentralLost(error: unknown): boolean {
  return isVideoError(error, 'central_unreachable', 'central_failed', 'central_not_announced', 'central_not_in_dns', 'outcome_unknown', 'timed_out');
}
