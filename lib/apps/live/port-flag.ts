import { isVideoError, VideoError, type ErrorFacts } from '../../base/errors.ts';

/**
 * Opens something that listens; when its port is taken, who reads it is told of the flag that helps.
 *
 * @throws VideoError `port_in_use` with `flag`, and all that `opening` throws
 */
export async function withPortFlag<T>(flag: NonNullable<ErrorFacts['port_in_use']['flag']>, opening: Promise<T>): Promise<T> {
  try {
    return await opening;
  } catch (error) {
    if (!isVideoError(error, 'port_in_use')) throw error;
    throw new VideoError('port_in_use', { ...error.facts, flag }, { cause: error });
  }
}
