import { link, mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { GIB, MIB } from '../../lib/base/units.ts';
import { hashFile, ProcessCluster } from '../helpers/process-cluster.ts';
import { eventNamed } from '../helpers/processes.ts';

const NAME = 'cuatro gigas.mp4';
const CLIENT_MAX_MIB = 120;
/** Three secondaries read 4 GiB each. */
const HASHING_MAX_MS = 300_000;

const testOnLinux = process.platform === 'linux' ? test : test.skip;

testOnLinux(`a client brings 4 GiB in at most ${CLIENT_MAX_MIB} MiB of memory`, async t => {
  const cluster = await ProcessCluster.start(t, { secondaries: 3 });
  const original = join(cluster.folderOf(1), '.nuevo');
  await mkdir(cluster.folderOf(1), { recursive: true });
  await using file = await open(original, 'wx');
  // Each part has something of its own, so that none is taken for another; the rest are holes.
  for (let at = 0; at < 4 * GIB; at += MIB) await file.write(`byte ${at}`, at);
  await file.truncate(4 * GIB);
  for (const number of [2, 3]) {
    await mkdir(cluster.folderOf(number), { recursive: true });
    await link(original, join(cluster.folderOf(number), NAME));
  }
  await rename(original, join(cluster.folderOf(1), NAME));
  await cluster.whenHeldBy(NAME, 3, HASHING_MAX_MS);

  const client = await cluster.client(t, ['descargar', NAME, '--json']);
  // The peak that the system remembers; read while the process lives, near its end.
  const peakMib = await client.until(line => {
    const progress = eventNamed('progress')(line) as { doneBytes: number; sizeBytes: number } | undefined;
    return progress && progress.doneBytes > 0.95 * progress.sizeBytes ? peakOf(client.process.pid!) : undefined;
  });
  await client.until(eventNamed('done'));
  t.is(await client.ended, 0);
  t.log(`${await peakMib} MiB`);
  t.true((await peakMib) <= CLIENT_MAX_MIB, `${await peakMib} MiB`);
  t.is(await hashFile(cluster.downloaded(NAME)), await hashFile(join(cluster.folderOf(1), NAME)));
});

async function peakOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/^VmHWM:\s+(\d+)/m.exec(status)![1]) / 1024);
}
