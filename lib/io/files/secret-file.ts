import { randomBytes } from 'node:crypto';
import { chmod, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCodeOf, toDiskError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { writeAtomically } from './atomic-write.ts';
import { makeFolder } from './make-folder.ts';

const SECRET_BYTES = 24;
const OWNER_ONLY = 0o600;

/**
 * The secret of the admin, from which those of the other roles follow. Made at the first start, readable by its owner only, and told that once.
 *
 * @throws VideoError `path_not_writable`, `disk_full`
 */
export async function openSecret(path: string, { log }: { readonly log: Log }): Promise<string> {
  await makeFolder(dirname(path));
  const known = await readSecret(path);
  if (known) {
    // Who wrote it by hand may have left it for all to read. Where that cannot be changed somebody meant it so.
    await chmod(path, OWNER_ONLY).catch(() => undefined);
    return known;
  }
  // Not base64url: what begins with a dash would be taken for a flag.
  const secret = randomBytes(SECRET_BYTES).toString('hex');
  await writeAtomically(path, `${secret}\n`, { mode: OWNER_ONLY });
  log.warn('secret.created', { secret, path });
  return secret;
}

/** Undefined or empty when there is none yet. */
async function readSecret(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if (systemCodeOf(error) !== 'ENOENT') throw toDiskError(error, path);
    return undefined;
  }
}
