import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { systemCodeOf, toDiskError } from '../../base/errors.ts';

/**
 * Writes a small file so that its old or its new content is there, whole, after any crash; durable when it resolves.
 *
 * @throws VideoError `disk_full`, `path_not_writable`
 */
export async function writeAtomically(path: string, content: string | Uint8Array, { mode }: { readonly mode?: number } = {}): Promise<void> {
  try {
    await writeFileAtomic(path, typeof content === 'string' ? content : Buffer.from(content), mode === undefined ? {} : { mode });
    await syncFolder(dirname(path));
  } catch (error) {
    throw toDiskError(error, path);
  }
}

/** Whether a file of this name may be one that `writeAtomically` did not end: where nothing else ends in a number, it is. */
export function isTemporaryName(name: string): boolean {
  return /\.\d{1,10}$/.test(name);
}

/** Makes names that were created or renamed in a folder durable. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Whether making a hard link failed because the file system has none. */
export function hasNoLinks(error: unknown): boolean {
  return ['EPERM', 'ENOTSUP', 'ENOSYS'].includes(systemCodeOf(error) ?? '');
}
