import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCodeOf } from '../../../lib/base/errors.ts';
import { hashFile } from '../process-cluster.ts';
import type { ChaosWorld } from './world.ts';

/** A file of the folder that people see, or of the trash beside it. */
export interface StoredFile {
  readonly number: number;
  readonly name: string;
  readonly isVisible: boolean;
  readonly path: string;
}

/** All that a secondary keeps, whether it runs or not. */
export async function storedOn(world: ChaosWorld, number: number): Promise<readonly StoredFile[]> {
  const folder = world.cluster.folderOf(number);
  const trash = ownFolder(world, number, 'trash');
  const visible = (await namesIn(folder)).filter(name => !name.startsWith('.')).map(name => ({ number, name, isVisible: true, path: join(folder, name) }));
  const trashed: StoredFile[] = [];
  for (const inside of await namesIn(trash)) {
    for (const name of await namesIn(join(trash, inside))) trashed.push({ number, name, isVisible: false, path: join(trash, inside, name) });
  }
  return [...visible, ...trashed];
}

/** Undefined when it was moved meanwhile. */
export async function contentOf({ path }: StoredFile): Promise<string | undefined> {
  return hashFile(path).catch((error: unknown) => {
    if (systemCodeOf(error) !== 'ENOENT') throw error;
    return undefined;
  });
}

/** `incoming`, where unfinished copies and uploads are; `dropped`, from where bytes are freed; `trash`. */
export function ownFolder(world: ChaosWorld, number: number, name: 'incoming' | 'dropped' | 'trash'): string {
  return join(world.cluster.folderOf(number), '.videopartes', name);
}

/** None when there is no such folder. */
export async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch((error: unknown) => {
    if (systemCodeOf(error) === 'ENOENT') return [];
    throw error;
  });
}

/** Uploads whose every byte arrived, and that are no file of the folder yet. */
export async function wholeUploadsOn(world: ChaosWorld, number: number): Promise<readonly string[]> {
  const folder = ownFolder(world, number, 'incoming');
  const whole: string[] = [];
  for (const facts of (await namesIn(folder)).filter(name => name.endsWith('.upload.json'))) {
    const { name, sizeBytes } = JSON.parse(await readFile(join(folder, facts), 'utf8').catch(() => '{}')) as { name?: string; sizeBytes?: number };
    const bytes = await readFile(join(folder, facts.slice(0, -'.json'.length))).catch(() => undefined);
    if (name !== undefined && bytes?.length === sizeBytes) whole.push(name);
  }
  return whole;
}
