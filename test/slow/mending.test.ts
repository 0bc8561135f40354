import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { MIB } from '../../lib/base/units.ts';
import { rot } from '../helpers/bit-rot.ts';
import { eventually } from '../helpers/eventually.ts';
import { manifestOf } from '../helpers/manifests.ts';
import type { TalkingProgram } from '../helpers/programs.ts';
import { randomBytes } from '../helpers/random-bytes.ts';
import { TalkingCluster } from '../helpers/talking-cluster.ts';

const NAME = 'faro.mp4';
const PATIENCE = { withinMs: 90_000 };

const exists = (path: string) => access(path).then(() => true, () => false);

/** Stops the secondary and flips a bit of each of these parts of its video. */
async function rotten(cluster: TalkingCluster, secondary: TalkingProgram, number: number, parts: readonly number[]): Promise<void> {
  await secondary.stop();
  await rot(join(cluster.folderOf(number), NAME), ...parts.map(part => part * MIB + 1234));
}

test('whoever downloads from a damaged replica gets the right file, and the replica is mended for it', async t => {
  const cluster = await TalkingCluster.start(t, 0);
  const bytes = randomBytes(6 * MIB + 5, 3);
  const [good, second] = await Promise.all([cluster.startSecondary(1), cluster.startSecondary(2)]);
  await cluster.putVideo(1, NAME, bytes);
  await cluster.whenHeldBy(NAME, 2);
  await rotten(cluster, second, 2, [0, 1, 2, 3, 4, 5]);
  // So that nobody else can be asked first.
  await good.stop();
  const damaged = await cluster.startSecondary(2);
  await cluster.whenHeldBy(NAME, 1);
  const download = cluster.client(['descargar', NAME]);
  await cluster.central.says(/Al secundario 2 se le pide revisar «faro\.mp4»/);
  await cluster.startSecondary(1);
  t.is((await download.ended()).status, 0);
  t.true(bytes.equals(await readFile(cluster.path(NAME))));
  await damaged.says(/«faro\.mp4» tiene 6 partes dañadas/, PATIENCE);
  await damaged.says(/«faro\.mp4» está entera otra vez: 6 partes renovadas/, PATIENCE);
  await cluster.central.says(/Secundario 2: la copia de «faro\.mp4» está entera otra vez/, PATIENCE);
  t.true(bytes.equals(await readFile(join(cluster.folderOf(2), NAME))));
});

test('SIGKILL at any moment of mending leaves the old file or the mended one, and the next run ends what was begun', async t => {
  const cluster = await TalkingCluster.start(t, 1);
  const bytes = randomBytes(40 * MIB, 4);
  const parts = Array.from({ length: 30 }, (_, part) => part);
  const path = join(cluster.folderOf(2), NAME);
  const incoming = join(cluster.folderOf(2), '.videopartes', 'incoming', `${manifestOf(bytes).id}.partial`);
  let second = await cluster.startSecondary(2);
  await cluster.putVideo(1, NAME, bytes);
  await cluster.whenHeldBy(NAME, 2);
  await rotten(cluster, second, 2, parts);
  const before = await readFile(path);

  const moments: readonly ((secondary: TalkingProgram) => Promise<unknown>)[] = [
    secondary => secondary.says(/tiene 30 partes dañadas/, PATIENCE),
    () => eventually('the good parts are being copied', () => exists(incoming), 30_000),
    () => eventually('parts are being fetched', () => exists(`${incoming}.journal`), 30_000),
    secondary => secondary.says(/Copiando «faro\.mp4»/, PATIENCE),
    secondary => secondary.says(/está entera otra vez/, PATIENCE),
  ];
  for (const moment of moments) {
    second = await cluster.startSecondary(2);
    second.type(`REVISAR ${NAME}`);
    await Promise.race([moment(second), second.says(/está entera otra vez|Revisado «faro\.mp4» .*: todo bien/, PATIENCE)]);
    await second.stop('SIGKILL');
    const now = await readFile(path);
    t.true(now.equals(before) || now.equals(bytes));
  }
  await cluster.startSecondary(2);
  await cluster.whenHeldBy(NAME, 2);
  t.true(bytes.equals(await readFile(path)));
});
