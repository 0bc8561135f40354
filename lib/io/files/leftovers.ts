import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCodeOf, toDiskError } from '../../base/errors.ts';
import { isFileId } from '../../domain/file.ts';
import type { LeftoverQuery } from '../../domain/local-folder.ts';

/**
 * Removes the files of a folder that are named by an id, `ID.json` or `ID.partial.journal`, that nobody wants and that
 * nobody wrote for long. Tells how many.
 *
 * @throws VideoError `path_not_writable`
 */
export async function removeLeftovers(directory: string, { writtenBeforeMs, isWanted }: LeftoverQuery): Promise<number> {
  let removed = 0;
  for (const name of await readdir(directory)) {
    const [id = ''] = name.split('.');
    if (!isFileId(id) || isWanted(id)) continue;
    const path = join(directory, name);
    try {
      if ((await stat(path)).mtimeMs >= writtenBeforeMs) continue;
      await rm(path);
      removed += 1;
    } catch (error) {
      if (systemCodeOf(error) !== 'ENOENT') throw toDiskError(error, path);
    }
  }
  return removed;
}
