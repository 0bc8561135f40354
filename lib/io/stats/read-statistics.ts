import { VideoError } from '../../base/errors.ts';
import { limits } from '../../protocol/limits.ts';
import { readSmallText } from '../files/read-small-text.ts';

/**
 * Saved statistics, which stay where they are, whatever they are.
 *
 * @throws VideoError `path_not_readable`; `statistics_invalid` when they are not those of `program`; or the signal's reason
 */
export async function readStatistics<T>(path: string, program: string, isValid: (value: unknown) => value is T, signal: AbortSignal): Promise<T> {
  const value = parsed(await readSmallText(path, { maxBytes: limits.statisticsMaxBytes, signal }));
  if (!isValid(value)) throw new VideoError('statistics_invalid', { path, program });
  return value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
