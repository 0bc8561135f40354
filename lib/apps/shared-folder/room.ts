import { VideoError } from '../../base/errors.ts';
import { MIB } from '../../base/units.ts';
import type { LocalFolder } from '../../domain/local-folder.ts';

/** A disk is not filled to its last byte: the index and the journals need to be written too. */
const SPACE_KEPT_BYTES = 64 * MIB;

/** @throws VideoError `disk_full` when that many bytes more would fill the disk of the folder; `name` is what needs them. */
export async function assertRoom(name: string, neededBytes: number, files: Pick<LocalFolder, 'space'>): Promise<void> {
  const { freeBytes } = await files.space();
  if (neededBytes + SPACE_KEPT_BYTES > freeBytes) throw new VideoError('disk_full', { path: name });
}
