import { chmod, open, stat, type FileHandle } from 'node:fs/promises';
import { systemCodeOf, toDiskError, VideoError } from '../../base/errors.ts';
import { MIB } from '../../base/units.ts';
import type { DamagedFile } from '../../domain/damaged-file.ts';
import { beforeFinish, type Sink } from '../../domain/download/sink.ts';
import { isSameStamp } from '../../domain/local-folder.ts';
import { partRange, type ByteRange, type Manifest } from '../../domain/manifest.ts';
import { fileStampAt } from './folder-scan.ts';
import { readJournal } from './part-journal.ts';
import { pooledWriter, type PartWriter } from './part-writer.ts';
import { openResumableFile } from './resumable-file.ts';

export interface MendedFileOptions {
  readonly manifest: Manifest;
  /** What is on the disk under `finalPath`. */
  readonly damaged: DamagedFile;
  readonly finalPath: string;
  readonly partialPath: string;
  readonly signal: AbortSignal;
}

const COPIED_CHUNK_BYTES = MIB;
const MODE_BITS = 0o777;

/**
 * A sink that begins with the good parts of a damaged file, each of them read and hashed, and that takes the file's place
 * when the others came: the damaged file stays as it is until a whole one is verified and synced beside it.
 *
 * @throws VideoError as `openResumableFile`; its `finish` also `file_changed`, when somebody else changed the file, which
 * is then left alone
 */
export async function openMendedFile({ manifest, damaged, finalPath, partialPath, signal }: MendedFileOptions): Promise<Sink> {
  const isBegun = (await readJournal(`${partialPath}.journal`, manifest)) !== undefined;
  if (!isBegun) await copyGoodParts(finalPath, partialPath, manifest, damaged.badParts, signal);
  const assertReplaceable = async () => {
    const stamp = await fileStampAt(finalPath);
    if (!stamp || !isSameStamp(stamp, damaged.stamp)) throw new VideoError('file_changed', { name: damaged.name });
  };
  const sink = await openResumableFile({ manifest, finalPath, partialPath, isDurable: true, assertReplaceable, signal });
  return beforeFinish(sink, async () => {
    await assertReplaceable();
    await chmod(partialPath, (await stat(finalPath)).mode & MODE_BITS);
  });
}

/** Without sharing blocks, as some file systems could: those of the damaged file may be about to fail. */
async function copyGoodParts(from: string, to: string, manifest: Manifest, badParts: readonly number[], signal: AbortSignal): Promise<void> {
  const bad = new Set(badParts);
  try {
    await using source = await opened(from, 'r');
    // What an interrupted copy left may be half of something.
    await using copy = await opened(to, 'w');
    await using writer = pooledWriter(copy.file);
    const buffer = Buffer.allocUnsafeSlow(COPIED_CHUNK_BYTES);
    for (const part of manifest.partHashes.keys()) {
      // Where the disk fails, reading would fail again; what is left out is a hole.
      if (!bad.has(part)) await copyRange(source.file, writer, partRange(manifest, part), buffer, signal);
    }
  } catch (error) {
    throw toDiskError(error, to);
  }
}

/** What cannot be read to its end is left as it is: hashing finds it. */
async function copyRange(source: FileHandle, writer: PartWriter, { start, end }: ByteRange, buffer: Buffer, signal: AbortSignal): Promise<void> {
  for (let position = start; position < end; ) {
    signal.throwIfAborted();
    const read = await source.read(buffer, 0, Math.min(buffer.byteLength, end - position), position).catch((error: unknown) => {
      if (systemCodeOf(error) === 'EIO') return undefined;
      throw error;
    });
    if (!read?.bytesRead) return;
    await writer.write(buffer.subarray(0, read.bytesRead), position);
    position += read.bytesRead;
  }
}

/** Node 20 cannot dispose of a file handle by itself. */
async function opened(path: string, flags: string): Promise<{ readonly file: FileHandle } & AsyncDisposable> {
  const file = await open(path, flags);
  return { file, [Symbol.asyncDispose]: () => file.close() };
}
