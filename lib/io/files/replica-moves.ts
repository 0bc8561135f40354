import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemCodeOf, toDiskError } from '../../base/errors.ts';
import type { FileId } from '../../domain/file.ts';
import { isSameStamp, type IndexedFile } from '../../domain/local-folder.ts';
import type { ReplicaMoves } from '../../domain/replica-moves.ts';
import { syncFolder } from './atomic-write.ts';
import { fileStampAt } from './folder-scan.ts';
import { makeFolder } from './make-folder.ts';
import { renameToNew } from './rename-to-new.ts';
import { parseTrashedFolderName, trashedFolderName } from './trashed-folders.ts';

interface MovesFolders {
  /** That people see. All three are on one file system. */
  readonly directory: string;
  readonly trash: string;
  /** What is here is being freed; an earlier run may not have come to an end with it. */
  readonly dropped: string;
}

/**
 * `ReplicaMoves` on a disk: each is one rename, or one link and one unlink where nothing may be replaced, and then the
 * folders are synced. Freeing a large file takes long on some file systems: it is moved out of sight first.
 *
 * @throws VideoError `path_not_writable`, `disk_full`, `not_a_directory`
 */
export async function openReplicaMoves(folders: MovesFolders): Promise<ReplicaMoves> {
  await makeFolder(folders.trash);
  await makeFolder(folders.dropped);
  const moves = new DiskMoves(folders, await trashedFolders(folders.trash));
  for (const left of await readdir(folders.dropped)) moves.free(join(folders.dropped, left));
  return moves;
}

/** Folders of the trash by content; those that a crash left empty are removed. */
async function trashedFolders(trash: string): Promise<Map<FileId, Set<string>>> {
  const folders = new Map<FileId, Set<string>>();
  for (const name of await readdir(trash)) {
    const parsed = parseTrashedFolderName(name);
    if (!parsed || (await wasEmpty(join(trash, name)))) continue;
    folders.set(parsed.id, (folders.get(parsed.id) ?? new Set()).add(name));
  }
  return folders;
}

async function wasEmpty(path: string): Promise<boolean> {
  try {
    await rmdir(path);
    return true;
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(systemCodeOf(error) ?? '')) return false;
    throw toDiskError(error, path);
  }
}

class DiskMoves implements ReplicaMoves {
  readonly #folders: MovesFolders;
  readonly #trashed: Map<FileId, Set<string>>;
  readonly #freeing = new Set<Promise<void>>();

  constructor(folders: MovesFolders, trashed: Map<FileId, Set<string>>) {
    this.#folders = folders;
    this.#trashed = trashed;
  }

  holds(id: FileId): boolean {
    return this.#trashed.has(id);
  }

  async trash(file: IndexedFile): Promise<boolean> {
    const folderName = trashedFolderName(file);
    if (!(await this.#takeOut(file, join(this.#folders.trash, folderName)))) return false;
    this.#trashed.set(file.id, (this.#trashed.get(file.id) ?? new Set()).add(folderName));
    return true;
  }

  async restore(id: FileId, name: string): Promise<{ readonly isUntouched: boolean } | undefined> {
    const { directory, trash } = this.#folders;
    for (const folderName of this.#trashed.get(id) ?? []) {
      const folder = join(trash, folderName);
      const [kept] = await readdir(folder).catch(unlessAbsent);
      const stamp = kept === undefined ? undefined : await fileStampAt(join(folder, kept));
      if (kept === undefined || !stamp) {
        this.#forget(id, folderName);
        continue;
      }
      await onDisk(folder, async () => {
        await renameToNew(join(folder, kept), join(directory, name));
        await syncFolder(directory);
        await rm(folder, { recursive: true, force: true });
        await syncFolder(trash);
      });
      this.#forget(id, folderName);
      return { isUntouched: isSameStamp(stamp, parseTrashedFolderName(folderName)!.stamp) };
    }
    return undefined;
  }

  async rename(file: IndexedFile, to: string): Promise<boolean> {
    const { directory } = this.#folders;
    if (!(await isStill(file, join(directory, file.name)))) return false;
    await onDisk(directory, async () => {
      await renameToNew(join(directory, file.name), join(directory, to));
      await syncFolder(directory);
    });
    return isStill(file, join(directory, to));
  }

  async drop(file: IndexedFile): Promise<boolean> {
    const folder = join(this.#folders.dropped, randomUUID());
    if (!(await this.#takeOut(file, folder))) return false;
    this.free(folder);
    return true;
  }

  async empty(id: FileId): Promise<number> {
    const { trash, dropped } = this.#folders;
    const names = [...(this.#trashed.get(id) ?? [])];
    for (const name of names) {
      await onDisk(trash, async () => {
        const target = join(dropped, randomUUID());
        await rename(join(trash, name), target).catch(unlessAbsent);
        await syncFolder(trash);
        this.free(target);
      });
      this.#forget(id, name);
    }
    return names.length;
  }

  /** In the background; what fails is tried again by the next run. */
  free(path: string): void {
    const freeing = rm(path, { recursive: true, force: true })
      .catch(() => undefined)
      .finally(() => this.#freeing.delete(freeing));
    this.#freeing.add(freeing);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#freeing);
  }

  /** Into a new folder. A person may have replaced the file a moment ago: then it goes back. */
  async #takeOut(file: IndexedFile, folder: string): Promise<boolean> {
    const { directory } = this.#folders;
    const [path, taken] = [join(directory, file.name), join(folder, file.name)];
    if (!(await isStill(file, path))) return false;
    return onDisk(folder, async () => {
      await mkdir(folder, { recursive: true });
      await syncFolder(dirname(folder));
      await rename(path, taken);
      const isRight = await isStill(file, taken);
      if (!isRight) await renameToNew(taken, path);
      await syncFolder(folder);
      await syncFolder(directory);
      return isRight;
    });
  }

  #forget(id: FileId, folderName: string): void {
    const names = this.#trashed.get(id);
    names?.delete(folderName);
    if (names?.size === 0) this.#trashed.delete(id);
  }
}

async function isStill({ stamp }: IndexedFile, path: string): Promise<boolean> {
  const now = await fileStampAt(path);
  return now !== undefined && isSameStamp(now, stamp);
}

async function onDisk<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toDiskError(error, path);
  }
}

function unlessAbsent(error: unknown): string[] {
  if (systemCodeOf(error) === 'ENOENT') return [];
  throw error;
}
