import test from 'ava';
import { MIB } from '../../lib/base/units.ts';
import type { DownloadRecord } from '../../lib/domain/statistics.ts';
import { hashFile, ProcessCluster } from '../helpers/process-cluster.ts';
import { eventNamed } from '../helpers/processes.ts';

const NAME = 'la de siempre.mp4';
const SIZE_BYTES = 96 * MIB;

// Its gigabyte-sized relatives are in test/slow/faults.test.ts.
test('a secondary is killed in the middle: the others bring its parts, and the file is whole', async t => {
  const cluster = await ProcessCluster.start(t, { secondaries: 3 });
  const sha256 = await cluster.addFile(NAME, SIZE_BYTES, 3);
  const client = await cluster.client(t, ['descargar', NAME, '--json', '--limite', '32MiB/s']);
  await client.until(line => Number(eventNamed('progress')(line)?.['doneBytes'] ?? 0) > SIZE_BYTES / 4 || undefined);
  await cluster.killSecondary(2);
  const { record } = (await client.until(eventNamed('done'))) as unknown as { record: DownloadRecord };
  t.is(await client.ended, 0);
  t.is(await hashFile(cluster.downloaded(NAME)), sha256);
  t.is(record.receivedBytes, SIZE_BYTES);
  t.true(record.sources.find(({ id }) => id === 'secundario-2')!.failures > 0);
});
