import { createHash, generateKeyPairSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod';
import { systemCodeOf, toDiskError } from '../../base/errors.ts';
import type { DatedKey } from '../../domain/token-keys.ts';
import { signerOf, type PrivateTokenKey } from '../../protocol/token.ts';
import { writeAtomically } from './atomic-write.ts';
import { makeFolder } from './make-folder.ts';

/** A pair of keys that signs tokens. */
export interface TokenKey extends PrivateTokenKey, DatedKey {}

const OWNER_ONLY = 0o600;
const KID_LENGTH = 16;
const bytes32 = z.string().regex(/^[\w-]{43}$/);
const key = z.object({ kid: z.string().min(1), createdAtMs: z.int().min(0), publicKey: bytes32, privateKey: bytes32 });
const shape = z.object({ version: z.literal(1), keys: z.array(key) });

/** A new pair of Ed25519 keys; its name follows from the public one. */
export function makeTokenKey(createdAtMs: number): TokenKey {
  const { x = '', d = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const kid = createHash('sha256').update(x).digest('base64url').slice(0, KID_LENGTH);
  return { kid, createdAtMs, publicKey: x, privateKey: d };
}

/** In order of age; none when there is no file, or one that nobody can read as keys. @throws VideoError of the disk */
export async function loadTokenKeys(path: string): Promise<readonly TokenKey[]> {
  try {
    const { keys } = shape.parse(JSON.parse(await readFile(path, 'utf8')));
    for (const one of keys) signerOf(one);
    return keys;
  } catch (error) {
    const code = systemCodeOf(error);
    // Whoever had a token of lost keys gets another one with the next answer of the central.
    if (code === undefined || code === 'ENOENT' || code.startsWith('ERR_')) return [];
    throw toDiskError(error, path);
  }
}

/** Only the owner reads the file. @throws VideoError `path_not_writable`, `disk_full` */
export async function saveTokenKeys(path: string, keys: readonly TokenKey[]): Promise<void> {
  await makeFolder(dirname(path));
  await writeAtomically(path, `${JSON.stringify({ version: 1, keys }, undefined, 2)}\n`, { mode: OWNER_ONLY });
}
