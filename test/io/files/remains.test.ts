import { link, mkdir, readdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { systemClock as clock } from '../../../lib/base/clock.ts';
import { openReplicaFolder } from '../../../lib/io/files/replica-folder.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

/** A number that no process has. */
const NOBODY = `4194305 ${hostname()}`;
const [one, other, third, fourth] = ['1', '2', '3', '4'].map(digit => digit.repeat(64));

test('what a killed run left is gone with the next start, but for what can be gone on with', async t => {
  const directory = await temporaryDirectory(t);
  const own = join(directory, '.videopartes');
  for (const folder of ['incoming', 'manifests']) await mkdir(join(own, folder), { recursive: true });
  const write = (...names: readonly string[]) => Promise.all(names.map(name => writeFile(join(own, name), 'x')));
  await write('index.json.123', `manifests/${one}.json`, `manifests/${one}.json.4294967295`, `incoming/${one}.upload.json.1`);
  await write(`incoming/${one}.upload`, `incoming/${one}.upload.json`, `incoming/${other}.upload`, `incoming/${third}.upload.json`);
  await write(`incoming/${one}.partial`, `incoming/${one}.partial.journal`, `incoming/${one}.partial.lock`);
  await write(`incoming/${other}.partial.journal`, `incoming/${other}.partial.lock`, `incoming/${third}.partial`);
  await writeFile(join(own, 'incoming', '.ab12.lock'), NOBODY);
  await openReplicaFolder(directory, { clock }).then(folder => folder[Symbol.asyncDispose]());
  t.deepEqual(await readdir(join(own, 'manifests')), [`${one}.json`]);
  t.deepEqual((await readdir(own)).sort(), ['dropped', 'identity.json', 'incoming', 'manifests', 'trash']);
  t.deepEqual((await readdir(join(own, 'incoming'))).sort(), [
    `${one}.partial`,
    `${one}.partial.journal`,
    `${one}.partial.lock`,
    `${one}.upload`,
    `${one}.upload.json`,
    `${third}.partial`,
  ]);
});

test('bytes that have their name in the folder already lose the other one, and a backup by links costs nothing', async t => {
  const directory = await temporaryDirectory(t);
  const incoming = join(directory, '.videopartes', 'incoming');
  await mkdir(incoming, { recursive: true });
  for (const name of ['faro.mp4', 'mar.mp4']) await writeFile(join(directory, name), name);
  await link(join(directory, 'faro.mp4'), join(incoming, `${one}.partial`));
  await link(join(directory, 'mar.mp4'), join(incoming, `${other}.upload`));
  await writeFile(join(incoming, `${fourth}.partial`), 'x');
  await link(join(incoming, `${fourth}.partial`), join(await temporaryDirectory(t), 'backup'));
  for (const name of [`${one}.partial.journal`, `${one}.partial.lock`, `${other}.upload.json`]) await writeFile(join(incoming, name), 'x');
  await openReplicaFolder(directory, { clock }).then(folder => folder[Symbol.asyncDispose]());
  t.deepEqual(await readdir(incoming), [`${fourth}.partial`]);
  t.deepEqual((await readdir(directory)).sort(), ['.videopartes', 'faro.mp4', 'mar.mp4']);
});
