import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import anyTest, { type TestFn } from 'ava';
import { MIB } from '../../lib/base/units.ts';
import { listen } from '../../lib/io/http/listen.ts';
import { runProgram } from '../helpers/programs.ts';
import { randomBytes } from '../helpers/random-bytes.ts';
import { TalkingCluster } from '../helpers/talking-cluster.ts';

const test = anyTest as TestFn<{ readonly cluster: TalkingCluster }>;
const NAME = 'verano en la playa.mp4';
const bytes = randomBytes(20 * MIB, 3);
const teardowns: (() => unknown)[] = [];

test.before('a secondary holds a video', async t => {
  const cluster = await TalkingCluster.start({ teardown: close => void teardowns.unshift(close) }, 1);
  await cluster.putVideo(1, NAME, bytes);
  await cluster.whenHeldBy(NAME, 1);
  t.context = { cluster };
});

test.after.always('the cluster is stopped', async () => {
  for (const close of teardowns) await close();
});

test('a video that does not exist: the names that are like it', async t => {
  const { status, stderr } = await t.context.cluster.order('descargar', 'vernao en la plalla');
  t.is(status, 1);
  t.is(stderr, `videocliente: No hay ningún vídeo «vernao en la plalla». ¿Quería decir «${NAME}»?\n`);
});

test('a video like no other: how to see those that exist', async t => {
  const { status, stderr } = await t.context.cluster.order('descargar', 'zzzz');
  t.is(status, 1);
  t.is(stderr, 'videocliente: No hay ningún vídeo «zzzz». Con «listar» se ven los que hay.\n');
});

test('of several videos those that exist arrive, and the status tells that one does not', async t => {
  const { cluster } = t.context;
  const { status, stderr } = await cluster.order('descargar', NAME, 'zzzz', '--directorio', 'varios');
  t.is(status, 1);
  t.regex(stderr, /^No hay ningún vídeo «zzzz»[^\n]*\nvideocliente: 1 de 2 descargas no terminó: zzzz\.\n$/);
  t.true(bytes.equals(await readFile(cluster.path('varios', NAME))));
});

for (const name of ['../x', '/etc/passwd', 'videos1/../../x', '..', '']) {
  test(`«${name}» is no name: nothing is written anywhere`, async t => {
    const { cluster } = t.context;
    const { status, stderr } = await cluster.order('descargar', name, '--directorio', 'trampas');
    t.is(status, 1);
    t.regex(stderr, /^videocliente: [^\n]+\n$/);
    t.notRegex(stderr, /interno/);
    await t.throwsAsync(stat(cluster.path('trampas')), { code: 'ENOENT' });
    await t.throwsAsync(stat(cluster.path('x')), { code: 'ENOENT' });
  });
}

test('a file that exists is left alone', async t => {
  const { cluster } = t.context;
  await writeFile(cluster.path('mío.mp4'), 'mío');
  const { status, stderr } = await cluster.order('descargar', NAME, '-o', 'mío.mp4');
  t.is(status, 1);
  t.is(stderr, 'videocliente: mío.mp4 ya existe y no se toca. Retírelo o elija otro archivo con -o.\n');
  t.is(await readFile(cluster.path('mío.mp4'), 'utf8'), 'mío');
});

test('the same download twice at once: the second is refused while the first lives', async t => {
  const { cluster } = t.context;
  const order = ['descargar', NAME, '-o', 'doble.mp4', '--nombre', 'doble'];
  // So slow that only a signal ends it.
  const first = cluster.client([...order, '--limite', '300K', '--json'], { input: null });
  await first.says(/"event":"progress"/);
  const { status, stderr } = await cluster.order(...order);
  t.is(status, 1);
  t.regex(stderr, /^videocliente: Otro programa está usando doble\.mp4[^\n]*\n$/);
  await first.stop('SIGKILL');
  t.is((await cluster.order(...order)).status, 0);
  t.true(bytes.equals(await readFile(cluster.path('doble.mp4'))));
});

test('a folder for downloads that is a file', async t => {
  const { cluster } = t.context;
  await writeFile(cluster.path('archivo'), '');
  for (const flags of [[], ['--compartir']]) {
    const { status, stdout, stderr } = await cluster.order('descargar', NAME, '--directorio', 'archivo', ...flags);
    t.is(status, 1);
    t.regex(stderr, /^videocliente: archivo no es una carpeta\. [^\n]+\n$/);
    t.notRegex(stdout, /interno/);
  }
});

test('ports in use end in one line and status 1', async t => {
  const { cluster } = t.context;
  const server = createServer();
  const { port } = await listen(server, { ip: '127.0.0.1', port: 0 });
  t.teardown(() => server.close());
  const started = [
    await runProgram(t, 'videocentral', ['--puerto', String(port), '--datos', 'datos9'], { cwd: cluster.directory }),
    await runProgram(t, 'videosecundario', ['-n', '9', '--puerto', String(port)], { cwd: cluster.directory }),
  ];
  for (const { status, stderr } of started) {
    t.is(status, 1);
    t.regex(stderr, new RegExp(`^video\\w+: El puerto ${port} de 127\\.0\\.0\\.1 ya está en uso\\. [^\\n]+\\n$`));
  }
});

test('a number that is taken: both sides say so, and who came late keeps trying', async t => {
  const cluster = await TalkingCluster.start(t, 1);
  const second = cluster.secondary(1, ['--directorio', 'otra']);
  await second.says(/Ya hay otro secundario 1 en marcha/);
  await cluster.central.says(/Rechazado http:\S+: ya hay otro secundario 1 en marcha/);
  t.false(second.isOver);
  t.is((await second.stop('SIGINT')).status, 0);
});

test('folders of servers that are files, or that another server holds', async t => {
  const { cluster } = t.context;
  await writeFile(cluster.path('texto'), '');
  const central = (folder: string) => runProgram(t, 'videocentral', ['--puerto', '0', '--datos', folder], { cwd: cluster.directory });
  const secondary = (folder: string) => cluster.secondary(8, ['--directorio', folder], { input: null }).ended();
  for (const { status, stderr } of [await central('texto'), await secondary('texto'), await secondary('texto/dentro')]) {
    t.is(status, 1);
    t.regex(stderr, /^video\w+: [^\n]*texto[^\n]* no es una carpeta\. [^\n]+\n$/);
  }
  const { status, stderr } = await secondary('videos1');
  t.is(status, 1);
  t.regex(stderr, /^videosecundario: Otro programa está usando [^\n]+videos1\. [^\n]+\n$/);
});

test('statistics that cannot be saved take nothing else with them', async t => {
  const { cluster } = t.context;
  await mkdir(cluster.path('sueltas'), { recursive: true });
  await writeFile(cluster.path('ocupado'), '');
  const { status, stdout } = await cluster.order('descargar', NAME, '--directorio', 'sueltas', '--estadisticas', 'ocupado');
  t.is(status, 0);
  t.regex(stdout, /No se pudieron guardar las estadísticas/);
  await rm(cluster.path('ocupado'));
});
