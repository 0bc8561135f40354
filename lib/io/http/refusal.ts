import { VideoError } from '../../base/errors.ts';
import { parseRetryAfter } from '../../protocol/retry-after.ts';

/** An HTTP error of a source; 429 and 503 may say for how long it wants to be left alone. `dateMs` is now, since 1970. */
export function refusal(source: string, status: number, retryAfter: string | undefined, dateMs: number): VideoError<'source_refused'> {
  const retryAfterMs = status === 429 || status === 503 ? parseRetryAfter(retryAfter, dateMs) : undefined;
  return new VideoError('source_refused', { source, status, ...(retryAfterMs !== undefined && { retryAfterMs }) });
}
