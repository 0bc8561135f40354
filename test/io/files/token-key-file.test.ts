import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { loadTokenKeys, makeTokenKey, saveTokenKeys } from '../../../lib/io/files/token-key-file.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

test('keys are kept as they are, for their owner only', async t => {
  const path = join(await temporaryDirectory(t), 'datos', 'claves.json');
  t.deepEqual(await loadTokenKeys(path), []);
  const keys = [makeTokenKey(1), makeTokenKey(2)];
  await saveTokenKeys(path, keys);
  t.deepEqual(await loadTokenKeys(path), keys);
  if (process.platform !== 'win32') t.is((await stat(path)).mode & 0o777, 0o600);
});

test('what is damaged is no keys', async t => {
  const path = join(await temporaryDirectory(t), 'claves.json');
  await saveTokenKeys(path, [makeTokenKey(1)]);
  const text = await readFile(path, 'utf8');
  for (const damaged of ['', '{', '[]', '{"version":1}', text.slice(0, -20), text.replace(/"privateKey": ".*"/, '"privateKey": "x"')]) {
    await writeFile(path, damaged);
    t.deepEqual(await loadTokenKeys(path), [], damaged);
  }
});

test('where no file can be it says so', async t => {
  const directory = await temporaryDirectory(t);
  await writeFile(join(directory, 'file'), '');
  await t.throwsAsync(saveTokenKeys(join(directory, 'file', 'claves.json'), []), { code: 'not_a_directory' });
});
