import { isFileId, type FileId } from '../../domain/file.ts';
import type { FileStamp, IndexedFile } from '../../domain/local-folder.ts';

/**
 * In the trash each file has a folder of its own, so that its name stays as it was however long it is; the folder's name
 * tells the content, and the stamp that the file had when it was known to have it: `ID.SIZE.MTIME.INO`.
 */
export function trashedFolderName({ id, stamp: { sizeBytes, mtimeNs, ino } }: Pick<IndexedFile, 'id' | 'stamp'>): string {
  return [id, sizeBytes, mtimeNs, ino].join('.');
}

/** Undefined for what is not ours. */
export function parseTrashedFolderName(name: string): { readonly id: FileId; readonly stamp: FileStamp } | undefined {
  const [id = '', size = '', mtimeNs = '', ino = '', ...more] = name.split('.');
  if (!isFileId(id) || !/^\d+$/.test(size) || !/^-?\d+$/.test(mtimeNs) || !/^\d+$/.test(ino) || more.length > 0) return undefined;
  return { id, stamp: { sizeBytes: Number(size), mtimeNs, ino } };
}
