import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, rm } from 'node:fs/promises';
import { toDiskError, VideoError } from '../../base/errors.ts';
import { MIB } from '../../base/units.ts';
import { nodeHashName, type Checksum } from '../../domain/checksum.ts';
import { beforeFinish, type Sink } from '../../domain/download/sink.ts';
import { readJournal } from './part-journal.ts';
import { openResumableFile, type ResumableFileOptions } from './resumable-file.ts';

export interface CheckedFileOptions extends ResumableFileOptions {
  /** What the whole must hash to; nothing is compared without it. */
  readonly checksum?: Checksum | undefined;
  /** What an earlier run left is of no use: it belongs to another version of the file. */
  readonly onRestart: () => void;
}

const READ_BYTES = MIB;

/**
 * A resumable file for what others publish: the whole is compared with its checksum before it gets its name. A file that
 * is not what it should be is thrown away.
 *
 * @throws VideoError as `openResumableFile`; its `finish` also `checksum_mismatch`
 */
export async function openCheckedFile(options: CheckedFileOptions): Promise<Sink> {
  const { manifest, partialPath, checksum, onRestart } = options;
  const journalPath = `${partialPath}.journal`;
  const isOfAnother = (await exists(journalPath)) && (await readJournal(journalPath, manifest)) === undefined;
  const sink = await openResumableFile(options);
  if (isOfAnother && sink.present.size === 0) onRestart();
  return checksum ? checked(sink, checksum, options) : sink;
}

function checked(sink: Sink, checksum: Checksum, { manifest, partialPath, signal }: ResumableFileOptions): Sink {
  return beforeFinish(sink, async () => {
    if ((await digestOf(partialPath, checksum, signal)) === checksum.hex) return;
    // Every byte is there and the whole is wrong: nothing tells which of them could be kept.
    for (const path of [`${partialPath}.journal`, partialPath]) await rm(path, { force: true });
    throw new VideoError('checksum_mismatch', { name: manifest.name, algorithm: checksum.algorithm });
  });
}

async function digestOf(path: string, { algorithm }: Checksum, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash(nodeHashName(algorithm));
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: READ_BYTES, signal })) hash.update(chunk as Buffer);
  } catch (error) {
    signal?.throwIfAborted();
    throw toDiskError(error, path);
  }
  return hash.digest('hex');
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
