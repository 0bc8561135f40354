import { constants, type Stats } from 'node:fs';
import { copyFile, open, readdir, readFile, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemCodeOf, toDiskError } from '../../base/errors.ts';
import { isFileId } from '../../domain/file.ts';
import type { IncomingStore, IncomingUpload, NewUpload } from '../../domain/incoming-uploads.ts';
import { syncFolder, writeAtomically } from './atomic-write.ts';
import type { Hasher } from './hasher.ts';
import { renameToNew } from './rename-to-new.ts';

export interface IncomingStoreOptions {
  readonly hasher: Hasher;
  /** Of a file of the folder. */
  readonly pathOf: (name: string) => string;
}

const BYTES = '.upload';
const FACTS = '.upload.json';

/** `ID.upload` holds the bytes, and its length is how many arrived; `ID.upload.json` says what they are to be. */
export function createIncomingStore(directory: string, { hasher, pathOf }: IncomingStoreOptions): IncomingStore {
  const bytesPath = (uploadId: string) => join(directory, uploadId + BYTES);
  const factsPath = (uploadId: string) => join(directory, uploadId + FACTS);

  async function find(uploadId: string): Promise<IncomingUpload | undefined> {
    if (!isFileId(uploadId)) return undefined;
    const facts = await readFacts(factsPath(uploadId));
    const bytes = facts && (await statAt(bytesPath(uploadId)));
    return bytes && { ...facts, uploadId, offsetBytes: bytes.size };
  }

  async function saveFacts({ uploadId, name, sizeBytes, fileId, replaces }: NewUpload): Promise<void> {
    await writeAtomically(factsPath(uploadId), JSON.stringify({ name, sizeBytes, fileId, replaces }));
  }

  return {
    find,

    async all() {
      const names = await readdir(directory);
      const ids = names.filter(name => name.endsWith(FACTS)).map(name => name.slice(0, -FACTS.length));
      const uploads = await Promise.all(ids.map(find));
      return uploads.filter(upload => upload !== undefined);
    },

    writtenAtMs: async uploadId => (await statAt(bytesPath(uploadId)))?.mtimeMs,

    async create(upload) {
      const known = await find(upload.uploadId);
      const isSameFile = known !== undefined && upload.fileId !== undefined && known.fileId === upload.fileId;
      await onDisk(bytesPath(upload.uploadId), async path => (await open(path, isSameFile ? 'a' : 'w')).close());
      await saveFacts(upload);
    },

    async setSize(uploadId, sizeBytes) {
      const upload = await find(uploadId);
      if (upload) await saveFacts({ ...upload, sizeBytes });
    },

    append: (uploadId, chunks, offsetBytes) =>
      onDisk(bytesPath(uploadId), async path => {
        await using file = await open(path, 'r+');
        let position = offsetBytes;
        for await (const chunk of chunks) {
          position += await writeAll(file, chunk, position);
        }
        return position;
      }),

    copyFrom: (uploadId, name) => onDisk(bytesPath(uploadId), path => copyFile(pathOf(name), path, constants.COPYFILE_FICLONE)),

    async describe(uploadId, options) {
      return (await hasher.hash(bytesPath(uploadId), options)).content;
    },

    publish: (uploadId, name) =>
      onDisk(pathOf(name), async path => {
        await syncFile(bytesPath(uploadId));
        await renameToNew(bytesPath(uploadId), path);
        await syncFolder(dirname(path));
        await rm(factsPath(uploadId), { force: true });
      }),

    async remove(uploadId) {
      if (!isFileId(uploadId)) return;
      await onDisk(bytesPath(uploadId), path => rm(path, { force: true }));
      await rm(factsPath(uploadId), { force: true });
    },
  };
}

async function onDisk<T>(path: string, work: (path: string) => Promise<T>): Promise<T> {
  try {
    return await work(path);
  } catch (error) {
    throw toDiskError(error, path);
  }
}

/** Undefined when there are none or they are damaged: such an upload begins again. */
async function readFacts(path: string): Promise<Omit<NewUpload, 'uploadId'> | undefined> {
  try {
    const { name, sizeBytes, fileId, replaces } = JSON.parse(await readFile(path, 'utf8')) as Partial<NewUpload>;
    return typeof name === 'string' ? { name, sizeBytes, fileId, replaces } : undefined;
  } catch {
    return undefined;
  }
}

async function statAt(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw toDiskError(error, path);
  }
}

async function syncFile(path: string): Promise<void> {
  await using file = await open(path, 'r');
  await file.sync();
}

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<number> {
  let written = 0;
  while (written < bytes.byteLength) written += (await file.write(bytes, written, bytes.byteLength - written, position + written)).bytesWritten;
  return written;
}
