import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { MIB } from '../../lib/base/units.ts';
import { arrivedBytes } from '../helpers/arrived-bytes.ts';
import { eventually } from '../helpers/eventually.ts';
import { manifestOf } from '../helpers/manifests.ts';
import { ProcessCluster } from '../helpers/process-cluster.ts';
import { eventNamed } from '../helpers/processes.ts';
import { randomBytes } from '../helpers/random-bytes.ts';

const large = randomBytes(96 * MIB + 123, 7);

test.serial('a client that is killed goes on where it was, and sends nothing twice', async t => {
  const cluster = await ProcessCluster.start(t, { secondaries: 2 });
  await writeFile(join(cluster.directory, 'grande.mp4'), large);
  const killed = await cluster.client(t, ['subir', 'grande.mp4']);
  await eventually('a part of it arrived', async () => (await arrivedBytes(cluster, [1, 2])) > 4 * MIB, 60_000);
  await killed.stop('SIGKILL');
  const client = await cluster.put(t, 'grande.mp4', '--json');
  t.is(await client.ended, 0, client.errors.join('\n'));
  const stored = client.lines.map(eventNamed('stored')).find(event => event)!;
  const start = client.lines.map(eventNamed('start')).find(event => event);
  t.is(stored['id'], manifestOf(large).id);
  if (start) t.true((start['resumedBytes'] as number) + (stored['sentBytes'] as number) <= large.length);
  await cluster.assertComesBack(t, 'grande.mp4', large);
});

test.serial('a secondary that is killed while it receives leaves its upload to be gone on with', async t => {
  const cluster = await ProcessCluster.start(t, { secondaries: 2 });
  await writeFile(join(cluster.directory, 'grande.mp4'), large);
  const client = await cluster.client(t, ['subir', 'grande.mp4']);
  await eventually('a part of it arrived', async () => (await arrivedBytes(cluster, [1, 2])) > 4 * MIB, 60_000);
  for (const number of [1, 2]) await cluster.killSecondary(number);
  for (const number of [1, 2]) await cluster.startSecondary(number);
  t.is(await client.ended, 0, client.errors.join('\n'));
  await cluster.assertComesBack(t, 'grande.mp4', large);
});

test.serial('a central that is killed while a file comes learns of it when it is back', async t => {
  const cluster = await ProcessCluster.start(t, { secondaries: 2 });
  await writeFile(join(cluster.directory, 'grande.mp4'), large);
  const client = await cluster.client(t, ['subir', 'grande.mp4']);
  await eventually('a part of it arrived', async () => (await arrivedBytes(cluster, [1, 2])) > 4 * MIB, 60_000);
  await cluster.killCentral();
  await cluster.startCentral();
  t.is(await client.ended, 0, client.errors.join('\n'));
  await cluster.assertComesBack(t, 'grande.mp4', large);
});
