import { readFile } from 'node:fs/promises';
import test from 'ava';
import { MIB } from '../../lib/base/units.ts';
import { randomBytes } from '../helpers/random-bytes.ts';
import { TalkingCluster } from '../helpers/talking-cluster.ts';

const NAME = 'cola.mp4';
const bytes = randomBytes(4 * MIB, 11);

test('who waits for a turn sees the place, moves up when another vanishes, and downloads when the one before ends', async t => {
  const cluster = await TalkingCluster.open(t);
  await cluster.putVideo(1, NAME, bytes);
  await cluster.startCentral(['--max-descargas', '1']);
  await cluster.startSecondary(1);
  await cluster.whenHeldBy(NAME, 1);
  const order = (client: string, ...flags: readonly string[]) =>
    cluster.client(['descargar', NAME, '--json', '--nombre', client, '--directorio', cluster.path(client), ...flags], { input: null });

  const first = order('ana', '--limite', '50K');
  await first.says(/"event":"start"/);
  const second = order('bea');
  await second.says(/"event":"waiting".*"position":1\b/);
  const third = order('carla');
  await third.says(/"event":"waiting".*"position":2\b/);

  await second.stop('SIGKILL');
  await third.says(/"event":"waiting".*"position":1\b/);
  await cluster.central.ask('TURNOS', /^.*carla.*$/);
  t.is((await first.stop('SIGINT')).status, 130);
  await third.says(/"event":"done"/);
  t.is((await third.ended()).status, 0);
  t.true(bytes.equals(await readFile(cluster.path('carla', NAME))));
});
