import { link, rename, unlink } from 'node:fs/promises';
import { systemCodeOf, VideoError } from '../../base/errors.ts';
import { hasNoLinks } from './atomic-write.ts';

/**
 * `rename` would silently replace what another program put there meanwhile; `link` refuses.
 *
 * @throws VideoError `output_exists`; what the disk says
 */
export async function renameToNew(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (systemCodeOf(error) === 'EEXIST') throw new VideoError('output_exists', { path: to }, { cause: error });
    if (!hasNoLinks(error)) throw error;
    await rename(from, to);
    return;
  }
  await unlink(from);
}
