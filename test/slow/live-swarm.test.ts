import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import pLimit from 'p-limit';
import { KIB } from '../../lib/base/units.ts';
import { jainIndex } from '../../lib/domain/live/fairness.ts';
import { LiveSite, type LiveViewer } from '../helpers/live-site.ts';
import { writtenBytesOf } from '../helpers/process-room.ts';
import type { TalkingProgram } from '../helpers/programs.ts';

const VIEWERS = 30;
const BLOCK_BYTES = 256 * KIB;
/** More than there are processors for: to start is the machine's work, not the relay's. */
const STARTED_AT_ONCE = 2;
const JOIN_MS = 2000;
const SHARED_MS = 120_000;
/** After some were killed. */
const BLOCKS_AFTER = 12;

let broadcaster: TalkingProgram;
/** Those who are alive. */
let viewers: readonly LiveViewer[];
const teardowns: (() => unknown)[] = [];

test.before('thirty viewers watch, each of whom sends the channel on twice at the most', async t => {
  t.timeout(240_000);
  const site = await LiveSite.open({ teardown: close => void teardowns.unshift(close) });
  const { path } = await site.readyFolder('enjambre', { count: 5, sizeBytes: BLOCK_BYTES });
  broadcaster = await site.broadcast([path]);
  const inTurn = pLimit(STARTED_AT_ONCE);
  const joins = await Promise.all(
    Array.from({ length: VIEWERS }, () =>
      inTurn(async () => {
        const viewer = await site.watch(['--max-retransmisiones', '2']);
        await viewer.url();
        const startedMs = performance.now();
        await viewer.block(0);
        return { viewer, ms: performance.now() - startedMs };
      }),
    ),
  );
  const sorted = joins.map(({ ms }) => ms).toSorted((one, other) => one - other);
  const p95 = sorted[Math.ceil(0.95 * sorted.length) - 1]!;
  t.log(`from the start to the first block: half ${Math.round(sorted[VIEWERS / 2]!)} ms, p95 ${Math.round(p95)} ms`);
  t.true(p95 < JOIN_MS, `${sorted.map(Math.round).join(' ')}`);
  viewers = joins.map(({ viewer }) => viewer);
});

test.after.always('the swarm is gone', async () => {
  for (const close of teardowns) await close();
});

test.serial('everybody sends as much as the others, and who broadcasts no more than two and a half times the channel', async t => {
  const began = await Promise.all(viewers.map(whatItDid));
  const [originBytes, first] = [await writtenBytesOf(broadcaster.pid), began[0]!.blocks];
  if (originBytes === undefined) {
    t.pass('only Linux tells what a process wrote');
    return;
  }
  await sleep(SHARED_MS);
  const ended = await Promise.all(viewers.map(whatItDid));
  const originSent = (await writtenBytesOf(broadcaster.pid))! - originBytes;
  // What was received was also written, to the disk.
  const sent = ended.map(({ writtenBytes, blocks }, index) => writtenBytes - began[index]!.writtenBytes - (blocks - began[index]!.blocks) * BLOCK_BYTES);
  const streamBytes = (ended[0]!.blocks - first) * BLOCK_BYTES;
  const fairness = jainIndex(sent);
  t.log(`sent, in times the channel: ${sent.map(bytes => (bytes / streamBytes).toFixed(2)).join(' ')}; Jain ${fairness.toFixed(4)}; who broadcasts ${(originSent / streamBytes).toFixed(2)}`);
  t.true(fairness >= 0.95, `${fairness}`);
  t.true(originSent <= 2.5 * streamBytes, `${originSent} of ${streamBytes}`);
});

test.serial('three of thirty are killed at once: nobody misses a block at 12 s, and one in a thousand at most at 8 s', async t => {
  const { missedAt8, missedAt12, blocks } = await killSome(t, 0.1);
  t.is(missedAt12, 0);
  t.true(missedAt8 <= blocks / 1000, `${missedAt8} of ${blocks}`);
});

test.serial('seven of the twenty-seven who are left, more than a fourth, are killed at once: nobody misses a block at 12 s', async t => {
  t.is((await killSome(t, 0.25)).missedAt12, 0);
});

/** At least that share of them, evenly among those who came first and last. */
async function killSome(t: ExecutionContext, share: number): Promise<{ readonly missedAt8: number; readonly missedAt12: number; readonly blocks: number }> {
  const victims = new Set(viewers.filter((_, index) => Math.ceil(index * share) < Math.ceil((index + 1) * share)));
  t.true(victims.size >= viewers.length * share, `${victims.size} of ${viewers.length}`);
  const survivors = viewers.filter(viewer => !victims.has(viewer));
  const from = Math.max(...survivors.map(({ blocks }) => blocks.at(-1)!.number)) + 1;
  for (const { program } of victims) program.signal('SIGKILL');
  const wanted = Array.from({ length: BLOCKS_AFTER }, (_, index) => from + index);
  await Promise.all(survivors.map(viewer => viewer.block(from + BLOCKS_AFTER + 6)));
  const lags = survivors.flatMap(({ blocks }) => {
    const told = new Map(blocks.map(({ number, lagMs }) => [number, lagMs]));
    return wanted.map(number => told.get(number) ?? Infinity);
  });
  const sorted = lags.toSorted((one, other) => one - other);
  const missed = (ms: number) => lags.filter(lag => lag >= ms).length;
  t.log(`${victims.size} of ${viewers.length} killed: lag p50 ${sorted[Math.floor(lags.length / 2)]} ms, p99 ${sorted[Math.floor(lags.length * 0.99)]} ms, longest ${sorted.at(-1)} ms`);
  viewers = survivors;
  return { missedAt8: missed(8000), missedAt12: missed(12_000), blocks: lags.length };
}

async function whatItDid(viewer: LiveViewer): Promise<{ readonly writtenBytes: number; readonly blocks: number }> {
  return { writtenBytes: (await writtenBytesOf(viewer.program.pid)) ?? 0, blocks: viewer.blocks.length };
}
