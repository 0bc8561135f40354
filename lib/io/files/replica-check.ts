import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { systemCodeOf, VideoError } from '../../base/errors.ts';
import { isSameStamp, type FileStamp } from '../../domain/local-folder.ts';
import type { Manifest } from '../../domain/manifest.ts';
import { stampOf } from './hash-file.ts';
import { PartCheck } from './part-check.ts';

const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;

/**
 * Reads one part of a file that is as `stamp` says, in pieces of 1 MiB, and tells whether it is the manifest's. Twice when
 * it is not: memory fails as well. A part that the disk cannot read is not right.
 *
 * @throws VideoError `file_changed` when the file is not the one of the stamp, before or after; `path_not_readable`
 */
export async function isPartRight(path: string, stamp: FileStamp, manifest: Manifest, part: number): Promise<boolean> {
  const file = await openAgain(path);
  try {
    await assertStamp(file, path, stamp);
    const isRight = (await reads(file, manifest, part)) || (await reads(file, manifest, part));
    await assertStamp(file, path, stamp);
    return isRight;
  } finally {
    await file.close();
  }
}

async function reads(file: FileHandle, manifest: Manifest, part: number): Promise<boolean> {
  try {
    return await new PartCheck(file, manifest).isRight(part);
  } catch (error) {
    // A sector that the disk gave up.
    if (systemCodeOf(error) === 'EIO') return false;
    throw error;
  }
}

async function assertStamp(file: FileHandle, path: string, stamp: FileStamp): Promise<void> {
  const stats = await file.stat({ bigint: true });
  if (!stats.isFile() || !isSameStamp(stampOf(stats), stamp)) throw new VideoError('file_changed', { name: path });
}

async function openAgain(path: string): Promise<FileHandle> {
  try {
    return await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    const isGone = ['ENOENT', 'ELOOP'].includes(systemCodeOf(error) ?? '');
    throw isGone ? new VideoError('file_changed', { name: path }, { cause: error }) : new VideoError('path_not_readable', { path }, { cause: error });
  }
}
