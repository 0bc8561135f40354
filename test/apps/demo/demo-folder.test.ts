import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { openDemoFolder } from '../../../lib/apps/demo/demo-folder.ts';
import { lockForProcess } from '../../../lib/io/files/process-lock.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const options = { refusal: 'not mine', lock: lockForProcess };

test('the folder of an earlier demonstration is emptied', async t => {
  const path = join(await temporaryDirectory(t), 'demo');
  {
    await using folder = await openDemoFolder(path, options);
    await writeFile(join(folder.videos(1), 'muestra.mp4'), 'old');
    await mkdir(folder.videos(2));
  }
  await using again = await openDemoFolder(path, options);
  t.deepEqual(await readdir(again.videos(1)), []);
  t.deepEqual((await readdir(path)).filter(name => !name.startsWith('.')).sort(), ['descargas', 'registros', 'videos1']);
});

test('a folder with other things in it is left as it is', async t => {
  const path = await temporaryDirectory(t);
  await writeFile(join(path, 'thesis.txt'), 'years of work');
  await t.throwsAsync(openDemoFolder(path, options), { code: 'usage', message: /not mine/ });
  t.deepEqual(await readdir(path), ['thesis.txt']);
});

test('the folder of a demonstration that is running is left as it is', async t => {
  const path = join(await temporaryDirectory(t), 'demo');
  await using folder = await openDemoFolder(path, options);
  await writeFile(join(folder.downloads, 'half'), '');
  await t.throwsAsync(openDemoFolder(path, options), { code: 'path_in_use' });
  t.deepEqual(await readdir(folder.downloads), ['half']);
});
