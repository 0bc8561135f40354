import { open } from 'node:fs/promises';
import { VideoError } from '../../base/errors.ts';

/** @throws VideoError `path_not_readable` for what is no ordinary file, or not for us to read */
export async function assertReadable(path: string): Promise<void> {
  try {
    await using file = await open(path, 'r');
    if (!(await file.stat()).isFile()) throw new Error('no ordinary file');
  } catch (error) {
    throw new VideoError('path_not_readable', { path }, { cause: error });
  }
}
