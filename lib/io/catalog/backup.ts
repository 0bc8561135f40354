import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import Database from 'libsql';
import { toDiskError, VideoError } from '../../base/errors.ts';
import { syncFolder } from '../files/atomic-write.ts';
import { makeFolder } from '../files/make-folder.ts';
import { isPostgresUrl, withoutPassword } from './postgres-url.ts';
import { sqlitePathOf, unknownCatalog } from './urls.ts';

const BUSY_TIMEOUT_MS = 5000;

/**
 * Writes a copy of a SQLite catalogue into a new file, as it is at one moment, while centrals go on writing to it. The file is there,
 * whole and on the disk, or not at all. Resolves with its size in bytes.
 *
 * @throws VideoError `backup_exists`; `backup_elsewhere` for PostgreSQL; `catalog_unavailable`, `disk_full`, `path_not_writable`
 */
export async function backUpCatalog(url: string, path: string): Promise<number> {
  if (isPostgresUrl(url)) throw new VideoError('backup_elsewhere', { url: withoutPassword(url), program: 'pg_dump' });
  const source = sqlitePathOf(url);
  if (source === undefined) throw unknownCatalog('--base-datos', url);
  if (!(await exists(source))) throw new VideoError('catalog_unavailable', { url });
  if (await exists(path)) throw new VideoError('backup_exists', { path });
  await makeFolder(dirname(path));
  const temporary = `${path}.partial`;
  // Of one that was killed: the copy is made into a new file only.
  await rm(temporary, { force: true });
  try {
    copyDatabase(source, temporary, url);
    await syncFile(temporary);
    const { size } = await stat(temporary);
    await rename(temporary, path);
    await syncFolder(dirname(path));
    return size;
  } catch (error) {
    await rm(temporary, { force: true });
    throw toDiskError(error, path);
  }
}

function copyDatabase(source: string, target: string, url: string): void {
  try {
    const database = new Database(resolve(source), { timeout: BUSY_TIMEOUT_MS });
    try {
      database.prepare('VACUUM INTO ?').run(resolve(target));
    } finally {
      database.close();
    }
  } catch (error) {
    throw new VideoError('catalog_unavailable', { url }, { cause: error });
  }
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(() => true, () => false);
}
