import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GIB, KIB, MIB } from '../lib/base/units.ts';
import { findProgram, interleave, makeFile, MeasuredProcess, median, printResult, round, runProgram, temporaryFolder } from './harness.ts';
import { startNginx } from './nginx.ts';

/** How fast one server gives 1 GiB to one client, at what cost, and how much memory 100 clients make it take. */
const ROUNDS = 5;
const CONCURRENT_CLIENTS = 100;
const CONCURRENT_BYTES = 16 * MIB;

interface Contender extends AsyncDisposable {
  readonly process: MeasuredProcess;
  readonly url: string;
}

interface Run {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

await using folder = await temporaryFolder();
const path = join(folder.path, 'bench.mp4');
await makeFile(path, GIB);

const curl = await findProgram('curl');
await using ours = await startOurs();
await using nginx = await startRival();
const contenders: Partial<Record<'videopartes' | 'nginx', () => Promise<Run>>> = { videopartes: () => download(ours) };
if (nginx) contenders.nginx = () => download(nginx);
const runs = await interleave(ROUNDS, contenders as Record<'videopartes' | 'nginx', () => Promise<Run>>);
const report = {
  videopartes: await summarize(ours, runs.videopartes),
  ...(nginx && runs.nginx && { nginx: await summarize(nginx, runs.nginx) }),
};
printResult({
  bench: 'server-throughput',
  sizeBytes: GIB,
  rounds: ROUNDS,
  client: curl ? 'curl' : 'net',
  ...report,
  ...(report.nginx && {
    ratio: {
      mibPerSecond: round(report.videopartes.mibPerSecond / report.nginx.mibPerSecond),
      cpuSecondsPerGib: round(report.videopartes.cpuSecondsPerGib / report.nginx.cpuSecondsPerGib),
    },
  }),
});

async function startOurs(): Promise<Contender> {
  const program = fileURLToPath(new URL('programs/serve-file.js', import.meta.url));
  const server = new MeasuredProcess(process.execPath, [program, path]);
  return { process: server, url: await server.firstLine(), [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

async function startRival(): Promise<Contender | undefined> {
  const server = await startNginx(folder.path);
  return server && { ...server, url: `http://127.0.0.1:${server.port}/bench.mp4`, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

async function download({ process: server, url }: Contender): Promise<Run> {
  const cpuBefore = (await server.cpuSeconds()) ?? NaN;
  const seconds = curl ? Number(await runProgram(curl, ['-sf', '-o', '/dev/null', '-w', '%{time_total}', url])) : await receive(url, GIB);
  return { seconds, cpuSeconds: ((await server.cpuSeconds()) ?? NaN) - cpuBefore };
}

async function summarize({ process: server, url }: Contender, runs: readonly Run[]) {
  const oneClient = await server.peakRssMib();
  const seconds = await Promise.all(Array.from({ length: CONCURRENT_CLIENTS }, () => receive(url, CONCURRENT_BYTES)));
  return {
    mibPerSecond: Math.round(GIB / MIB / median(runs.map(run => run.seconds))),
    // Ticks are coarse beside one run, so the mean of all.
    cpuSecondsPerGib: round(runs.reduce((sum, run) => sum + run.cpuSeconds, 0) / runs.length, 3),
    runs: runs.map(run => round(run.seconds, 3)),
    concurrent: { clients: CONCURRENT_CLIENTS, mibPerSecond: Math.round((CONCURRENT_CLIENTS * CONCURRENT_BYTES) / MIB / Math.max(...seconds)) },
    peakRssMib: { oneClient, concurrent: await server.peakRssMib() },
  };
}

/** Reads the first bytes of a URL and forgets them; resolves to the seconds that it took. */
async function receive(url: string, bytes: number): Promise<number> {
  const { hostname, port, pathname } = new URL(url);
  const startedAtMs = performance.now();
  let received = 0;
  const onread = { buffer: Buffer.allocUnsafe(64 * KIB), callback: (count: number) => (received += count) > 0 };
  const socket = connect({ host: hostname, port: Number(port), onread });
  socket.write(`GET ${pathname} HTTP/1.1\r\nHost: ${hostname}\r\nRange: bytes=0-${bytes - 1}\r\nConnection: close\r\n\r\n`);
  await once(socket, 'close');
  if (received < bytes) throw new Error(`${url} gave ${received} bytes`);
  return (performance.now() - startedAtMs) / 1000;
}
