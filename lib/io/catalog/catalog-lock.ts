import { dirname } from 'node:path';
import { makeFolder } from '../files/make-folder.ts';
import { lockForProcess } from '../files/process-lock.ts';
import { sqlitePathOf } from './urls.ts';

/**
 * Keeps the catalogue for this process, where only one may have it: centrals share a PostgreSQL, and never a file. Who only
 * reads a file, for a backup, needs no lock.
 *
 * @throws VideoError `path_in_use` while its owner lives, `path_not_writable`, `not_a_directory`, `disk_full`
 */
export async function lockCatalog(url: string): Promise<AsyncDisposable> {
  const path = sqlitePathOf(url);
  if (path === undefined) return { [Symbol.asyncDispose]: async () => undefined };
  await makeFolder(dirname(path));
  return lockForProcess(`${path}.lock`, path);
}
