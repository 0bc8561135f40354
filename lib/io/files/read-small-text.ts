import { open } from 'node:fs/promises';
import { VideoError } from '../../base/errors.ts';

/**
 * The text of a file that a person names.
 *
 * @throws VideoError `path_not_readable`, also when it takes more than `maxBytes`; or the signal's reason
 */
export async function readSmallText(path: string, { maxBytes, signal }: { readonly maxBytes: number; readonly signal: AbortSignal }): Promise<string> {
  signal.throwIfAborted();
  try {
    await using file = await open(path, 'r');
    if ((await file.stat()).size > maxBytes) throw new Error(`larger than ${maxBytes} bytes`);
    return await file.readFile({ encoding: 'utf8', signal });
  } catch (error) {
    signal.throwIfAborted();
    throw new VideoError('path_not_readable', { path }, { cause: error });
  }
}
