import { readFile, writeFile } from 'node:fs/promises';
import anyTest, { type TestFn } from 'ava';
import { runProgram } from '../helpers/programs.ts';
import { randomBytes } from '../helpers/random-bytes.ts';
import { TalkingCluster } from '../helpers/talking-cluster.ts';

const test = anyTest as TestFn<{ readonly cluster: TalkingCluster }>;
const videos = new Map(['uno.mp4', 'dos con espacios.mp4', 'tres.mp4', 'cuatro.mp4'].map((name, seed) => [name, randomBytes(300_000, seed)]));
const teardowns: (() => unknown)[] = [];

test.before('a secondary holds four videos', async t => {
  const cluster = await TalkingCluster.start({ teardown: close => void teardowns.unshift(close) }, 1);
  for (const [name, bytes] of videos) await cluster.putVideo(1, name, bytes);
  for (const name of videos.keys()) await cluster.whenHeldBy(name, 1);
  t.context = { cluster };
});

test.after.always('the cluster is stopped', async () => {
  for (const close of teardowns) await close();
});

test('what a list names arrives, with what the command line names', async t => {
  const { cluster } = t.context;
  await writeFile(cluster.path('lista.txt'), '# para el viaje\n\nuno.mp4\n  dos con espacios.mp4\r\nuno.mp4\ntres.mp4\n');
  const { status, stdout, stderr } = await cluster.order('descargar', 'cuatro.mp4', 'tres.mp4', '--lista', 'lista.txt', '--directorio', 'viaje');
  t.is(status, 0, stderr);
  t.is(stderr, '');
  t.regex(stdout, /^Las 4 descargas están completas\.$/m);
  for (const [name, bytes] of videos) t.true(bytes.equals(await readFile(cluster.path('viaje', name))), name);
});

test('a list may come by the standard input', async t => {
  const { cluster } = t.context;
  const args = ['descargar', '--lista', '-', '--directorio', 'entrada', '--puerto-central', String(cluster.centralPort)];
  const { status, stderr } = await runProgram(t, 'videocliente', args, { cwd: cluster.directory, input: 'uno.mp4\ntres.mp4' });
  t.is(status, 0, stderr);
  for (const name of ['uno.mp4', 'tres.mp4']) t.true(videos.get(name)!.equals(await readFile(cluster.path('entrada', name))), name);
});

test('what a list names and cannot be had is told with its line, the rest arrives, and the status is 1', async t => {
  const { cluster } = t.context;
  await writeFile(cluster.path('mala.txt'), 'uno.mp4\n# no\nno-está.mp4\nhttp://127.0.0.1:1/x.mp4\n');
  const { status, stdout, stderr } = await cluster.order('descargar', '--lista', 'mala.txt', '--directorio', 'mala');
  t.is(status, 1);
  t.regex(stderr, /^mala\.txt, línea 3: No hay ningún vídeo «no-está\.mp4»/m);
  t.regex(stderr, /^mala\.txt, línea 4: 127\.0\.0\.1:1 no responde/m);
  t.regex(stderr, /^videocliente: 2 de 3 descargas no terminaron: (?=.*no-está\.mp4)(?=.*http:\/\/127\.0\.0\.1:1\/x\.mp4).*\.$/m);
  t.regex(stdout, /«uno\.mp4»: descarga completa/);
  t.true(videos.get('uno.mp4')!.equals(await readFile(cluster.path('mala', 'uno.mp4'))));
});

test('a list that cannot be used ends in one line before anything is asked', async t => {
  const { cluster } = t.context;
  await writeFile(cluster.path('tabulada.txt'), 'uno.mp4\nuno.mp4\totro.mp4\n');
  await writeFile(cluster.path('vacía.txt'), '# nada\n');
  for (const [list, sentence] of [
    ['tabulada.txt', /^videocliente: tabulada\.txt, línea 2: tiene caracteres de control\.[^\n]+\n$/],
    ['vacía.txt', /^videocliente: vacía\.txt: no nombra nada\.[^\n]+\n$/],
    ['ninguna.txt', /^videocliente: No se puede leer ninguna\.txt\.[^\n]+\n$/],
  ] as const) {
    const { status, stdout, stderr } = await cluster.order('descargar', '--lista', list, '--directorio', 'nada');
    t.is(status, 1);
    t.is(stdout, '');
    t.regex(stderr, sentence);
  }
});

test('a list is for downloads into a folder', async t => {
  const { cluster } = t.context;
  for (const args of [['listar', '--lista', 'x'], ['--lista', 'x'], ['descargar', '--lista', 'x', '-o', 'y'], ['descargar', 'http://a/b', '--espejos', '--lista', 'x']]) {
    const { status, stderr } = await cluster.order(...args);
    t.is(status, 2, stderr);
    t.regex(stderr, /^videocliente: --lista sirve para «descargar», sin -o ni --espejos\. [^\n]+\n$/);
  }
});
