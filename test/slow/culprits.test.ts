import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { MIB } from '../../lib/base/units.ts';
import type { DownloadRecord } from '../../lib/domain/statistics.ts';
import { startFaultyNode } from '../helpers/faulty-node.ts';
import type { Fault } from '../helpers/faulty-server.ts';
import { manifestOf } from '../helpers/manifests.ts';
import { hashFile, ProcessCluster } from '../helpers/process-cluster.ts';
import { eventNamed } from '../helpers/processes.ts';
import { randomBytes } from '../helpers/random-bytes.ts';

const NAME = 'con un secundario malo.mp4';
const bytes = randomBytes(64 * MIB + 5, 21);
const manifest = manifestOf(bytes, NAME);

const faults: readonly { readonly title: string; readonly fault: Fault; readonly reason: string }[] = [
  { title: 'corrupts parts', fault: { type: 'corrupt' }, reason: 'part_corrupt' },
  { title: 'hangs', fault: { type: 'hang', afterBytes: 2 * MIB }, reason: 'source_stalled' },
  { title: 'answers 200 to a Range', fault: { type: 'ignore_range' }, reason: 'source_protocol' },
  { title: 'sends too few bytes', fault: { type: 'short' }, reason: 'source_unreachable' },
];

for (const { title, fault, reason } of faults) {
  test.serial(`a secondary that ${title} is named, and the file is whole`, async t => {
    const cluster = await ProcessCluster.start(t, { secondaries: 2, centralFlags: ['--replicas', '3'] });
    await writeFile(join(cluster.folderOf(1), '.nuevo'), bytes);
    await rename(join(cluster.folderOf(1), '.nuevo'), join(cluster.folderOf(1), NAME));
    // Only then: the others would try to copy from it what they do not have.
    await cluster.whenHeldBy(NAME, 2);
    const centralUrl = `http://127.0.0.1:${cluster.centralPort}`;
    await startFaultyNode(t, { number: 9, centralUrl, manifest, bytes, fault });
    await cluster.whenHeldBy(NAME, 3);

    const client = await cluster.client(t, ['descargar', NAME, '--json', '--limite', '16MiB/s']);
    const { record } = (await client.until(eventNamed('done'))) as unknown as { record: DownloadRecord };
    t.is(await client.ended, 0);
    t.is(await hashFile(cluster.downloaded(NAME)), manifest.sha256);
    t.is(record.outcome, 'done');
    const culprit = record.sources.find(({ id }) => id === 'secundario-9')!;
    t.true(culprit.failures + culprit.hashFailures > 0);
    const events = client.lines.map(line => JSON.parse(line) as Record<string, unknown>);
    const told = events.filter(({ event, state }) => event === 'part_corrupt' || state === 'failed');
    t.true(told.some(event => event['source'] === 'secundario-9' && (event['code'] ?? event['event']) === reason), JSON.stringify(told));
    t.true(told.every(event => event['source'] === 'secundario-9'));
  });
}
