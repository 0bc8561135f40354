import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCodeOf, toDiskError } from '../../base/errors.ts';

/**
 * Makes the folder, and those above it, when they are not there.
 *
 * @throws VideoError `not_a_directory`, `path_not_writable`, `disk_full`
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await makeMissing(path);
  } catch (error) {
    throw toDiskError(error, path);
  }
}

/** One by one: `mkdir` with `recursive` says ENOENT (Node 20) where the disk is full or read-only. */
async function makeMissing(path: string): Promise<void> {
  if (await isFolder(path)) return;
  try {
    await mkdir(path);
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') {
      await makeMissing(dirname(path));
      await mkdir(path).catch(unlessMade(path));
    } else await unlessMade(path)(error);
  }
}

/** Somebody else may have made it meanwhile. */
function unlessMade(path: string): (error: unknown) => Promise<void> {
  return async error => {
    if (!(await isFolder(path))) throw error;
  };
}

async function isFolder(path: string): Promise<boolean> {
  const stats = await stat(path).catch(() => undefined);
  return stats?.isDirectory() ?? false;
}
