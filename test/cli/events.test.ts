import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import anyTest, { type ExecutionContext, type TestFn } from 'ava';
import { MIB } from '../../lib/base/units.ts';
import type { DownloadRecord } from '../../lib/domain/statistics.ts';
import { startFaultyNode } from '../helpers/faulty-node.ts';
import { manifestOf } from '../helpers/manifests.ts';
import { hashFile, ProcessCluster } from '../helpers/process-cluster.ts';
import { eventNamed, type RunningProgram } from '../helpers/processes.ts';
import { randomBytes } from '../helpers/random-bytes.ts';
import { assertEvent } from '../helpers/statistics-schema.ts';

const test = anyTest as TestFn<{ readonly cluster: ProcessCluster }>;
const NAME = 'con faltas.mp4';
const bytes = randomBytes(64 * MIB + 3, 31);
const manifest = manifestOf(bytes, NAME);
const teardowns: (() => unknown)[] = [];

test.before('two secondaries hold a video', async t => {
  const cluster = await ProcessCluster.start({ teardown: close => void teardowns.unshift(close) }, { secondaries: 2 });
  await writeFile(join(cluster.folderOf(1), '.nuevo'), bytes);
  await rename(join(cluster.folderOf(1), '.nuevo'), join(cluster.folderOf(1), NAME));
  await cluster.whenHeldBy(NAME, 2);
  t.context = { cluster };
});

test.after.always('the cluster is stopped', async () => {
  for (const close of teardowns) await close();
});

/** Every event of a run that ended, each valid. */
function eventsOf(t: ExecutionContext, { lines }: RunningProgram): readonly Record<string, unknown>[] {
  return lines.map(line => assertEvent(t, line));
}

function hasReached(shareOfFile: number) {
  return (line: string) => (Number(eventNamed('progress')(line)?.['doneBytes'] ?? 0) >= shareOfFile * bytes.length ? true : undefined);
}

test.serial('every line of a run with faults is an event of the schema, and they tell what happened', async t => {
  const { cluster } = t.context;
  const centralUrl = `http://127.0.0.1:${cluster.centralPort}`;
  await startFaultyNode(t, { number: 9, centralUrl, manifest, bytes, fault: { type: 'corrupt' } });
  await cluster.whenHeldBy(NAME, 3);
  const client = await cluster.client(t, ['descargar', NAME, 'no está.mp4', '--json', '--limite', '8MiB/s']);
  await client.until(hasReached(0.3));
  await cluster.killSecondary(2);
  t.is(await client.ended, 1, client.errors.join('\n'));
  await cluster.startSecondary(2);

  const events = eventsOf(t, client);
  const told = (facts: object) => events.some(event => Object.entries(facts).every(([key, value]) => event[key] === value));
  t.true(told({ event: 'start', name: NAME, id: manifest.id, sizeBytes: bytes.length, parts: manifest.partHashes.length, resumedBytes: 0 }));
  for (const source of ['secundario-1', 'secundario-2', 'secundario-9']) t.true(told({ event: 'source', state: 'joined', source }), source);
  t.true(told({ event: 'source', state: 'failed', source: 'secundario-2', code: 'source_unreachable' }));
  t.true(told({ event: 'retry', source: 'secundario-2' }));
  t.true(told({ event: 'part_corrupt', source: 'secundario-9' }));
  t.true(told({ event: 'failed', name: 'no está.mp4', error: 'file_not_found' }));
  t.deepEqual(events.at(-1), { event: 'summary', done: [NAME], failed: [{ name: 'no está.mp4', error: 'file_not_found' }], cancelled: [] });
  const endings = events.filter(({ event, name }) => name === NAME && ['done', 'failed', 'cancelled'].includes(String(event)));
  t.is(endings.length, 1);
  t.like(endings[0], { event: 'done', record: { outcome: 'done', receivedBytes: bytes.length } });
  t.is(await hashFile(cluster.downloaded(NAME)), manifest.sha256);
});

test.serial('a download that is interrupted says so with its record, and the next one what it goes on with', async t => {
  const { cluster } = t.context;
  const order = ['descargar', NAME, '--json', '-o', 'a medias.mp4'];
  const first = await cluster.client(t, [...order, '--limite', '8MiB/s']);
  await first.until(hasReached(0.2));
  await first.stop('SIGINT');
  const interrupted = eventsOf(t, first);
  t.like(interrupted.at(-1), { event: 'summary', done: [], failed: [], cancelled: [NAME] });
  const { record } = interrupted.at(-2) as { record: DownloadRecord };
  t.like(interrupted.at(-2), { event: 'cancelled', error: 'cancelled', record: { outcome: 'cancelled' } });

  const second = await cluster.client(t, order);
  t.is(await second.ended, 0);
  const resumed = eventsOf(t, second);
  t.like(resumed.find(({ event }) => event === 'start'), { resumedBytes: record.receivedBytes });
  t.like(resumed.at(-1), { event: 'summary', done: [NAME] });
});
