import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { GIB } from '../lib/base/units.ts';
import { binOf, startCluster } from './cluster.ts';
import { findProgram, interleave, makeFile, median, printResult, round, runProgram, temporaryFolder } from './harness.ts';
import { startNginx } from './nginx.ts';

/** How long a client takes to bring 1 GiB into a new file: ours from three secondaries, verified; rivals from nginx. */
const ROUNDS = 5;

await using folder = await temporaryFolder();
const path = join(folder.path, 'bench.mp4');
await makeFile(path, GIB);

await using cluster = await startCluster(folder.path, 'bench.mp4', 3);
await using nginx = await startNginx(folder.path);
const target = join(folder.path, 'new.mp4');
const mirrors = ['127.0.0.1', '127.0.0.2', '127.0.0.3'].map(address => `http://${address}:${nginx?.port}/bench.mp4`);
const rivals: Readonly<Record<string, readonly string[]>> = {
  curl: ['-sf', '-o', target, mirrors[0]!],
  aria2c: ['-q', '-x3', '-s3', '-k1M', '--file-allocation=none', '-d', folder.path, '-o', 'new.mp4', ...mirrors],
  axel: ['-q', '-n', '3', '-o', target, ...mirrors],
  lftp: ['-e', `pget -n 3 ${mirrors[0]} -o ${target}; exit`],
  wget2: ['-q', '--no-config', '-O', target, mirrors[0]!],
};
const contenders: Record<string, () => Promise<number>> = {
  videopartes: () =>
    timed(process.execPath, [binOf('videocliente'), 'descargar', 'bench.mp4', '-o', target, '--puerto-central', cluster.centralPort, '--nivel', 'error', ...cluster.statisticsFlags]),
};
for (const [name, args] of Object.entries(rivals)) {
  const program = nginx && (await findProgram(name));
  if (program) contenders[name] = () => timed(program, args);
}
const runs = await interleave(ROUNDS, contenders);
const seconds = Object.fromEntries(Object.entries(runs).map(([name, times]) => [name, round(median(times), 3)]));
printResult({
  bench: 'client-throughput',
  sizeBytes: GIB,
  rounds: ROUNDS,
  seconds,
  runs: Object.fromEntries(Object.entries(runs).map(([name, times]) => [name, times.map(time => round(time, 3))])),
  timesFasterThan: Object.fromEntries(
    Object.entries(seconds).flatMap(([name, time]) => (name === 'videopartes' ? [] : [[name, round(time / seconds['videopartes']!)]])),
  ),
});

/** Seconds of the whole process; its file is removed afterwards. */
async function timed(command: string, args: readonly string[]): Promise<number> {
  const startedAtMs = performance.now();
  await runProgram(command, args);
  const seconds = (performance.now() - startedAtMs) / 1000;
  await rm(target);
  return seconds;
}
