import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCodeOf, toDiskError } from '../../base/errors.ts';
import { isFileId, type FileId } from '../../domain/file.ts';
import type { LeftoverQuery } from '../../domain/local-folder.ts';

/**
 * Removes the files of a folder that are named by an id, `ID.json` or `ID.partial.journal`, that nobody wants and that
 * nobody wrote for long; those of one id go together. Tells how many.
 *
 * @throws VideoError `path_not_writable`
 */
export async function removeLeftovers(directory: string, { writtenBeforeMs, isWanted }: LeftoverQuery): Promise<number> {
  const pathsOf = new Map<FileId, string[]>();
  // The longest names first: a journal that outlives its file would vouch for bytes that are gone.
  for (const name of (await readdir(directory)).toSorted((a, b) => b.length - a.length)) {
    const [id = ''] = name.split('.');
    if (isFileId(id)) pathsOf.set(id, [...(pathsOf.get(id) ?? []), join(directory, name)]);
  }
  let removed = 0;
  for (const [id, paths] of pathsOf) {
    const writtenAtMs = Math.max(...(await Promise.all(paths.map(mtimeMsOf))));
    if (writtenAtMs >= writtenBeforeMs || isWanted(id)) continue;
    for (const path of paths) await remove(path);
    removed += paths.length;
  }
  return removed;
}

async function mtimeMsOf(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return -Infinity;
    throw toDiskError(error, path);
  }
}

async function remove(path: string): Promise<void> {
  try {
    await rm(path, { force: true });
  } catch (error) {
    throw toDiskError(error, path);
  }
}
