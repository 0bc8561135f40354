import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { publicTokenKey, verifyingKeyOf, type PublicTokenKey } from '../../protocol/token.ts';
import { writeAtomically } from './atomic-write.ts';

const shape = z.object({ version: z.literal(1), keys: z.array(publicTokenKey) });

/** The keys that a central published, as a secondary keeps them for when it starts and no central answers. */
export interface PublicKeyStore {
  /** None when they were never kept, or cannot be read: the next heartbeat brings them. */
  load(): Promise<readonly PublicTokenKey[]>;
  /** @throws VideoError of the disk */
  save(keys: readonly PublicTokenKey[]): Promise<void>;
}

export function createPublicKeyStore(path: string): PublicKeyStore {
  return {
    async load() {
      try {
        const { keys } = shape.parse(JSON.parse(await readFile(path, 'utf8')));
        for (const key of keys) verifyingKeyOf(key);
        return keys;
      } catch {
        return [];
      }
    },
    save: keys => writeAtomically(path, `${JSON.stringify({ version: 1, keys })}\n`),
  };
}
