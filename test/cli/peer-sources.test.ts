import { mkdir, readFile, writeFile } from 'node:fs/promises';
import test, { type ExecutionContext } from 'ava';
import { MIB } from '../../lib/base/units.ts';
import { eventually } from '../helpers/eventually.ts';
import { startProgram, type TalkingProgram } from '../helpers/programs.ts';
import { randomBytes } from '../helpers/random-bytes.ts';
import { TalkingCluster } from '../helpers/talking-cluster.ts';

const NAME = 'faro.mp4';
const bytes = randomBytes(6 * MIB + 99, 71);

/** A central, and a secondary with the file. */
async function startCluster(t: ExecutionContext): Promise<{ readonly cluster: TalkingCluster; readonly secondary: TalkingProgram }> {
  const cluster = await TalkingCluster.start(t, 0);
  await cluster.putVideo(1, NAME, bytes);
  const secondary = await cluster.startSecondary(1);
  await cluster.whenHeldBy(NAME, 1);
  return { cluster, secondary };
}

/** A peer that has the content under the same name, and has read it. */
async function startPeer(t: ExecutionContext, cluster: TalkingCluster, content: Buffer): Promise<void> {
  await mkdir(cluster.path('p1'));
  await writeFile(cluster.path('p1', NAME), content);
  const flags = ['--ip', '127.0.0.1', '--puerto', '0', '--directorio', 'p1', '--puerto-central', String(cluster.centralPort)];
  const peer = startProgram(t, 'videopeer', flags, { cwd: cluster.directory });
  peer.type('JOIN');
  await peer.says(/Sou peer/);
  const known = async () => {
    const { peers } = (await (await fetch(`http://127.0.0.1:${cluster.centralPort}/peers?name=${NAME}`)).json()) as { peers: readonly { id?: string }[] };
    return peers.some(({ id }) => id !== undefined);
  };
  await eventually('the peer has read its file', known, 30_000);
}

async function recordOf(cluster: TalkingCluster): Promise<Record<string, number>> {
  const { downloads } = JSON.parse(await readFile(cluster.path('stats', 'cliente-ana.json'), 'utf8')) as { downloads: readonly { sources: readonly { id: string; bytes: number }[] }[] };
  return Object.fromEntries(downloads.at(-1)!.sources.map(({ id, bytes: given }) => [id, given]));
}

test('a client fetches from the peers that have the file, when no secondary is left too', async t => {
  const { cluster, secondary } = await startCluster(t);
  await startPeer(t, cluster, bytes);
  await secondary.stop('SIGKILL');
  const { status, stderr } = await cluster.order('descargar', NAME, '--nombre', 'ana', '--directorio', 'ana');
  t.is(status, 0, stderr);
  t.true(bytes.equals(await readFile(cluster.path('ana', NAME))));
  const given = await recordOf(cluster);
  t.is(Object.values(given).reduce((sum, count) => sum + count, 0), bytes.length);
  t.true(Object.entries(given).some(([id, count]) => /^127\.0\.0\.1:\d+$/.test(id) && count === bytes.length));
});

test('a peer that has another file under the name is not asked', async t => {
  const { cluster } = await startCluster(t);
  await startPeer(t, cluster, randomBytes(bytes.length, 72));
  const { status, stderr } = await cluster.order('descargar', NAME, '--nombre', 'ana', '--directorio', 'ana');
  t.is(status, 0, stderr);
  t.true(bytes.equals(await readFile(cluster.path('ana', NAME))));
  t.deepEqual(await recordOf(cluster), { 'secundario-1': bytes.length });
});
