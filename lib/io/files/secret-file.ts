import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCodeOf, toDiskError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';

const SECRET_BYTES = 24;

/**
 * The secret that secondaries must prove. Made at the first start, readable by its owner only, and told that once.
 *
 * @throws VideoError `path_not_writable`, `disk_full`
 */
export async function openSecret(path: string, { log }: { readonly log: Log }): Promise<string> {
  try {
    await mkdir(dirname(path), { recursive: true });
    const secret = randomBytes(SECRET_BYTES).toString('base64url');
    await writeFile(path, `${secret}\n`, { mode: 0o600, flag: 'wx' });
    log.warn('secret.created', { secret, path });
    return secret;
  } catch (error) {
    if (systemCodeOf(error) !== 'EEXIST') throw toDiskError(error, path);
    return (await readFile(path, 'utf8')).trim();
  }
}
