import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { createPublicKeyStore } from '../../../lib/io/files/public-key-store.ts';
import { makeTokenKey } from '../../../lib/io/files/token-key-file.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

test('published keys are there again after a restart, and damaged ones are none', async t => {
  const path = join(await temporaryDirectory(t), 'claves.json');
  const store = createPublicKeyStore(path);
  t.deepEqual(await store.load(), []);
  const keys = [1, 2].map(makeTokenKey).map(({ kid, publicKey }) => ({ kid, publicKey }));
  await store.save(keys);
  t.deepEqual(await createPublicKeyStore(path).load(), keys);
  for (const damaged of ['', '{', '{"version":1,"keys":[{"kid":"x","publicKey":"y"}]}']) {
    await writeFile(path, damaged);
    t.deepEqual(await store.load(), []);
  }
});
