import { readFile, stat } from 'node:fs/promises';
import anyTest, { type TestFn } from 'ava';
import { MIB } from '../../lib/base/units.ts';
import type { ClientStatistics } from '../../lib/domain/statistics.ts';
import { mountSmallDisk } from '../helpers/mounts.ts';
import { runProgram, statisticsPathIn } from '../helpers/programs.ts';
import { randomBytes } from '../helpers/random-bytes.ts';
import { TalkingCluster } from '../helpers/talking-cluster.ts';

const test = anyTest as TestFn<{ readonly cluster: TalkingCluster }>;
const NAME = 'cien megas.mp4';
const bytes = randomBytes(100 * MIB, 5);
const teardowns: (() => unknown)[] = [];

test.before('a secondary holds a video of 100 MiB', async t => {
  const cluster = await TalkingCluster.start({ teardown: close => void teardowns.unshift(close) }, 1);
  await cluster.putVideo(1, NAME, bytes);
  await cluster.whenHeldBy(NAME, 1);
  t.context = { cluster };
});

test.after.always('the cluster is stopped', async () => {
  for (const close of teardowns) await close();
});

test.serial('a download that fills the disk says so, and the same order finishes once there is room', async t => {
  const { cluster } = t.context;
  const disk = await mountSmallDisk(t, cluster.path('disco'), { sizeMib: 40 });
  if (!disk) return;
  const order = ['descargar', NAME, '--directorio', 'disco', '--nombre', 'lleno'];
  const first = await cluster.order(...order);
  t.is(first.status, 1);
  t.regex(first.stderr, /^videocliente: No queda sitio en el disco para disco\/[^\n]+ Lo verificado se conserva[^\n]+\n$/);
  await t.throwsAsync(stat(cluster.path('disco', NAME)), { code: 'ENOENT' });

  await disk.resize(200);
  const second = await cluster.order(...order);
  t.is(second.status, 0, second.stderr);
  t.true(bytes.equals(await readFile(cluster.path('disco', NAME))));
  const statistics = JSON.parse(await readFile(statisticsPathIn(cluster.directory, 'cliente-lleno'), 'utf8')) as ClientStatistics;
  const [failed, done] = statistics.downloads;
  t.like(failed, { outcome: 'failed', error: 'disk_full' });
  t.like(done, { outcome: 'done' });
  t.true(done!.resumedBytes >= 30 * MIB, `${done!.resumedBytes} bytes resumed`);
  t.is(done!.resumedBytes + done!.receivedBytes, bytes.byteLength);
});

test.serial('a secondary without room for a copy says so, and another makes it', async t => {
  const { cluster } = t.context;
  // Room for the video, and not for what a secondary keeps free.
  const disk = await mountSmallDisk(t, cluster.folderOf(2), { sizeMib: 120 });
  if (!disk) return;
  const small = await cluster.startSecondary(2);
  await small.says(/La copia de «cien megas\.mp4» no terminó: disco lleno/);
  const roomy = await cluster.startSecondary(3);
  await roomy.says(/Copia de «cien megas\.mp4» completa/);
  await cluster.whenHeldBy(NAME, 2);
  t.true(bytes.equals(await readFile(`${cluster.folderOf(3)}/${NAME}`)));
  t.false(small.isOver);
  await Promise.all([small.stop(), roomy.stop()]);
});

test.serial('folders that cannot be written end in one line and status 1', async t => {
  const { cluster } = t.context;
  const disk = await mountSmallDisk(t, cluster.path('fijo'), { sizeMib: 1, isReadOnly: true });
  if (!disk) return;
  for (const { status, stderr } of [
    await cluster.order('descargar', NAME, '--directorio', 'fijo'),
    await cluster.order('descargar', NAME, '-o', 'fijo/dentro/x.mp4'),
    await runProgram(t, 'videocentral', ['--puerto', '0', '--datos', 'fijo/datos'], { cwd: cluster.directory }),
    await cluster.secondary(8, ['--directorio', 'fijo'], { input: null }).ended(),
    await cluster.secondary(8, ['--directorio', 'fijo/videos'], { input: null }).ended(),
  ]) {
    t.is(status, 1);
    t.regex(stderr, /^video\w+: No se puede escribir en [^\n]*fijo[^\n]*\. [^\n]+\n$/);
  }
});
