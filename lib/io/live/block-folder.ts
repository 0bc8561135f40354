import { readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCodeOf, toDiskError } from '../../base/errors.ts';
import { makeFolder } from '../files/make-folder.ts';
import { lockForProcess, removeStaleLocks } from '../files/process-lock.ts';

/** The blocks of one channel on disk, while this program runs: `canal0_00017.mp4`. */
export interface BlockFolder extends AsyncDisposable {
  readonly path: string;
  /**
   * Writes a block, whole or not at all, and tells where it is. Not durable: what a crash leaves is of no use to anybody.
   *
   * @throws VideoError `disk_full`, `path_not_writable`; or what the disk says
   */
  write(number: number, bytes: Uint8Array): Promise<string>;
  /** @throws what the disk says */
  read(path: string): Promise<Uint8Array>;
  /** Also of one that is not there. @throws what the disk says */
  remove(path: string): Promise<void>;
}

const FOLDER_NAME = /^bloques-canal-\d+-\d+$/;
const FILE_NAME = /^canal\d+_\d{5,}(?:-\d+)?\.(?:mp4|mkv|ts)(?:\.parcial)?$/;
const LOCK = 'bloqueo';
const UNFINISHED = '.parcial';
const DIGITS = 5;
const MATROSKA = Buffer.from([0x1a, 0x45, 0xdf, 0xa3]);
const TRANSPORT_STREAM = 0x47;
const ATTEMPTS = 5;

/**
 * Makes `bloques-canal-0-PID` in a folder, and removes what programs left there that are gone. Disposing of it removes it.
 *
 * @throws VideoError `disk_full`, `path_not_writable`, `not_a_directory`, `path_in_use`
 */
export async function openBlockFolder(directory: string, { channel }: { readonly channel: number }): Promise<BlockFolder> {
  await makeFolder(directory);
  await removeAbandoned(directory);
  const path = join(directory, `bloques-canal-${channel}-${process.pid}`);
  const lock = await makeLocked(path);
  /** With those that are being written. */
  const taken = new Set<string>();
  let isClosed = false;

  return {
    path,
    async write(number, bytes) {
      const name = freeName(`canal${channel}_${String(number).padStart(DIGITS, '0')}`, extensionOf(bytes));
      const final = join(path, name);
      taken.add(name);
      try {
        await writeFile(final + UNFINISHED, bytes);
        await rename(final + UNFINISHED, final);
        return final;
      } catch (error) {
        taken.delete(name);
        await rm(final + UNFINISHED, { force: true }).catch(() => undefined);
        throw toDiskError(error, path);
      }
    },
    read: file => readFile(file),
    async remove(file) {
      await rm(file, { force: true });
      taken.delete(file.slice(path.length + 1));
    },
    async [Symbol.asyncDispose]() {
      if (isClosed) return;
      isClosed = true;
      await removeBlocks(path);
      await lock[Symbol.asyncDispose]();
      await rmdir(path).catch(() => undefined);
    },
  };

  /** Of two streams, blocks of the same number may be there at once. */
  function freeName(stem: string, extension: string): string {
    for (let copy = 1; ; copy += 1) {
      const name = `${stem}${copy === 1 ? '' : `-${copy}`}.${extension}`;
      if (!taken.has(name)) return name;
    }
  }
}

/** Another program that starts may take an empty folder for an abandoned one, before it is locked. */
async function makeLocked(path: string): Promise<AsyncDisposable> {
  for (let attempt = 1; ; attempt += 1) {
    await makeFolder(path);
    try {
      return await lockForProcess(join(path, LOCK), path);
    } catch (error) {
      if (systemCodeOf(error) !== 'ENOENT' || attempt === ATTEMPTS) throw error;
    }
  }
}

/**
 * Removes our files from folders of ours whose program is gone, as its lock tells, and the folders that are empty then. What is
 * anybody else's stays; what cannot be removed now is for the next run.
 */
async function removeAbandoned(directory: string): Promise<void> {
  const entries = await readdir(directory, { withFileTypes: true });
  for (const { name } of entries.filter(entry => entry.isDirectory() && FOLDER_NAME.test(entry.name))) {
    await removeIfAbandoned(join(directory, name)).catch(() => undefined);
  }
}

async function removeIfAbandoned(path: string): Promise<void> {
  // One without a lock is empty, or never was ours.
  if ((await readdir(path)).includes(LOCK)) {
    await using _lock = await lockForProcess(join(path, LOCK));
    await removeBlocks(path);
    await removeStaleLocks(path);
  }
  await rmdir(path);
}

async function removeBlocks(path: string): Promise<void> {
  const names = await readdir(path).catch(() => []);
  for (const name of names) if (FILE_NAME.test(name)) await rm(join(path, name), { force: true }).catch(() => undefined);
}

/** So that a person can open it. */
function extensionOf(bytes: Uint8Array): string {
  if (MATROSKA.equals(bytes.subarray(0, MATROSKA.byteLength))) return 'mkv';
  return bytes[0] === TRANSPORT_STREAM ? 'ts' : 'mp4';
}
