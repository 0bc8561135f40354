import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MIB, SECOND_MS } from '../lib/base/units.ts';
import { startCluster } from './cluster.ts';
import { makeFile, printResult, round, temporaryFolder } from './harness.ts';
import { startNginx } from './nginx.ts';

/**
 * What watching costs: how long a player waits for the first byte after a jump, at the central and at nginx; and whether many who
 * watch at once are served in time, and what the central takes for them.
 */
const SIZE_BYTES = 512 * MIB;
const JUMPS = 200;
const VIEWERS = 50;
const VIEWER_BYTES_PER_MS = MIB / SECOND_MS; // 8 Mbit/s
const WATCHED_MS = 30 * SECOND_MS;
/** What a player has before it begins to play. */
const BUFFERED_MS = 2 * SECOND_MS;
const LOOK_EVERY_MS = 50;

await using folder = await temporaryFolder();
await makeFile(join(folder.path, 'bench.mp4'), SIZE_BYTES);
await using cluster = await startCluster(folder.path, 'bench.mp4', 3);
const url = `http://127.0.0.1:${cluster.centralPort}/stream?id=${cluster.id}`;
await using nginx = await startNginx(folder.path);
const firstByteMs = { videopartes: await jumpsAt(url), ...(nginx && { nginx: await jumpsAt(`http://127.0.0.1:${nginx.port}/bench.mp4`) }) };
const restRssMib = await cluster.central.peakRssMib();
const stalls = await Promise.all(Array.from({ length: VIEWERS }, (_, viewer) => watch(viewer)));
printResult({
  bench: 'gateway',
  sizeBytes: SIZE_BYTES,
  jumps: JUMPS,
  firstByteMs,
  viewers: VIEWERS,
  viewerBytesPerSecond: VIEWER_BYTES_PER_MS * SECOND_MS,
  watchedMs: WATCHED_MS,
  stalledViewers: stalls.filter(stalledMs => stalledMs > 0).length,
  longestStalledMs: round(Math.max(...stalls), 0),
  restRssMib,
  peakRssMib: await cluster.central.peakRssMib(),
});

async function jumpsAt(place: string): Promise<{ readonly medianMs: number; readonly p95Ms: number }> {
  const waits: number[] = [];
  for (let jump = 0; jump < JUMPS; jump += 1) {
    const startedAtMs = performance.now();
    const response = await open(place, (jump * 104_729 * 4096) % SIZE_BYTES);
    await once(response, 'readable');
    waits.push(performance.now() - startedAtMs);
    response.destroy();
  }
  waits.sort((one, other) => one - other);
  return { medianMs: round(waits[JUMPS / 2]!), p95Ms: round(waits[Math.floor(JUMPS * 0.95)]!) };
}

/** Plays from somewhere on; for how long the picture stood still. */
async function watch(viewer: number): Promise<number> {
  const response = await open(url, Math.floor((viewer / VIEWERS) * (SIZE_BYTES / 2)));
  const startedAtMs = performance.now();
  let received = 0;
  let played = 0;
  let stalledMs = 0;
  // A player reads for some seconds ahead as fast as it can, and then no more than it needs.
  const isAhead = () => received >= played + 2 * BUFFERED_MS * VIEWER_BYTES_PER_MS;
  response.on('data', (chunk: Buffer) => {
    received += chunk.length;
    if (isAhead()) response.pause();
  });
  for (let lastMs = 0; lastMs < WATCHED_MS; ) {
    await sleep(LOOK_EVERY_MS);
    const nowMs = performance.now() - startedAtMs;
    const isPlaying = nowMs > BUFFERED_MS;
    const needed = (nowMs - lastMs) * VIEWER_BYTES_PER_MS;
    if (isPlaying && played + needed > received) stalledMs += nowMs - lastMs;
    else if (isPlaying) played += needed;
    if (!isAhead()) response.resume();
    lastMs = nowMs;
  }
  response.destroy();
  return stalledMs;
}

async function open(place: string, from: number): Promise<IncomingMessage> {
  const request = get(place, { agent: false, headers: { range: `bytes=${from}-` } });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.on('error', () => undefined);
  return response;
}
