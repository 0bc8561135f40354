import { VideoError } from '../base/errors.ts';
import type { Messages } from '../base/messages/index.ts';
import { parseBytes } from '../base/units.ts';

/**
 * Bytes a second as people type them: `20M`, `500K`; undefined when nobody typed any.
 *
 * @throws VideoError `invalid_flag`
 */
export function byteRateOf(typed: string | undefined, flag: string, messages: Messages): number | undefined {
  if (typed === undefined) return undefined;
  const rate = parseBytes(typed);
  if (rate !== undefined && rate > 0) return rate;
  throw new VideoError('invalid_flag', { flag, value: typed, expected: messages.client.limitExpected });
}
