import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MIB } from '../lib/base/units.ts';
import { fileIdOf } from '../lib/domain/manifest.ts';
import { hashFile } from '../lib/io/files/hash-file.ts';
import { binOf } from './cluster.ts';
import { freePort, makeFile, MeasuredProcess, median, printResult, round, runProgram, temporaryFolder } from './harness.ts';
import { ThrottledNode } from './throttled-node.ts';

/** What each peer more is worth: 256 MiB from three secondaries and n peers of 4 MiB/s each, whole processes; ideal is 1/(n + 3). */
const ROUNDS = 3;
const SIZE_BYTES = 256 * MIB;
const RATE = 4 * MIB;
const NODES = 3;
const PEERS = [0, 1, 3, 7, 13];
const NAME = 'bench.mp4';

await using folder = await temporaryFolder();
const path = join(folder.path, NAME);
const target = join(folder.path, 'new.mp4');
await makeFile(path, SIZE_BYTES);
const { content } = await hashFile(path, { signal: new AbortController().signal });
const manifest = { ...content, id: fileIdOf(content), name: NAME, createdAtMs: 0 };
const port = String(await freePort());
const centralUrl = `http://127.0.0.1:${port}`;
const common = ['--estadisticas', join(folder.path, 'stats')];
await using central = new MeasuredProcess(process.execPath, [binOf('videocentral'), '--puerto', port, '--datos', join(folder.path, 'datos'), '--sin-consola', ...common]);
await central.firstLine();

const sources: ThrottledNode[] = [];
for (let number = 1; number <= NODES; number += 1) {
  const node = await startSource(number);
  await node.join(centralUrl);
}
const table: object[] = [];
for (const peers of PEERS) {
  while (sources.length < NODES + peers) await (await startSource(sources.length + 1)).joinAsPeer(centralUrl);
  const times: number[] = [];
  for (let turn = 0; turn < ROUNDS; turn += 1) {
    for (const source of sources) source.behave({ bytesPerSecond: RATE });
    const startedAtMs = performance.now();
    await runProgram(process.execPath, [binOf('videocliente'), 'descargar', NAME, '-o', target, '--puerto-central', port, '--nivel', 'error', '--nombre', `n${peers}-${turn}`, ...common]);
    times.push((performance.now() - startedAtMs) / 1000);
    await rm(target);
  }
  const idealSeconds = SIZE_BYTES / ((NODES + peers) * RATE);
  const seconds = median(times);
  process.stderr.write(`${peers} peers: ${round(seconds)} s\n`);
  table.push({ peers, idealSeconds: round(idealSeconds), seconds: round(seconds), idealOverTime: round(idealSeconds / seconds) });
}
printResult({ bench: 'peer-help', sizeBytes: SIZE_BYTES, bytesPerSecond: RATE, secondaries: NODES, rounds: ROUNDS, table });
for (const source of sources) await source[Symbol.asyncDispose]();

async function startSource(number: number): Promise<ThrottledNode> {
  const source = await ThrottledNode.start(path, manifest, number);
  sources.push(source);
  return source;
}
