import { readFile } from 'node:fs/promises';
import test, { type ExecutionContext } from 'ava';
import { silentLog } from '../../lib/base/log.ts';
import { seededRandom } from '../../lib/base/random.ts';
import { KIB, MINUTE_MS, SECOND_MS } from '../../lib/base/units.ts';
import type { SecondaryStatistics } from '../../lib/domain/statistics.ts';
import { createControlClient } from '../../lib/io/http/control-client.ts';
import type { ListedVideo } from '../../lib/protocol/control.ts';
import { eventually } from '../helpers/eventually.ts';
import { manifestOf } from '../helpers/manifests.ts';
import { statisticsPathIn, type TalkingProgram } from '../helpers/programs.ts';
import { randomBytes } from '../helpers/random-bytes.ts';
import { TalkingCluster } from '../helpers/talking-cluster.ts';

const FILES = 1000;
const NODES = [1, 2, 3, 4, 5] as const;
const LOST = 5;
const SURVIVORS = NODES.filter(number => number !== LOST);
const REPLICAS = 3;
/** Little enough for it, and not for the machine, to be what holds the copies back. */
const BYTES_PER_SECOND = 384 * KIB;
const WITHIN_MS = 5 * MINUTE_MS;

/** Every three of the nodes. */
const trios = NODES.flatMap(a => NODES.flatMap(b => NODES.flatMap(c => (a < b && b < c ? [[a, b, c]] : []))));

test('five nodes, 1000 files, one node lost: whole again at 80 % of the allowed rate or more, nobody above 1.5 times the mean', async t => {
  t.timeout(9 * MINUTE_MS);
  const cluster = await TalkingCluster.open(t);
  // While one replica is enough nobody copies what others have not announced yet.
  await cluster.startCentral(['--replicas', '1']);
  const lostBytes = await putFiles(t, cluster);
  const secondaries = await Promise.all(NODES.map(number => cluster.startSecondary(number)));
  await whenWhole(cluster);
  await cluster.central.stop();
  await cluster.startCentral(['--replicas', String(REPLICAS), '--limite-reparacion', String(BYTES_PER_SECOND)]);
  await whenWhole(cluster);
  t.is(copiesMade(secondaries), 0);

  await secondaries[LOST - 1]!.stop('SIGKILL');
  await cluster.central.says(/copiar «/, { withinMs: WITHIN_MS });
  const begunAtMs = performance.now();
  const lostFiles = (FILES * REPLICAS) / NODES.length;
  await eventually(`${lostFiles} copies are made`, () => copiesMade(secondaries) >= lostFiles, WITHIN_MS);
  const seconds = (performance.now() - begunAtMs) / SECOND_MS;
  await whenWhole(cluster);

  const totals = await Promise.all(SURVIVORS.map(async number => {
    await secondaries[number - 1]!.stop();
    return (JSON.parse(await readFile(statisticsPathIn(cluster.directory, `secundario${number}`), 'utf8')) as SecondaryStatistics).totals;
  }));
  const [received, sent] = [totals.map(({ copiedBytes }) => copiedBytes), totals.map(({ servedBytes }) => servedBytes)];
  const used = lostBytes / (BYTES_PER_SECOND * SURVIVORS.length * seconds);
  t.log(`${(used * 100).toFixed(0)} % of the allowed rate in ${seconds.toFixed(0)} s, the busiest node ${busiest(received).toFixed(2)} × the mean in, ${busiest(sent).toFixed(2)} × out`);
  t.is(sum(received), lostBytes);
  t.true(used >= 0.8);
  t.true(busiest(received) <= 1.5);
  t.true(busiest(sent) <= 1.5);
});

/**
 * Each file in three of the folders, and described, which secondaries take long for: they look for films in it. Resolves with
 * the bytes of what the lost node has.
 */
async function putFiles(t: ExecutionContext, cluster: TalkingCluster): Promise<number> {
  const random = seededRandom(7);
  const connection = createControlClient([`http://127.0.0.1:${cluster.centralPort}`], { log: silentLog });
  t.teardown(() => connection[Symbol.asyncDispose]());
  let lostBytes = 0;
  for (let index = 0; index < FILES; index += 1) {
    const holders = trios[index % trios.length]!;
    const name = `${index}.mp4`;
    const bytes = randomBytes(64 * KIB + Math.floor(random() * 192 * KIB), index);
    if (holders.includes(LOST)) lostBytes += bytes.byteLength;
    for (const number of holders) await cluster.putVideo(number, name, bytes);
    const { partHashes, ...manifest } = manifestOf(bytes, name);
    await connection.client.manifests.put({ ...manifest, partHashes: [...partHashes] });
  }
  return lostBytes;
}

/** Resolves when three secondaries that answer hold each file. */
async function whenWhole({ centralPort }: TalkingCluster): Promise<void> {
  const ask = async <T>(path: string) => (await (await fetch(`http://127.0.0.1:${centralPort}${path}`)).json()) as T;
  // The list costs more to make than to look at: it is not asked for all the time.
  await eventually('every file is in the catalogue', async () => (await ask<{ videos: number }>('/health')).videos === FILES, WITHIN_MS);
  await eventually('every file has its replicas', async () => {
    const { items } = await ask<{ items: readonly ListedVideo[] }>(`/videos?limit=${FILES}`);
    return items.every(({ available }) => available.length === REPLICAS);
  }, WITHIN_MS);
}

function copiesMade(secondaries: readonly TalkingProgram[]): number {
  return sum(secondaries.map(({ lines }) => lines.filter(line => line.includes('Copia de «')).length));
}

/** The largest, as a multiple of the mean. */
function busiest(bytes: readonly number[]): number {
  return Math.max(...bytes) / (sum(bytes) / bytes.length);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
