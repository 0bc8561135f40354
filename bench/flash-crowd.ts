import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GIB, MIB } from '../lib/base/units.ts';
import { fileIdOf } from '../lib/domain/manifest.ts';
import { hashFile } from '../lib/io/files/hash-file.ts';
import { binOf } from './cluster.ts';
import { freePort, isFileOf, makeFile, MeasuredProcess, median, printResult, round, temporaryFolder } from './harness.ts';
import { ThrottledNode } from './throttled-node.ts';

/**
 * Everybody comes for one file within ten seconds, and three secondaries give 8 MiB/s each: whole processes, from the first
 * start to the last end, each file compared; with sharing and without. `flash-crowd.js [clients [bytes]]`.
 */
const CLIENTS = Number(process.argv[2] ?? 50);
const SIZE_BYTES = Number(process.argv[3] ?? 200e6);
const RATE = 8 * MIB;
const NODES = 3;
const NAME = 'bench.mp4';
/** A process takes a good part of a second of a core to start: at one moment they would only wait for each other. */
const COME_WITHIN_MS = 10_000;
const GIVE_UP_MS = 3_600_000;
/** What each client waits for when nobody helps: the bytes of all, at the rate of the secondaries. */
const IDEAL_ALONE_S = (CLIENTS * SIZE_BYTES) / (NODES * RATE);

await using folder = await temporaryFolder();
const path = join(folder.path, NAME);
await makeFile(path, SIZE_BYTES);
const { content } = await hashFile(path, { signal: new AbortController().signal });
const manifest = { ...content, id: fileIdOf(content), name: NAME, createdAtMs: 0 };

const port = String(await freePort());
const common = ['--estadisticas', join(folder.path, 'stats')];
await using central = new MeasuredProcess(process.execPath, [binOf('videocentral'), '--puerto', port, '--datos', join(folder.path, 'datos'), '--sin-consola', ...common]);
await central.firstLine();
const nodes = await Promise.all(Array.from({ length: NODES }, (_, index) => ThrottledNode.start(path, manifest, index + 1)));
for (const node of nodes) await node.join(`http://127.0.0.1:${port}`);

printResult({
  bench: 'flash-crowd',
  clients: CLIENTS,
  sizeBytes: SIZE_BYTES,
  secondaries: NODES,
  bytesPerSecond: RATE,
  idealSecondsAlone: round(IDEAL_ALONE_S, 1),
  ...(await compare()),
});
for (const node of nodes) await node[Symbol.asyncDispose]();

async function compare(): Promise<object> {
  const shared = await crowd(['--compartir']);
  process.stderr.write(`with sharing: ${JSON.stringify(shared)}\n`);
  const alone = await crowd([]);
  return { shared, alone, timesFaster: round(alone.seconds / shared.seconds) };
}

async function crowd(flags: readonly string[]) {
  for (const node of nodes) node.behave({ bytesPerSecond: RATE });
  const target = join(folder.path, 'new');
  const folderOf = (client: number) => join(target, String(client));
  const clients = Array.from({ length: CLIENTS }, (_, index) => index);
  for (const client of clients) await mkdir(folderOf(client), { recursive: true });
  const startedAtMs = performance.now();
  const cost = { peakRssMib: 0 };
  const seconds = await Promise.all(
    clients.map(async client => {
      await sleep((client * COME_WITHIN_MS) / CLIENTS);
      const args = ['descargar', NAME, '--directorio', folderOf(client), '--puerto-central', port, '--nivel', 'error', '--nombre', `bench-${client}`, ...common, ...flags];
      await using program = new MeasuredProcess(process.execPath, [binOf('videocliente'), ...args]);
      // Outside a bench each has a machine of its own, and the central and the secondaries have theirs.
      program.giveWay();
      const watching = setInterval(() => void note(program), 500);
      await program.ended(GIVE_UP_MS);
      clearInterval(watching);
      return (performance.now() - startedAtMs) / 1000;
    }),
  );
  const whole = await Promise.all(clients.map(client => isFileOf(join(folderOf(client), NAME), manifest.sha256)));
  await rm(target, { recursive: true });
  const fromSecondaries = nodes.reduce((sum, { sentBytes }) => sum + sentBytes, 0);
  return {
    seconds: round(Math.max(...seconds), 1),
    medianSeconds: round(median(seconds), 1),
    wholeFiles: whole.filter(Boolean).length,
    secondariesGib: round(fromSecondaries / GIB),
    shareOfSecondaries: round(fromSecondaries / (CLIENTS * SIZE_BYTES), 3),
    peakRssMibOfOne: cost.peakRssMib,
  };

  async function note(program: MeasuredProcess): Promise<void> {
    cost.peakRssMib = Math.max(cost.peakRssMib, (await program.peakRssMib()) ?? 0);
  }
}
