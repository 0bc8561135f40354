import { constants, type BigIntStats } from 'node:fs';
import { lstat, open, type FileHandle } from 'node:fs/promises';
import { systemCodeOf, VideoError } from '../../base/errors.ts';
import { ContentHasher, HASHED_CHUNK_BYTES, type FileContent } from '../../domain/content-hasher.ts';
import { isSameStamp, type FileStamp } from '../../domain/local-folder.ts';

export interface HashedFile {
  readonly content: FileContent;
  /** The stamp that the file had before, while and after it was read. */
  readonly stamp: FileStamp;
}

export interface HashOptions {
  readonly signal: AbortSignal;
  /** Bytes read so far, now and then. */
  readonly onProgress?: (doneBytes: number) => void;
}

const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;

/**
 * Hashes a file in one sequential read, in this thread: a chunk is hashed while the next one is read.
 *
 * @throws VideoError `file_changed` when it is not the same ordinary file from beginning to end, `path_not_readable`;
 * or the signal's reason
 */
export async function hashFile(path: string, options: HashOptions): Promise<HashedFile> {
  const file = await openOrdinary(path);
  try {
    const stamp = stampOf(await file.stat({ bigint: true }));
    const content = await hashContent(file, path, stamp.sizeBytes, options);
    const isSame = [await file.stat({ bigint: true }), await lstat(path, { bigint: true })].every(
      stats => stats.isFile() && isSameStamp(stampOf(stats), stamp),
    );
    if (!isSame) throw new VideoError('file_changed', { name: path });
    return { content, stamp };
  } catch (error) {
    throw options.signal.aborted ? options.signal.reason : toReadError(error, path);
  } finally {
    await file.close();
  }
}

export function stampOf({ size, mtimeNs, ino }: BigIntStats): FileStamp {
  return { sizeBytes: Number(size), mtimeNs: String(mtimeNs), ino: String(ino) };
}

async function hashContent(file: FileHandle, path: string, sizeBytes: number, { signal, onProgress }: HashOptions): Promise<FileContent> {
  const hasher = new ContentHasher(sizeBytes);
  const buffers = [Buffer.allocUnsafeSlow(HASHED_CHUNK_BYTES), Buffer.allocUnsafeSlow(HASHED_CHUNK_BYTES)];
  const readChunk = (index: number) => readFully(file, buffers[index % 2]!, index * HASHED_CHUNK_BYTES);
  const chunkCount = Math.ceil(sizeBytes / HASHED_CHUNK_BYTES);
  let next = chunkCount > 0 ? readChunk(0) : undefined;
  for (let index = 0; index < chunkCount; index += 1) {
    const chunk = await next!;
    const expected = Math.min(HASHED_CHUNK_BYTES, sizeBytes - index * HASHED_CHUNK_BYTES);
    if (chunk.byteLength < expected) throw new VideoError('file_changed', { name: path });
    signal.throwIfAborted();
    next = index + 1 < chunkCount ? readChunk(index + 1) : undefined;
    // Its error is met when it is awaited, and before that it is nobody's.
    next?.catch(() => undefined);
    hasher.update(chunk.subarray(0, expected));
    onProgress?.(index * HASHED_CHUNK_BYTES + expected);
  }
  return hasher.finish();
}

/** Fewer bytes than the buffer's only at the end of the file. */
async function readFully(file: FileHandle, buffer: Buffer, position: number): Promise<Buffer> {
  let filled = 0;
  while (filled < buffer.byteLength) {
    const { bytesRead } = await file.read(buffer, filled, buffer.byteLength - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

/** What was listed as a file may have been replaced by a link or a pipe: neither is followed nor waited for. */
async function openOrdinary(path: string): Promise<FileHandle> {
  let file: FileHandle;
  try {
    file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    throw toReadError(error, path);
  }
  const stats = await file.stat();
  if (stats.isFile()) return file;
  await file.close();
  throw new VideoError('file_changed', { name: path });
}

function toReadError(error: unknown, path: string): unknown {
  if (error instanceof VideoError) return error;
  switch (systemCodeOf(error)) {
    case 'ENOENT':
    case 'ELOOP':
      return new VideoError('file_changed', { name: path }, { cause: error });
    default:
      return new VideoError('path_not_readable', { path }, { cause: error });
  }
}
