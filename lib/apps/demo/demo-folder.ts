import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toDiskError, VideoError } from '../../base/errors.ts';

/** Its presence says that a folder is a demonstration's, and that what is in it may go. */
const MARK = '.videopartes-demo';
const LOCK = '.videopartes-demo.lock';

/** Where a demonstration keeps its things, for itself alone until it is disposed of. */
export interface DemoFolder extends AsyncDisposable {
  readonly data: string;
  readonly downloads: string;
  readonly logs: string;
  /** Each secondary's. */
  videos(number: number): string;
}

export interface DemoFolderOptions {
  /** What to say of a folder with other things in it. */
  readonly refusal: string;
  /** Holds a path for this process: another demonstration may be running in the folder. */
  readonly lock: (path: string) => Promise<AsyncDisposable>;
}

/**
 * Makes the folder, or empties that of an earlier demonstration and of nobody else.
 *
 * @throws VideoError `usage` with the refusal, `path_in_use`, `path_not_writable`, `not_a_directory`, `disk_full`
 */
export async function openDemoFolder(path: string, { refusal, lock }: DemoFolderOptions): Promise<DemoFolder> {
  const folder = {
    data: join(path, 'datos'),
    downloads: join(path, 'descargas'),
    logs: join(path, 'registros'),
    videos: (number: number) => join(path, `videos${number}`),
  };
  try {
    await mkdir(path, { recursive: true });
    const names = await readdir(path);
    if (names.length > 0 && !names.includes(MARK)) throw new VideoError('usage', { reason: refusal });
    const held = await lock(join(path, LOCK));
    await writeFile(join(path, MARK), '');
    for (const name of names) {
      if (name !== MARK && name !== LOCK) await rm(join(path, name), { recursive: true, force: true });
    }
    for (const needed of [folder.downloads, folder.logs, folder.videos(1)]) await mkdir(needed);
    return { ...folder, [Symbol.asyncDispose]: () => held[Symbol.asyncDispose]() };
  } catch (error) {
    throw toDiskError(error, path);
  }
}
