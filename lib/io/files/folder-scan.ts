import { isUtf8 } from 'node:buffer';
import type { BigIntStats } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isVideoError, systemCodeOf, VideoError } from '../../base/errors.ts';
import { parseFileName } from '../../domain/file.ts';
import { isVisibleName, type FileStamp, type FolderListing, type LocalFile } from '../../domain/local-folder.ts';
import { stampOf } from './hash-file.ts';

/** Enough to keep the disk busy, few enough to leave threads for those who are being served. */
const LOOKS_AT_ONCE = 2;

/**
 * Lists the ordinary files of a folder, one level deep; links are not followed.
 *
 * @throws VideoError `path_not_readable`, `not_a_directory`
 */
export async function scanFolder(directory: string): Promise<FolderListing> {
  const names: string[] = [];
  const ignored: FolderListing['ignored'][number][] = [];
  for (const entry of await readEntries(directory)) {
    if (!entry.isFile()) continue;
    const name = entry.name.toString();
    if (!isVisibleName(name)) continue;
    const error = isUtf8(entry.name) ? nameError(name) : new VideoError('invalid_name', { name, reason: 'control' });
    if (error) ignored.push({ name, error });
    else names.push(name);
  }
  const files: LocalFile[] = [];
  const unseen: FolderListing['unseen'][number][] = [];
  const rest = names.values();
  const look = async () => {
    for (const name of rest) {
      const path = join(directory, name);
      try {
        const stamp = await fileStampAt(path);
        if (stamp) files.push({ name, stamp });
      } catch (error) {
        unseen.push({ name, error: new VideoError('path_not_readable', { path }, { cause: error }) });
      }
    }
  };
  await Promise.all(Array.from({ length: LOOKS_AT_ONCE }, look));
  return { files, unseen, ignored };
}

/** Undefined when no ordinary file is there. */
export async function fileStampAt(path: string): Promise<FileStamp | undefined> {
  const stats = await statsAt(path);
  return stats?.isFile() ? stampOf(stats) : undefined;
}

/** Of the link itself when it is one; undefined when nothing is there. */
export async function statsAt(path: string): Promise<BigIntStats | undefined> {
  try {
    return await lstat(path, { bigint: true });
  } catch (error) {
    // Removed since it was listed.
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Names as bytes: one that is not UTF-8 could not be opened again by its text. */
async function readEntries(directory: string) {
  try {
    return await readdir(directory, { withFileTypes: true, encoding: 'buffer' });
  } catch (error) {
    switch (systemCodeOf(error)) {
      case 'ENOTDIR':
        throw new VideoError('not_a_directory', { path: directory }, { cause: error });
      default:
        throw new VideoError('path_not_readable', { path: directory }, { cause: error });
    }
  }
}

function nameError(name: string): VideoError<'invalid_name'> | undefined {
  try {
    parseFileName(name);
    return undefined;
  } catch (error) {
    if (isVideoError(error, 'invalid_name')) return error;
    throw error;
  }
}
