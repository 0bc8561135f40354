import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isTemporaryName, syncFolder } from './atomic-write.ts';
import { removeStaleLocks } from './process-lock.ts';

export interface RemainsFolders {
  /** That people see. */
  readonly directory: string;
  readonly ownFolder: string;
  readonly incoming: string;
  readonly manifests: string;
}

/** What is of no use without the bytes that it is about. */
const COMPANIONS: readonly (readonly [bytes: string, companion: string])[] = [
  ['.upload', '.upload.json'],
  ['.partial', '.partial.journal'],
  ['.partial', '.partial.lock'],
];

/**
 * Removes what a run that was killed left and that no later one would go on with: files that were being written, facts and
 * journals of bytes that have their name already, or are gone. What arrived of a copy or an upload stays. To be called by who
 * holds the folder, before anything is done there. What cannot be removed now is for the next run.
 */
export async function removeRemains({ directory, ownFolder, incoming, manifests }: RemainsFolders): Promise<void> {
  for (const folder of [ownFolder, incoming, manifests]) {
    for (const name of await readdir(folder)) if (isTemporaryName(name)) await remove(join(folder, name));
    await removeStaleLocks(folder);
  }
  await removeSecondNames(directory, incoming);
  await removeWidowed(incoming);
}

/** A crash between `link` and `unlink`. Whoever went on with such bytes would write into the file that people see. */
async function removeSecondNames(directory: string, incoming: string): Promise<void> {
  const inodes = new Map<bigint, string>();
  for (const name of (await readdir(incoming)).filter(isBytes)) {
    const path = join(incoming, name);
    const found = await stat(path, { bigint: true }).catch(() => undefined);
    if (found && found.nlink > 1n) inodes.set(found.ino, path);
  }
  if (inodes.size === 0) return;
  await syncFolder(directory);
  for (const name of await readdir(directory)) {
    const found = await stat(join(directory, name), { bigint: true }).catch(() => undefined);
    const path = found?.isFile() ? inodes.get(found.ino) : undefined;
    if (path !== undefined) await remove(path);
  }
}

async function removeWidowed(incoming: string): Promise<void> {
  const names = new Set(await readdir(incoming));
  for (const [bytes, companion] of COMPANIONS) {
    for (const name of names) {
      if (name.endsWith(companion) && !names.has(name.slice(0, -companion.length) + bytes)) await remove(join(incoming, name));
    }
  }
  // Nobody knows what these bytes were to be, and who sends them begins anew.
  for (const name of names) if (name.endsWith('.upload') && !names.has(`${name}.json`)) await remove(join(incoming, name));
}

function isBytes(name: string): boolean {
  return COMPANIONS.some(([bytes]) => name.endsWith(bytes));
}

async function remove(path: string): Promise<void> {
  await rm(path, { force: true }).catch(() => undefined);
}
