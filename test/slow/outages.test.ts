import { readFile } from 'node:fs/promises';
import test from 'ava';
import { MIB } from '../../lib/base/units.ts';
import type { DownloadRecord } from '../../lib/domain/statistics.ts';
import type { TalkingProgram } from '../helpers/programs.ts';
import { randomBytes } from '../helpers/random-bytes.ts';
import { TalkingCluster } from '../helpers/talking-cluster.ts';

const NAME = 'el apagón.mp4';

test('every secondary dies in the middle: the client waits, Ctrl-C puts it down, and it is resumed later', async t => {
  const bytes = randomBytes(300 * MIB, 8);
  const { cluster, secondaries } = await clusterWith(t, 3, bytes);
  const order = ['descargar', NAME, '-o', 'salida.mp4', '--json'];
  const client = cluster.client([...order, '--limite', '100MiB/s'], { input: null });
  await untilShare(client, 0.3);
  secondaries[0]!.signal('SIGSTOP');
  secondaries[1]!.signal('SIGSTOP');
  secondaries[2]!.signal('SIGKILL');
  await client.says(/Ninguna fuente de «el apagón\.mp4» responde ahora/);
  t.false(client.isOver);
  client.signal('SIGINT');
  t.is((await client.ended()).status, 130);

  secondaries[0]!.signal('SIGCONT');
  secondaries[1]!.signal('SIGCONT');
  await cluster.startSecondary(3);
  const again = await cluster.order(...order);
  t.is(again.status, 0, again.stderr);
  const { resumedBytes } = recordIn(again.stdout);
  t.true(resumedBytes >= 0.3 * bytes.byteLength, `${resumedBytes} bytes resumed`);
  t.true(bytes.equals(await readFile(cluster.path('salida.mp4'))));
});

test('every secondary is down: the answer is clear, whoever is asked', async t => {
  const { cluster, secondaries } = await clusterWith(t, 2, randomBytes(MIB, 9));
  const centralSays = [1, 2].map(number => cluster.central.says(new RegExp(`Secundario ${number} caído`)));
  for (const secondary of secondaries) await secondary.stop('SIGKILL');
  await Promise.all(centralSays);
  const { status, stderr } = await cluster.order('descargar', NAME);
  t.is(status, 1);
  t.regex(stderr, /^videocliente: Ningún secundario con «el apagón\.mp4» está disponible ahora \(lo tiene: 1, 2\)\. [^\n]+\n$/);
  t.regex((await cluster.order('listar')).stdout, /^el apagón\.mp4 .*ninguno disponible$/m);

  const console = cluster.client();
  await console.ask(`VIDEO ${NAME}`, /Ningún secundario con «el apagón\.mp4»/);
  await cluster.startSecondary(2);
  await cluster.whenHeldBy(NAME, 1);
  await console.ask(`VIDEO ${NAME}`, /«el apagón\.mp4»: descarga completa y verificada/);
  console.endInput();
  t.is((await console.ended()).status, 0);
});

async function clusterWith(t: Parameters<typeof TalkingCluster.start>[0], count: number, bytes: Uint8Array) {
  const cluster = await TalkingCluster.open(t);
  await cluster.putVideo(1, NAME, bytes);
  await cluster.startCentral();
  const secondaries = await Promise.all(Array.from({ length: count }, (_, index) => cluster.startSecondary(index + 1)));
  await cluster.whenHeldBy(NAME, count);
  return { cluster, secondaries };
}

/** Resolves when more than that share of the file is there. */
async function untilShare(client: TalkingProgram, share: number): Promise<void> {
  for (let after = 0; ; ) {
    await client.says(/"event":"progress"/, { after });
    after = client.lines.length;
    const latest = client.lines.findLast(line => line.includes('"event":"progress"'))!;
    const { doneBytes, sizeBytes } = JSON.parse(latest) as { doneBytes: number; sizeBytes: number };
    if (doneBytes > share * sizeBytes) return;
  }
}

function recordIn(stdout: string): DownloadRecord {
  const done = stdout.split('\n').find(line => line.includes('"event":"done"'))!;
  return (JSON.parse(done) as { record: DownloadRecord }).record;
}
