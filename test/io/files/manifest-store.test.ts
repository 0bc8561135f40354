import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { openManifestStore } from '../../../lib/io/files/manifest-store.ts';
import { manifestNamed, manifestWithPieces } from '../../helpers/manifests.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const old = manifestNamed('faro.mp4', 1);
const whole = manifestWithPieces(Buffer.from('mar'), 'mar.mp4');

test('manifests come back as they were in the next run, with piece hashes and without', async t => {
  const directory = await temporaryDirectory(t);
  const store = await openManifestStore(directory);
  for (const manifest of [old, whole]) await store.put(manifest);
  const next = await openManifestStore(directory);
  for (const manifest of [old, whole]) t.deepEqual(await next.get(manifest.id), manifest);
  t.deepEqual([...(await next.ids())].sort(), [old.id, whole.id].sort());
});

test('a damaged manifest is as good as none', async t => {
  const directory = await temporaryDirectory(t);
  await (await openManifestStore(directory)).put(whole);
  const [name] = await readdir(directory);
  for (const text of ['{', '{}', JSON.stringify({ ...whole, pieces: { sha1: '', sha256Layer: '' } }), JSON.stringify({ ...whole, pieces: 5 })]) {
    await writeFile(join(directory, name!), text);
    t.is(await (await openManifestStore(directory)).get(whole.id), undefined, text.slice(0, 20));
  }
});
