import { mkdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { makeFolder } from '../../../lib/io/files/make-folder.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

test('a folder is made with those above it, also by several at once', async t => {
  const path = join(await temporaryDirectory(t), 'uno', 'dos', 'tres');
  await Promise.all(Array.from({ length: 8 }, () => makeFolder(path)));
  t.true((await stat(path)).isDirectory());
});

test('a folder that is there, or a link to one, is left as it is', async t => {
  const directory = await temporaryDirectory(t);
  await mkdir(join(directory, 'hay'));
  await symlink('hay', join(directory, 'enlace'));
  await makeFolder(join(directory, 'hay'));
  await makeFolder(join(directory, 'enlace'));
  await makeFolder('.');
  t.pass();
});

test('a file in the way is no folder', async t => {
  const file = join(await temporaryDirectory(t), 'archivo');
  await writeFile(file, '');
  await t.throwsAsync(makeFolder(file), { code: 'not_a_directory' });
  await t.throwsAsync(makeFolder(join(file, 'dentro', 'más')), { code: 'not_a_directory' });
});

test('a link to nowhere ends in an error, not in a loop', async t => {
  const link = join(await temporaryDirectory(t), 'enlace');
  await symlink('ninguna/parte', link);
  await t.throwsAsync(makeFolder(join(link, 'dentro')));
});
