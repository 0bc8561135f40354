import test, { type ExecutionContext } from 'ava';
import { MIB } from '../../lib/base/units.ts';
import { randomBytes } from '../helpers/random-bytes.ts';
import { TalkingCluster } from '../helpers/talking-cluster.ts';

const NAME = 'uno a la vez.mp4';

test('with room for one download, the second client sees its place and is served afterwards', async t => {
  const cluster = await narrowCluster(t);
  const first = cluster.client(slowOrder('primera', '16MiB/s'), { input: null });
  await first.says(/"event":"progress"/);
  const second = cluster.client(['descargar', NAME, '-o', 'segunda.mp4', '--nombre', 'segunda'], { input: null });
  await second.says(/^uno a la vez\.mp4: en espera, puesto 1$/);
  const third = cluster.client(slowOrder('tercera', '1GiB/s'), { input: null });
  await third.says(/"event":"waiting".*"position":2/);
  await cluster.central.ask('TURNOS', /^segunda +uno a la vez\.mp4 +puesto 1 /);
  await third.says(/"event":"waiting".*"position":1/);
  for (const client of [first, second, third]) t.is((await client.ended()).status, 0);
  await cluster.central.ask('VIDEOS_CLIENTE', /^tercera\|1$/);
});

test('a client that is killed while it downloads leaves its place to the next after its lease', async t => {
  const cluster = await narrowCluster(t);
  const first = cluster.client(slowOrder('primera', '4MiB/s'), { input: null });
  await first.says(/"event":"progress"/);
  const waiting = cluster.client(slowOrder('segunda', '1GiB/s'), { input: null });
  await waiting.says(/"event":"waiting"/);
  await first.stop('SIGKILL');
  const killedAtMs = performance.now();
  await waiting.says(/"event":"start"/);
  const waitedMs = performance.now() - killedAtMs;
  t.true(waitedMs > 5000 && waitedMs < 15_000, `${waitedMs} ms`);
  await cluster.central.says(/primera ya no responde; pierde su turno/);
  t.is((await waiting.ended()).status, 0);
});

test('a client that is killed while it waits holds nobody up', async t => {
  const cluster = await narrowCluster(t);
  const first = cluster.client(slowOrder('primera', '4MiB/s'), { input: null });
  await first.says(/"event":"progress"/);
  const killed = cluster.client(slowOrder('segunda', '1GiB/s'), { input: null });
  await killed.says(/"event":"waiting".*"position":1/);
  const last = cluster.client(slowOrder('tercera', '1GiB/s'), { input: null });
  await last.says(/"event":"waiting".*"position":2/);
  await killed.stop('SIGKILL');
  await last.says(/"event":"waiting".*"position":1/);
  await cluster.central.says(/segunda ya no responde; pierde su turno/);
  // Ctrl-C gives the place back at once.
  t.is((await first.stop('SIGINT')).status, 130);
  t.is((await last.ended()).status, 0);
});

test('a client that stops waiting for its turn ends at once, and its place is free', async t => {
  const cluster = await narrowCluster(t);
  const first = cluster.client(slowOrder('primera', '4MiB/s'), { input: null });
  await first.says(/"event":"progress"/);
  const impatient = cluster.client(slowOrder('segunda', '1GiB/s'), { input: null });
  await impatient.says(/"event":"waiting"/);
  t.is((await impatient.stop('SIGTERM')).status, 143);
  await cluster.central.says(/Descarga de «uno a la vez\.mp4» por segunda: cancelada/);
  t.is((await first.stop('SIGINT')).status, 130);
  await cluster.central.ask('TURNOS', /^Nadie está descargando ni espera turno\.$/);
});

/** One download at a time, of a video of 48 MiB. */
async function narrowCluster(t: ExecutionContext): Promise<TalkingCluster> {
  const cluster = await TalkingCluster.open(t);
  await cluster.putVideo(1, NAME, randomBytes(48 * MIB, 4));
  await cluster.startCentral(['--max-descargas', '1']);
  await cluster.startSecondary(1);
  await cluster.whenHeldBy(NAME, 1);
  return cluster;
}

function slowOrder(name: string, limit: string): readonly string[] {
  return ['descargar', NAME, '-o', `${name}.mp4`, '--nombre', name, '--limite', limit, '--json'];
}
