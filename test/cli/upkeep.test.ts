import { readFile } from 'node:fs/promises';
import anyTest, { type TestFn } from 'ava';
import { MIB } from '../../lib/base/units.ts';
import { sharedPostgres, withPostgres } from '../helpers/postgres.ts';
import { runProgram, type ProgramEnd } from '../helpers/programs.ts';
import { randomBytes } from '../helpers/random-bytes.ts';
import { TalkingCluster } from '../helpers/talking-cluster.ts';

const test = anyTest as TestFn;
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

withPostgres(test, testWithPostgres => {
  const postgres = sharedPostgres(test);

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
