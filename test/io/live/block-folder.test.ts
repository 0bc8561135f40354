import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import test, { type ExecutionContext } from 'ava';
import { openBlockFolder } from '../../../lib/io/live/block-folder.ts';
import { mountSmallDisk } from '../../helpers/mounts.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

/** A process that holds a folder of channel 3, with a block in it. */
async function startHolder(t: ExecutionContext, directory: string) {
  const script = `
    import { openBlockFolder } from ${JSON.stringify(new URL('../../../lib/io/live/block-folder.js', import.meta.url).href)};
    const folder = await openBlockFolder(${JSON.stringify(directory)}, { channel: 3 });
    await folder.write(17, Buffer.from('of the other one'));
    console.log(folder.path);
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.teardown(() => child.kill('SIGKILL'));
  const [path] = (await once(createInterface(child.stdout), 'line')) as [string];
  return {
    path,
    async kill() {
      child.kill('SIGKILL');
      await once(child, 'close');
    },
  };
}

test('a block has a name that tells channel and number, is there whole, and goes with its folder', async t => {
  const directory = join(await temporaryDirectory(t), 'new', 'one');
  const folder = await openBlockFolder(directory, { channel: 0 });
  t.is(folder.path, join(directory, `bloques-canal-0-${process.pid}`));
  const paths = [
    await folder.write(17, Buffer.from('one')),
    await folder.write(17, Buffer.from('of another stream')),
    await folder.write(1234567, Buffer.from([0x1a, 0x45, 0xdf, 0xa3, 0])),
    await folder.write(18, Buffer.from('Gts')),
  ];
  t.deepEqual(paths.map(path => basename(path)), ['canal0_00017.mp4', 'canal0_00017-2.mp4', 'canal0_1234567.mkv', 'canal0_00018.ts']);
  t.is(Buffer.from(await folder.read(paths[1]!)).toString(), 'of another stream');
  await folder.remove(paths[0]!);
  await folder.remove(paths[0]!);
  t.is(await folder.write(17, Buffer.from('again')), paths[0]!);
  await folder[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
  t.deepEqual(await readdir(directory), []);
});

test('what a viewer that was killed left is removed by the next one, not what belongs to one that lives', async t => {
  const directory = await temporaryDirectory(t);
  const killed = await startHolder(t, directory);
  const living = await startHolder(t, directory);
  await killed.kill();
  await writeFile(join(killed.path, 'canal3_00018.mp4.parcial'), 'half');
  await using folder = await openBlockFolder(directory, { channel: 0 });
  t.deepEqual((await readdir(directory)).toSorted(), [folder.path, living.path].map(path => basename(path)).toSorted());
  t.is(await readFile(join(living.path, 'canal3_00017.mp4'), 'utf8'), 'of the other one');
});

test('nothing is removed that is not certainly ours', async t => {
  const directory = await temporaryDirectory(t);
  const files = {
    'bloques-canal-0-1/canal0_00001.mp4': 'no lock',
    'bloques-canal-0-999999999/bloqueo': `999999999 ${hostname()}\n`,
    'bloques-canal-0-999999999/vacaciones.mp4': 'of a person',
    'bloques-canal-0-999999998/bloqueo': '999999998 of-another-machine\n',
    'bloques-canal-0-999999998/canal0_00001.mp4': 'of another machine',
    'bloques-canal-x-1/canal0_00001.mp4': 'another name',
    'canal0_00001.mp4': 'not in a folder of blocks',
  };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(directory, path, '..'), { recursive: true });
    await writeFile(join(directory, path), text);
  }
  await mkdir(join(directory, 'bloques-canal-0-77'));
  const folder = await openBlockFolder(directory, { channel: 0 });
  await folder[Symbol.asyncDispose]();
  const left = (await readdir(directory, { recursive: true, withFileTypes: true })).filter(entry => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name).slice(directory.length + 1));
  t.deepEqual(left.toSorted(), Object.keys(files).filter(path => path !== 'bloques-canal-0-999999999/bloqueo').toSorted());
  t.false((await readdir(directory)).includes('bloques-canal-0-77'));
});

test('one process has one folder for a channel', async t => {
  const directory = await temporaryDirectory(t);
  await using folder = await openBlockFolder(directory, { channel: 0 });
  await t.throwsAsync(openBlockFolder(directory, { channel: 0 }), { code: 'path_in_use' });
  await using other = await openBlockFolder(directory, { channel: 1 });
  t.not(folder.path, other.path);
});

test('a full disk is told, leaves nothing half written, and is written to again when there is room', async t => {
  const disk = await mountSmallDisk(t, join(await temporaryDirectory(t), 'disk'), { sizeMib: 1 });
  if (!disk) return;
  await using folder = await openBlockFolder(disk.path, { channel: 0 });
  const bytes = Buffer.alloc(600_000);
  const first = await folder.write(1, bytes);
  await t.throwsAsync(folder.write(2, bytes), { code: 'disk_full' });
  t.deepEqual((await readdir(folder.path)).filter(name => name.startsWith('canal')), ['canal0_00001.mp4']);
  await folder.remove(first);
  t.true((await folder.write(3, bytes)).endsWith('canal0_00003.mp4'));
});
