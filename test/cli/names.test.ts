import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import anyTest, { type TestFn } from 'ava';
import { TalkingCluster } from '../helpers/talking-cluster.ts';

const test = anyTest as TestFn<{ readonly cluster: TalkingCluster }>;
const teardowns: (() => unknown)[] = [];

/** Each is a name like any other; only its bytes differ. */
const names = {
  spaces: 'con  dos espacios y  .mp4',
  accents: 'Ñandú & camión – ¡acción!.mp4',
  'accents that are characters of their own': 'cafe\u0301.mp4',
  emoji: '🎬👩‍👩‍👧 película 🇪🇸.mp4',
  quotes: `"comillas" 'simples' «latinas» \`graves\`.mp4`,
  'a leading dash': '-guion.mp4',
  'what shells and addresses use': '100%25 $HOME;a&b?c#d\\e|*.mp4',
  'two dots inside': 'a..b.mp4',
  '255 bytes of ASCII': `${'a'.repeat(251)}.mp4`,
  '255 bytes of letters of two': `${'ñ'.repeat(125)}x.mp4`,
  '255 bytes of emoji': `${'🎬'.repeat(62)}abc.mp4`,
  'no extension, from right to left': 'سينما',
  'an empty file': 'vacío.mp4',
};
const contentOf = (name: string) => Buffer.from(name === 'vacío.mp4' ? '' : `el vídeo ${name}\n`.repeat(1000));

test.before('two secondaries hold videos with many names', async t => {
  const cluster = await TalkingCluster.open({ teardown: close => void teardowns.unshift(close) });
  for (const name of Object.values(names)) await cluster.putVideo(1, name, contentOf(name));
  await cluster.startCentral();
  await Promise.all([cluster.startSecondary(1), cluster.startSecondary(2)]);
  for (const name of Object.values(names)) await cluster.whenHeldBy(name, 2);
  t.context = { cluster };
});

test.after.always('the cluster is stopped', async () => {
  for (const close of teardowns) await close();
});

test('every name is listed as it is, and copied as it is', async t => {
  const { cluster } = t.context;
  const { status, stdout } = await cluster.order('listar', '--json');
  t.is(status, 0);
  const listed = stdout.trim().split('\n').map(line => (JSON.parse(line) as { name: string }).name);
  t.deepEqual(listed.toSorted(), Object.values(names).toSorted());
  const copied = (await readdir(cluster.folderOf(2))).filter(name => !name.startsWith('.'));
  t.deepEqual(copied.toSorted(), Object.values(names).toSorted());
});

test('every name is downloaded by the command line, all of them at once', async t => {
  const { cluster } = t.context;
  const { status, stderr } = await cluster.order('descargar', '--directorio', 'ordenes', '--nombre', 'órdenes', '--', ...Object.values(names));
  t.is(status, 0, stderr);
  await assertDownloaded(t.context.cluster, 'ordenes', t);
});

test('every name is downloaded by the console', async t => {
  const { cluster } = t.context;
  const lines = Object.values(names).map(name => `VIDEO ${name}\n`);
  const { status, stderr } = await cluster.client(['--directorio', 'consola', '--nombre', 'c'], { input: lines.join('') }).ended();
  t.is(status, 0);
  t.is(stderr, '');
  await assertDownloaded(cluster, 'consola', t);
});

test('what is asked by part of its name is found whatever its accents', async t => {
  const { stdout } = await t.context.cluster.order('buscar', 'nandu', 'ACCION');
  t.true(stdout.includes(names.accents));
});

test('a name with control characters does not reach the terminal as it is, and is not shared', async t => {
  // It reads its folder whether or not a central is there.
  const cluster = await TalkingCluster.open(t, 1);
  await cluster.putVideo(3, 'malo\x1b[31m.mp4', new Uint8Array());
  const secondary = cluster.secondary(3);
  await secondary.says(/«malo\S+\.mp4» no se comparte: nombre con caracteres de control/);
  const { stdout } = await secondary.stop();
  t.false(stdout.includes('\x1b'));
});

async function assertDownloaded(cluster: TalkingCluster, folder: string, t: { deepEqual: (one: unknown, other: unknown) => unknown }): Promise<void> {
  const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  const got: Record<string, string> = {};
  for (const name of await readdir(cluster.path(folder))) got[name] = hash(await readFile(cluster.path(folder, name)));
  t.deepEqual(got, Object.fromEntries(Object.values(names).map(name => [name, hash(contentOf(name))])));
}
