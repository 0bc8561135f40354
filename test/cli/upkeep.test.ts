import { readFile } from 'node:fs/promises';
import anyTest, { type TestFn } from 'ava';
import pg from 'pg';
import { MIB } from '../../lib/base/units.ts';
import { openCatalog } from '../../lib/io/catalog/open.ts';
import { eventually } from '../helpers/eventually.ts';
import { sharedPostgres, withPostgres } from '../helpers/postgres.ts';
import { runProgram, startProgram, type ProgramEnd } from '../helpers/programs.ts';
import { randomBytes } from '../helpers/random-bytes.ts';
import { TalkingCluster } from '../helpers/talking-cluster.ts';

const test = anyTest as TestFn;
const WITHIN_MS = 60_000;
/** Kysely's own. */
const MIGRATIONS_LOCK = '3853314791062309107';
const NAME = 'canción de otoño.mp4';

const centralOrder = (t: Parameters<typeof runProgram>[0], cwd: string, ...args: readonly string[]): Promise<ProgramEnd> =>
  runProgram(t, 'videocentral', args, { cwd });

for (const [words, complaint] of [
  [['migrar'], /falta --de URL/],
  [['migrar', '--de', 'sqlite:x'], /falta --a URL/],
  [['respaldar'], /falta ARCHIVO/],
  [['respaldar', 'a', 'b'], /«b» sobra/],
  [['respaldar', 'a', '--a', 'sqlite:x'], /--de y --a sirven para «migrar»/],
  [['--de', 'sqlite:x'], /--de y --a sirven para «migrar»/],
  [['respladar', 'a'], /¿quería decir respaldar\?/],
  [['migrar', '--de', 'mysql://h/b', '--a', 'sqlite:x'], /--de .*mysql/],
] as const) {
  test(`«videocentral ${words.join(' ')}» is wrong usage, and says why`, async t => {
    const cluster = await TalkingCluster.open(t);
    const { status, stderr } = await centralOrder(t, cluster.directory, ...words);
    t.is(status, 2);
    t.regex(stderr, complaint);
  });
}

test('what is backed up while the central runs can be served by another central', async t => {
  const cluster = await TalkingCluster.start(t, 1);
  const bytes = randomBytes(MIB, 1);
  await cluster.putVideo(1, NAME, bytes);
  await cluster.whenHeldBy(NAME, 1);
  const backup = await centralOrder(t, cluster.directory, 'respaldar', 'copia.sqlite');
  t.like(backup, { status: 0, stderr: '' });
  t.regex(backup.stdout, /copia\.sqlite \(\d/);
  t.is((await centralOrder(t, cluster.directory, 'respaldar', 'copia.sqlite')).status, 1, 'it is not replaced');
  const moved = await centralOrder(t, cluster.directory, 'migrar', '--de', 'sqlite:copia.sqlite', '--a', 'sqlite:nuevo/otro.sqlite', '--json');
  t.is(moved.status, 0);
  t.like(JSON.parse(moved.stdout), { moved: { to: 'sqlite:nuevo/otro.sqlite', rows: { videos: 1, replicas: 1, manifests: 1 } } });

  await cluster.central.stop();
  await cluster.startCentral(['--base-datos', 'sqlite:nuevo/otro.sqlite']);
  await cluster.whenHeldBy(NAME, 1);
  t.is((await cluster.order('descargar', NAME)).status, 0);
  t.deepEqual(await readFile(cluster.path(NAME)), bytes);
});

test('a catalogue in a file has one central; while it runs nobody starts another on it or moves it', async t => {
  const cluster = await TalkingCluster.start(t, 0);
  const inUse = /^videocentral: Otro programa está usando datos\/catalogo\.sqlite\. [^\n]+\n$/;
  for (const words of [['--puerto', '0'], ['migrar', '--de', 'sqlite:datos/catalogo.sqlite', '--a', 'sqlite:otro.sqlite']]) {
    const { status, stderr } = await centralOrder(t, cluster.directory, ...words);
    t.is(status, 1);
    t.regex(stderr, inUse);
  }
  await cluster.central.stop('SIGKILL');
  await cluster.startCentral();
});

withPostgres(test, testWithPostgres => {
  const postgres = sharedPostgres(test);

  testWithPostgres('a move that is killed leaves a database that no central starts on, and the same order fills it', async t => {
    const url = await (await postgres()).database();
    const cluster = await TalkingCluster.open(t);
    const from = `sqlite:${cluster.path('catalogo.sqlite')}`;
    {
      await using catalog = await openCatalog(from);
      await catalog.saveNode({ number: 1, identity: 'x', url: 'http://127.0.0.1:1', seenAtMs: 1, mode: 'active' });
    }
    // Whoever migrates waits for this one.
    const holder = new pg.Client({ connectionString: url });
    await holder.connect();
    await holder.query(`SELECT pg_advisory_lock(${MIGRATIONS_LOCK})`);
    const move = ['migrar', '--de', from, '--a', url];
    const killed = startProgram(t, 'videocentral', move, { cwd: cluster.directory });
    await eventually('the copy is marked', async () => {
      const { rows } = await holder.query<{ mark: string | null }>("SELECT to_regclass('unfinished_move') AS mark");
      return rows[0]!.mark;
    }, WITHIN_MS);
    t.is((await killed.stop('SIGKILL')).signal, 'SIGKILL');
    await holder.end();
    const central = await centralOrder(t, cluster.directory, '--base-datos', url, '--puerto', '0');
    t.is(central.status, 1);
    t.regex(central.stderr, /«videocentral migrar», que no terminó/);
    t.is((await centralOrder(t, cluster.directory, ...move)).status, 0);
    await using copy = await openCatalog(url);
    t.is((await copy.nodes()).length, 1);
  });

  testWithPostgres('a central goes on with PostgreSQL where it was with SQLite', async t => {
    const url = await (await postgres()).database();
    const cluster = await TalkingCluster.start(t, 1);
    await cluster.putVideo(1, NAME, randomBytes(MIB, 1));
    await cluster.whenHeldBy(NAME, 1);
    await cluster.central.stop();
    const moved = await centralOrder(t, cluster.directory, 'migrar', '--de', 'sqlite:datos/catalogo.sqlite', '--a', url);
    t.is(moved.status, 0, moved.stderr);
    t.regex(moved.stdout, /igual al original: 1 vídeo, 1 réplica\./);
    t.is((await centralOrder(t, cluster.directory, 'migrar', '--de', 'sqlite:datos/catalogo.sqlite', '--a', url)).status, 1, 'it is not empty');
    await cluster.startCentral(['--base-datos', url]);
    await cluster.whenHeldBy(NAME, 1);
    t.is((await cluster.order('descargar', NAME)).status, 0);
    const backup = await centralOrder(t, cluster.directory, 'respaldar', 'x.sqlite', '--base-datos', url);
    t.is(backup.status, 1);
    t.regex(backup.stderr, /pg_dump/);
  });
});
