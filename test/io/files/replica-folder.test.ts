import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { systemClock as clock } from '../../../lib/base/clock.ts';
import { scanFolder } from '../../../lib/io/files/folder-scan.ts';
import { openReplicaFolder } from '../../../lib/io/files/replica-folder.ts';
import { manifestOf } from '../../helpers/manifests.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const never = new AbortController().signal;

test('lists ordinary visible files, with any name that can be shared', async t => {
  const folder = await temporaryDirectory(t);
  const shared = ['con espacios.mp4', 'señal 📺.mkv', 'ñ'.repeat(127), '__proto__', 'partial'];
  for (const name of shared) await writeFile(join(folder, name), name);
  await mkdir(join(folder, 'subfolder'));
  await symlink(join(folder, 'partial'), join(folder, 'link'));
  for (const name of ['.hidden', 'film.partial', 'film.partial.journal', 'film.partial.lock']) await writeFile(join(folder, name), '');
  await writeFile(join(folder, 'two\nlines'), '');
  await writeFile(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0x66, 0xff])]), '');
  const { files, ignored } = await scanFolder(folder);
  t.deepEqual(files.map(({ name }) => name).sort(), shared.sort());
  t.deepEqual(ignored.map(({ error }) => error.facts.reason), ['control', 'control']);
});

test('a file that cannot be looked at does not hide the others', async t => {
  const directory = await temporaryDirectory(t);
  // Of a path that is longer than paths can be the folder is read, and the file is not reached.
  const folder = join(directory, ...'d'.repeat(4000 - directory.length).match(/.{1,200}/g)!);
  const shortcut = join(directory, 'shortcut');
  const unreached = 'u'.repeat(250);
  await mkdir(folder, { recursive: true });
  await symlink(folder, shortcut);
  await writeFile(join(shortcut, 'film'), '');
  await writeFile(join(shortcut, unreached), '');
  t.teardown(() => rm(join(shortcut, unreached)));
  const { files, unseen } = await scanFolder(folder);
  t.deepEqual(files.map(({ name }) => name), ['film']);
  t.deepEqual(unseen.map(({ name, error }) => [name, error.code]), [[unreached, 'path_not_readable']]);
});

test('keeps its identity, its manifests and its index over runs', async t => {
  const folder = join(await temporaryDirectory(t), 'new', 'videos');
  const manifest = manifestOf(Buffer.from('bytes'), 'señal.mp4');
  const indexed = { name: '__proto__', id: manifest.id, stamp: { sizeBytes: 5, mtimeNs: '1700000000123456789', ino: '42' } };
  let identity: string;
  {
    await using first = await openReplicaFolder(folder, { clock });
    identity = first.identity;
    t.is(await first.manifests.get(manifest.id), undefined);
    await first.manifests.put(manifest);
    await first.index.save([indexed]);
  }
  await using second = await openReplicaFolder(folder, { clock });
  t.is(second.identity, identity);
  t.deepEqual(await second.manifests.get(manifest.id), manifest);
  t.deepEqual([...(await second.manifests.ids())], [manifest.id]);
  t.deepEqual(await second.index.load(), [indexed]);
});

test('damaged files of its own are as good as none', async t => {
  const folder = await temporaryDirectory(t);
  const own = join(folder, '.videopartes');
  const { id } = manifestOf(Buffer.from('bytes'));
  const forged = JSON.stringify({ ...manifestOf(Buffer.from('other bytes')), id });
  await mkdir(join(own, 'manifests'), { recursive: true });
  await writeFile(join(own, 'identity.json'), '{"identity": "me"}');
  await writeFile(join(own, 'index.json'), '{"version":1,"files":[{"name":"../up","id":"0"}]}');
  await writeFile(join(own, 'manifests', `${id}.json`), forged);
  await using replica = await openReplicaFolder(folder, { clock });
  t.regex(replica.identity, /^[0-9a-f-]{36}$/);
  t.deepEqual(await replica.index.load(), []);
  t.is(await replica.manifests.get(id), undefined);
  t.true((await readFile(join(own, 'identity.json'), 'utf8')).includes(replica.identity));
});

test('serves a file exactly as it was described, and refuses it once it changed', async t => {
  const folder = await temporaryDirectory(t);
  await writeFile(join(folder, 'video'), 'some bytes');
  await using replica = await openReplicaFolder(folder, { clock });
  const { manifest, stamp } = await replica.files.describe('video', { signal: never });
  const indexed = { name: 'video', id: manifest.id, stamp };
  {
    await using file = await replica.files.open(indexed, manifest);
    const buffer = Buffer.alloc(10);
    t.is(await file.read(buffer, 0), 10);
    t.is(buffer.toString(), 'some bytes');
  }
  await writeFile(join(folder, 'video'), 'more bytes');
  await t.throwsAsync(replica.files.open(indexed, manifest), { code: 'file_changed' });
  t.deepEqual(await replica.files.stampOf('absent'), undefined);
  t.true(await replica.files.isTaken('.videopartes'));
  const { freeBytes, totalBytes } = await replica.files.space();
  t.true(freeBytes > 0 && freeBytes <= totalBytes);
});

test('one program holds a folder at a time; the lock of a killed one is taken over', async t => {
  const folder = await temporaryDirectory(t);
  const module = new URL('../../../lib/io/files/replica-folder.js', import.meta.url).href;
  const script = `
    const { openReplicaFolder } = await import(${JSON.stringify(module)});
    await openReplicaFolder(${JSON.stringify(folder)}, { clock: { date: Date.now } });
    process.stdout.write('held');
    setInterval(() => {}, 1000);`;
  const other = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.teardown(() => other.kill('SIGKILL'));
  await once(other.stdout!, 'data');
  await t.throwsAsync(openReplicaFolder(folder, { clock }), { code: 'path_in_use' });
  other.kill('SIGKILL');
  await once(other, 'exit');
  await using replica = await openReplicaFolder(folder, { clock });
  t.is(replica.directory, folder);
});

test('a path that is no folder, or that nobody may write, is said to be so', async t => {
  const folder = await temporaryDirectory(t);
  await writeFile(join(folder, 'file'), '');
  await t.throwsAsync(openReplicaFolder(join(folder, 'file'), { clock }), { code: 'not_a_directory' });
  await t.throwsAsync(openReplicaFolder(join(folder, 'file', 'inside'), { clock }), { code: 'not_a_directory' });
  await mkdir(join(folder, 'locked'), { mode: 0o500 });
  if (process.getuid?.() === 0) return;
  await t.throwsAsync(openReplicaFolder(join(folder, 'locked'), { clock }), { code: 'path_not_writable' });
  t.is((await stat(join(folder, 'locked'))).mode & 0o777, 0o500);
});
