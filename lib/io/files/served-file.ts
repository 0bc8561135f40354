import { constants, fstatSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCodeOf, VideoError } from '../../base/errors.ts';
import type { FileStamp, IndexedFile } from '../../domain/local-folder.ts';
import type { Manifest } from '../../domain/manifest.ts';
import type { ServedFile } from '../../domain/served-files.ts';

export interface ExpectedFile {
  /** Modification time when the manifest was made; left out, the one of now counts. */
  readonly mtimeMs?: number | undefined;
}

/** One open descriptor and how many requests read from it. */
interface SharedHandle {
  readonly key: string;
  readonly opening: Promise<FileHandle>;
  references: number;
}

const { O_RDONLY, O_NOFOLLOW = 0 } = constants;
const sharedHandles = new Map<string, SharedHandle>();

/**
 * Opens `path` as the bytes of `manifest`. Requests for the same file share one descriptor, closed after the last.
 * Each read checks size and time again, so bytes that were changed in place are never given; a file that was replaced by
 * another one (renamed over) goes on giving its own bytes to whoever had it open.
 *
 * @throws VideoError `file_changed` when it is gone or not as expected, `path_not_readable`
 */
export async function openServedFile(path: string, manifest: Manifest, expected: ExpectedFile = {}): Promise<ServedFile> {
  const key = `${manifest.id} ${path}`;
  const known = sharedHandles.get(key);
  if (known) {
    const file = await tryOpen(borrow(known), manifest, expected);
    if (file) return file;
    // The descriptor is of an older file of this path: who reads from it goes on, the next ones get the new file.
    forget(known);
  }
  const file = await tryOpen(borrow(sharedHandles.get(key) ?? share(key, path)), manifest, expected);
  if (!file) throw new VideoError('file_changed', { name: manifest.name });
  return file;
}

/**
 * A file of a folder, under the name that it has there, as it was when its content was read.
 *
 * @throws VideoError as `openServedFile`
 */
export function openIndexedFile(directory: string, { name, stamp }: IndexedFile, manifest: Manifest): Promise<ServedFile> {
  return openServedFile(join(directory, name), { ...manifest, name }, { mtimeMs: statMtimeMs(stamp) });
}

/** Exactly the `mtimeMs` that a `Stats` of the file has: seconds and nanoseconds are added as floating numbers. */
function statMtimeMs({ mtimeNs }: FileStamp): number {
  const ns = BigInt(mtimeNs);
  const rest = ((ns % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  return Number((ns - rest) / 1_000_000_000n) * 1000 + Number(rest) / 1_000_000;
}

/** Undefined when the file is not as expected. */
async function tryOpen(shared: SharedHandle, manifest: Manifest, { mtimeMs }: ExpectedFile): Promise<ServedFile | undefined> {
  try {
    const handle = await shared.opening;
    const wanted = mtimeMs ?? fstatSync(handle.fd).mtimeMs;
    if (isAsExpected(handle, manifest, wanted)) return toServedFile(shared, handle, manifest, wanted);
  } catch (error) {
    await giveBack(shared);
    throw error;
  }
  await giveBack(shared);
  return undefined;
}

function toServedFile(shared: SharedHandle, handle: FileHandle, manifest: Manifest, mtimeMs: number): ServedFile {
  let isOpen = true;
  return {
    manifest,
    async read(buffer, position) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.byteLength, position);
      if (!isAsExpected(handle, manifest, mtimeMs)) throw new VideoError('file_changed', { name: manifest.name });
      return bytesRead;
    },
    async [Symbol.asyncDispose]() {
      if (!isOpen) return;
      isOpen = false;
      await giveBack(shared);
    },
  };
}

// Synchronous: an open file's status is in memory, and a trip to the thread pool costs more than the question.
function isAsExpected({ fd }: FileHandle, { sizeBytes }: Manifest, mtimeMs: number): boolean {
  const stats = fstatSync(fd);
  return stats.isFile() && stats.size === sizeBytes && stats.mtimeMs === mtimeMs;
}

function share(key: string, path: string): SharedHandle {
  const shared = { key, opening: openForReading(path), references: 0 };
  sharedHandles.set(key, shared);
  return shared;
}

function borrow(shared: SharedHandle): SharedHandle {
  shared.references += 1;
  return shared;
}

async function giveBack(shared: SharedHandle): Promise<void> {
  shared.references -= 1;
  if (shared.references > 0) return;
  forget(shared);
  const handle = await shared.opening.catch(() => undefined);
  await handle?.close();
}

function forget(shared: SharedHandle): void {
  if (sharedHandles.get(shared.key) === shared) sharedHandles.delete(shared.key);
}

async function openForReading(path: string): Promise<FileHandle> {
  try {
    return await open(path, O_RDONLY | O_NOFOLLOW);
  } catch (error) {
    switch (systemCodeOf(error)) {
      case 'ENOENT':
      case 'ENOTDIR':
      // A link took its place.
      case 'ELOOP':
        throw new VideoError('file_changed', { name: path }, { cause: error });
      case 'EACCES':
      case 'EPERM':
        throw new VideoError('path_not_readable', { path }, { cause: error });
      default:
        throw error;
    }
  }
}
