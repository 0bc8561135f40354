import { link, mkdir, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { GIB } from '../lib/base/units.ts';
import { findProgram, freePort, interleave, makeFile, MeasuredProcess, median, printResult, round, runProgram, temporaryFolder } from './harness.ts';
import { startNginx } from './nginx.ts';

/** How long a client takes to bring 1 GiB into a new file: ours from three secondaries, verified; rivals from nginx. */
const ROUNDS = 5;
const LOOK_EVERY_MS = 200;

await using folder = await temporaryFolder();
const path = join(folder.path, 'bench.mp4');
await makeFile(path, GIB);

const port = String(await freePort());
const stats = ['--estadisticas', join(folder.path, 'stats'), '--sin-consola'];
await using _central = start('videocentral', ['--puerto', port, '--datos', join(folder.path, 'datos'), ...stats]);
const folders = [1, 2, 3].map(number => join(folder.path, `videos${number}`));
for (const directory of folders) {
  await mkdir(directory);
  await link(path, join(directory, 'bench.mp4'));
}
const secondary = (number: number) =>
  start('videosecundario', ['-n', String(number), '--puerto', '0', '--puerto-central', port, '--directorio', folders[number - 1]!, ...stats]);
await using _one = secondary(1);
await using _two = secondary(2);
await using _three = secondary(3);
while ((await holders()) < folders.length) await sleep(LOOK_EVERY_MS);

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
    timed(process.execPath, [binOf('videocliente'), 'descargar', 'bench.mp4', '-o', target, '--puerto-central', port, '--nivel', 'error', ...stats.slice(0, 2)]),
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

function start(name: string, flags: readonly string[]): MeasuredProcess {
  return new MeasuredProcess(process.execPath, [binOf(name), ...flags]);
}

function binOf(name: string): string {
  return fileURLToPath(new URL(`../bin/${name}.js`, import.meta.url));
}

/** Seconds of the whole process; its file is removed afterwards. */
async function timed(command: string, args: readonly string[]): Promise<number> {
  const startedAtMs = performance.now();
  await runProgram(command, args);
  const seconds = (performance.now() - startedAtMs) / 1000;
  await rm(target);
  return seconds;
}

/** Secondaries that can be asked for the file. */
function holders(): Promise<number> {
  return new Promise(resolve => {
    const url = `http://127.0.0.1:${port}/video?name=bench.mp4`;
    get(url, response => {
      let body = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        body += piece;
      });
      response.on('end', () => resolve((JSON.parse(body) as { available?: number[] }).available?.length ?? 0));
    }).on('error', () => resolve(0));
  });
}
