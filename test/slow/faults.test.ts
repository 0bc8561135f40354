import { stat } from 'node:fs/promises';
import anyTest, { type ExecutionContext, type TestFn } from 'ava';
import { GIB } from '../../lib/base/units.ts';
import type { DownloadRecord } from '../../lib/domain/statistics.ts';
import { hashFile, ProcessCluster } from '../helpers/process-cluster.ts';
import { eventNamed, type RunningProgram } from '../helpers/processes.ts';

interface Context {
  readonly cluster: ProcessCluster;
  readonly sha256: string;
}

const test = anyTest as TestFn<Context>;
const NAME = 'película de un gibibyte.mp4';
const teardowns: (() => unknown)[] = [];

test.before('three secondaries hold a file of 1 GiB', async t => {
  t.timeout(180_000);
  const cluster = await ProcessCluster.start({ teardown: close => void teardowns.unshift(close) }, { secondaries: 3 });
  t.context = { cluster, sha256: await cluster.addFile(NAME, GIB, 3) };
});

test.after.always('the cluster is stopped', async () => {
  for (const close of teardowns) await close();
});

/** Slow enough that something can happen in the middle. */
const SLOWLY = ['--limite', '400MiB/s'];

async function startDownload(t: ExecutionContext<Context>, as: string, flags: readonly string[] = SLOWLY): Promise<RunningProgram> {
  return t.context.cluster.client(t, ['descargar', NAME, '-o', as, '--json', ...flags]);
}

/** Resolves when so much of the file is there. */
function reached(client: RunningProgram, share: number): Promise<number> {
  return client.until(line => {
    const progress = eventNamed('progress')(line) as { doneBytes: number; sizeBytes: number } | undefined;
    return progress && progress.doneBytes >= share * progress.sizeBytes ? progress.doneBytes : undefined;
  });
}

async function assertWhole(t: ExecutionContext<Context>, client: RunningProgram, as: string): Promise<DownloadRecord> {
  const done = await client.until(eventNamed('done'));
  t.is(await client.ended, 0, client.errors.join('\n'));
  t.is(await hashFile(`${t.context.cluster.directory}/${as}`), t.context.sha256);
  const record = done['record'] as DownloadRecord;
  t.is(record.outcome, 'done');
  t.is(record.receivedBytes + record.resumedBytes, GIB);
  return record;
}

test.serial('the file arrives identical, from the three of them', async t => {
  const client = await startDownload(t, 'sana.mp4', []);
  const { sources } = await assertWhole(t, client, 'sana.mp4');
  t.is(sources.length, 3);
  t.true(sources.every(({ parts, failures }) => parts > 0 && failures === 0));
});

test.serial('one secondary is killed half way: the others bring its parts', async t => {
  const { cluster } = t.context;
  const client = await startDownload(t, 'uno.mp4');
  await reached(client, 0.3);
  await cluster.killSecondary(2);
  const { sources } = await assertWhole(t, client, 'uno.mp4');
  t.true(sources.find(({ id }) => id === 'secundario-2')!.failures > 0);
  const troubles = client.lines.map(eventNamed('source')).filter(event => event?.['state'] === 'failed');
  t.true(troubles.some(event => event?.['source'] === 'secundario-2'));
  await cluster.startSecondary(2);
});

test.serial('two secondaries are killed half way: the last one brings the rest', async t => {
  const { cluster } = t.context;
  const client = await startDownload(t, 'dos.mp4');
  await reached(client, 0.3);
  await Promise.all([cluster.killSecondary(1), cluster.killSecondary(3)]);
  await assertWhole(t, client, 'dos.mp4');
  await Promise.all([cluster.startSecondary(1), cluster.startSecondary(3)]);
});

test.serial('three secondaries are killed and started again: the download waits for them and goes on', async t => {
  const { cluster } = t.context;
  const client = await startDownload(t, 'tres.mp4');
  await reached(client, 0.3);
  await Promise.all([1, 2, 3].map(number => cluster.killSecondary(number)));
  await client.until(eventNamed('awaiting'));
  await Promise.all([1, 2, 3].map(number => cluster.startSecondary(number)));
  const { retries } = await assertWhole(t, client, 'tres.mp4');
  t.true(retries >= 3);
});

test.serial('the central is killed and started again: the download goes on and is counted', async t => {
  const { cluster } = t.context;
  const client = await startDownload(t, 'central.mp4', ['--limite', '250MiB/s']);
  await reached(client, 0.2);
  await cluster.killCentral();
  await reached(client, 0.4);
  await cluster.startCentral();
  const { retries } = await assertWhole(t, client, 'central.mp4');
  t.is(retries, 0);
  const { videos } = await cluster.ask<{ videos: Record<string, number> }>('/statistics');
  t.true((videos[NAME] ?? 0) >= 1);
});

test.serial('the client is killed and run again: no verified byte is fetched twice', async t => {
  const { cluster } = t.context;
  const first = await startDownload(t, 'muerta.mp4');
  const doneBytes = await reached(first, 0.4);
  await first.stop('SIGKILL');
  await t.throwsAsync(stat(`${cluster.directory}/muerta.mp4`));
  const second = await startDownload(t, 'muerta.mp4');
  const { resumedBytes, receivedBytes } = await assertWhole(t, second, 'muerta.mp4');
  t.true(resumedBytes >= doneBytes, `${resumedBytes} resumed of ${doneBytes}`);
  t.is(receivedBytes, GIB - resumedBytes);
});

test.serial('Ctrl-C keeps what is there, and the next run goes on from it', async t => {
  const first = await startDownload(t, 'interrumpida.mp4');
  const doneBytes = await reached(first, 0.4);
  first.process.kill('SIGINT');
  t.is(await first.ended, 130);
  const second = await startDownload(t, 'interrumpida.mp4');
  const { resumedBytes } = await assertWhole(t, second, 'interrumpida.mp4');
  t.true(resumedBytes >= doneBytes);
});
