import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { KIB, MIB } from '../lib/base/units.ts';
import { fileIdOf } from '../lib/domain/manifest.ts';
import type { ClientStatistics } from '../lib/domain/statistics.ts';
import { hashFile } from '../lib/io/files/hash-file.ts';
import { formatMetalink } from '../lib/protocol/metalink.ts';
import { findProgram, freePort, isFileOf, makeFile, MeasuredProcess, median, printResult, round, temporaryFolder } from './harness.ts';
import { ThrottledNode, type Behaviour } from './throttled-node.ts';

/** 64 MiB from three servers of 8 MiB/s each, one of which misbehaves: whole processes, to the second, each file verified. */
const ROUNDS = 3;
const SIZE_BYTES = 64 * MIB;
const RATE = 8 * MIB;
const GIVE_UP_S = 60;

interface Row {
  readonly third: Behaviour;
  /** When all that can be given is given all the time. */
  readonly idealSeconds: number;
}

interface Ending {
  readonly seconds: number;
  readonly isWhole: boolean;
}

const healthy: Behaviour = { bytesPerSecond: RATE };
const rows: Readonly<Record<string, Row>> = {
  healthy: { third: healthy, idealSeconds: 2.667 },
  'third at 100 KiB/s': { third: { bytesPerSecond: 100 * KIB }, idealSeconds: (64 / (16 + 100 / 1024)) },
  'third dies after 4 MiB': { third: { ...healthy, fault: 'dies', afterBytes: 4 * MIB }, idealSeconds: 3.75 },
  'third corrupts everything': { third: { ...healthy, fault: 'corrupts' }, idealSeconds: 4 },
  'third hangs after 4 MiB': { third: { ...healthy, fault: 'hangs', afterBytes: 4 * MIB }, idealSeconds: 3.75 },
};

await using folder = await temporaryFolder();
const path = join(folder.path, 'bench.mp4');
// Under the file's own name, which a metalink prescribes.
const targetFolder = join(folder.path, 'new');
const target = join(targetFolder, 'bench.mp4');
const stats = join(folder.path, 'stats');
await makeFile(path, SIZE_BYTES);
const { content } = await hashFile(path, { signal: new AbortController().signal });
const manifest = { ...content, id: fileIdOf(content), name: 'bench.mp4', createdAtMs: 0 };

const port = String(await freePort());
await using central = new MeasuredProcess(process.execPath, [binOf('videocentral'), '--puerto', port, '--datos', join(folder.path, 'datos'), '--estadisticas', stats, '--sin-consola']);
await central.firstLine();
await using one = await ThrottledNode.start(path, manifest, 1);
await using two = await ThrottledNode.start(path, manifest, 2);
await using three = await ThrottledNode.start(path, manifest, 3);
const nodes = [one, two, three];
for (const node of nodes) await node.join(`http://127.0.0.1:${port}`);
const urls = nodes.map(({ url }) => `${url}/bench.mp4`);
const metalink = join(folder.path, 'bench.meta4');
await writeFile(metalink, formatMetalink(manifest, urls));

const commands: Record<string, readonly [string, readonly string[]]> = {
  videopartes: [process.execPath, [binOf('videocliente'), 'descargar', 'bench.mp4', '-o', target, '--puerto-central', port, '--nivel', 'error', '--nombre', 'bench', '--estadisticas', stats]],
};
const aria2c = await findProgram('aria2c');
if (aria2c) commands['aria2c'] = [aria2c, ['-q', '-x16', '-s16', '-k1M', '--file-allocation=none', '--allow-overwrite=true', '-d', targetFolder, '-M', metalink]];
const axel = await findProgram('axel');
if (axel) commands['axel'] = [axel, ['-q', '-n', '3', '-o', target, ...urls]];

const table: Record<string, object> = {};
for (const [title, { third, idealSeconds }] of Object.entries(rows)) {
  const endings: Record<string, Ending[]> = {};
  for (let turn = 0; turn < ROUNDS; turn += 1) {
    for (const [name, [command, args]] of Object.entries(commands)) {
      nodes.forEach((node, index) => node.behave(index === 2 ? third : healthy));
      const ending = await timed(command, args);
      process.stderr.write(`${title}: ${name} ${round(ending.seconds)} s${ending.isWhole ? '' : ', not whole'}\n`);
      (endings[name] ??= []).push(ending);
    }
  }
  table[title] = {
    idealSeconds: round(idealSeconds),
    ...Object.fromEntries(Object.entries(endings).map(([name, runs]) => [name, summarize(runs, idealSeconds)])),
    videopartesTransfer: await lastTransfers(),
  };
}
printResult({ bench: 'throttled', sizeBytes: SIZE_BYTES, bytesPerSecond: RATE, rounds: ROUNDS, table });

function summarize(runs: readonly Ending[], idealSeconds: number): object {
  const seconds = median(runs.map(run => run.seconds));
  return { seconds: round(seconds), idealOverTime: round(idealSeconds / seconds), wholeFiles: runs.filter(run => run.isWhole).length };
}

/** What our client says of its last runs: without starting and ending a process. */
async function lastTransfers(): Promise<object> {
  const { downloads } = JSON.parse(await readFile(join(stats, 'cliente-bench.json'), 'utf8')) as ClientStatistics;
  const last = downloads.slice(-ROUNDS);
  return {
    seconds: round(median(last.map(({ elapsedMs }) => elapsedMs / 1000))),
    duplicateShare: round(median(last.map(({ duplicateBytes }) => duplicateBytes / SIZE_BYTES)), 3),
  };
}

/** Until the program ends, whatever its status; its file is compared and removed afterwards. */
async function timed(command: string, args: readonly string[]): Promise<Ending> {
  await mkdir(targetFolder);
  const startedAtMs = performance.now();
  await using program = new MeasuredProcess(command, args);
  await program.ended(GIVE_UP_S * 1000);
  const seconds = (performance.now() - startedAtMs) / 1000;
  const isWhole = await isFileOf(target, manifest.sha256);
  await rm(targetFolder, { recursive: true });
  return { seconds, isWhole };
}

function binOf(name: string): string {
  return fileURLToPath(new URL(`../bin/${name}.js`, import.meta.url));
}
