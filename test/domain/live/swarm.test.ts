import test, { type ExecutionContext } from 'ava';
import { SECOND_MS } from '../../../lib/base/units.ts';
import { jainIndex } from '../../../lib/domain/live/fairness.ts';
import { SimulatedSwarm, type ViewerPlan, type Watched } from '../../helpers/simulated-swarm.ts';

const BLOCK_BYTES = 500_000;
const STREAM_BYTES_PER_MS = BLOCK_BYTES / 2000;
/** What went on the air later has not had its time yet. */
const JUDGED_MS = 16 * SECOND_MS;

const usual: ViewerPlan = { retransmissions: 2, latencyMs: 20, upBytesPerMs: 3 * STREAM_BYTES_PER_MS, downBytesPerMs: 6 * STREAM_BYTES_PER_MS };

/** So many come within three seconds, and half a minute passes. */
function settled(viewers: number, seed: number, planOf: (index: number) => ViewerPlan = () => usual): SimulatedSwarm {
  const swarm = new SimulatedSwarm({ seed, blockBytes: BLOCK_BYTES });
  swarm.runFor(6 * SECOND_MS);
  for (let index = 0; index < viewers; index += 1) {
    swarm.add(planOf(index));
    swarm.runFor((3 * SECOND_MS) / viewers);
  }
  swarm.runFor(30 * SECOND_MS);
  return swarm;
}

function killSome(swarm: SimulatedSwarm, share: number): void {
  const ids = [...swarm.viewers.keys()];
  for (let count = Math.round(ids.length * share); count > 0; count -= 1) swarm.kill(ids.splice(Math.floor(swarm.random() * ids.length), 1)[0]!);
}

/** Of the blocks that went on the air since then, the share that those viewers did not have after so long. */
function missedShare(swarm: SimulatedSwarm, fromMs: number, afterMs: number, viewers: Iterable<Watched> = swarm.viewers.values()): number {
  const delays = [...viewers].flatMap(viewer => swarm.delaysOf(viewer, fromMs, swarm.nowMs - JUDGED_MS));
  if (delays.length === 0) throw new Error('nothing was on the air');
  return delays.filter(ms => ms > afterMs).length / delays.length;
}

function allPlay(t: ExecutionContext, swarm: SimulatedSwarm, fromMs: number, viewers?: readonly Watched[]): void {
  t.is(missedShare(swarm, fromMs, 12 * SECOND_MS, viewers), 0);
}

for (const viewers of [30, 200]) {
  for (const seed of [1, 2, 3]) {
    test(`${viewers} viewers, 10 % killed at once: nobody else misses a block at 12 s, and one of a thousand at the most at 8 s (${seed})`, t => {
      const swarm = settled(viewers, seed);
      const fromMs = swarm.nowMs - 10 * SECOND_MS;
      killSome(swarm, 0.1);
      swarm.runFor(50 * SECOND_MS);
      t.is(missedShare(swarm, fromMs, 12 * SECOND_MS), 0);
      t.true(missedShare(swarm, fromMs, 8 * SECOND_MS) <= 0.001);
    });

    test(`${viewers} viewers, a quarter killed at once: nobody else misses a block at 12 s (${seed})`, t => {
      const swarm = settled(viewers, seed);
      const fromMs = swarm.nowMs - 10 * SECOND_MS;
      killSome(swarm, 0.25);
      swarm.runFor(50 * SECOND_MS);
      allPlay(t, swarm, fromMs);
    });
  }

  test(`${viewers} viewers that promise the same send the same over two minutes, and the root no more than 2.5 times the stream`, t => {
    const swarm = settled(viewers, 4);
    const [fromMs, rootBytes] = [swarm.nowMs, swarm.rootBytes];
    const sent = new Map(swarm.all.map(viewer => [viewer, viewer.sentBytes]));
    swarm.runFor(120 * SECOND_MS);
    t.true(jainIndex(swarm.all.map(viewer => viewer.sentBytes - sent.get(viewer)!)) >= 0.95);
    t.true(swarm.rootBytes - rootBytes <= 2.5 * STREAM_BYTES_PER_MS * (swarm.nowMs - fromMs));
    allPlay(t, swarm, fromMs);
  });
}

for (const viewers of [1, 2, 3, 4, 5, 9]) {
  test(`${viewers} who come at the same moment all play`, t => {
    const swarm = new SimulatedSwarm({ seed: viewers });
    swarm.runFor(6 * SECOND_MS);
    for (let count = 0; count < viewers; count += 1) swarm.add({ retransmissions: 2, latencyMs: 20 });
    swarm.runFor(40 * SECOND_MS);
    allPlay(t, swarm, 8 * SECOND_MS);
  });
}

test('viewers behind NAT are fed and feed nobody, and the others play on', t => {
  const swarm = settled(40, 5, index => ({ ...usual, isBehindNat: index % 3 === 0 }));
  const fromMs = swarm.nowMs;
  swarm.runFor(40 * SECOND_MS);
  allPlay(t, swarm, fromMs);
  for (const { plan, sentBytes, states } of swarm.all) {
    t.is(states.includes('joined to watch only'), plan.isBehindNat === true);
    if (plan.isBehindNat) t.is(sentBytes, 0);
  }
});

test('those who promise 0, 1, 2 and 4 play together, and nobody sends more than he promised', t => {
  const swarm = settled(60, 6, index => ({ ...usual, upBytesPerMs: 6 * STREAM_BYTES_PER_MS, retransmissions: [0, 1, 2, 4][index % 4]! }));
  const fromMs = swarm.nowMs;
  const sent = new Map(swarm.all.map(viewer => [viewer, viewer.sentBytes]));
  swarm.runFor(60 * SECOND_MS);
  allPlay(t, swarm, fromMs);
  // One block more at both ends.
  const most = STREAM_BYTES_PER_MS * (swarm.nowMs - fromMs) + 2 * BLOCK_BYTES;
  for (const viewer of swarm.all) t.true(viewer.sentBytes - sent.get(viewer)! <= viewer.plan.retransmissions * most);
});

test('when all promise nothing, as many play as the root feeds; the others wait, and play as soon as there is room', t => {
  const swarm = settled(6, 7, () => ({ ...usual, retransmissions: 0 }));
  const fromMs = swarm.nowMs;
  swarm.runFor(40 * SECOND_MS);
  const plays = (viewer: Watched) => swarm.delaysOf(viewer, fromMs, swarm.nowMs - JUDGED_MS).every(ms => ms < 12 * SECOND_MS);
  t.is(swarm.all.filter(plays).length, 2);
  for (const { states, relay } of swarm.all.filter(viewer => !plays(viewer))) {
    t.deepEqual(states, ['joined to watch only']);
    t.true(relay.parents.includes(undefined));
  }
  swarm.add(usual);
  swarm.runFor(10 * SECOND_MS);
  const withRoomMs = swarm.nowMs;
  swarm.runFor(40 * SECOND_MS);
  t.is(swarm.all.filter(viewer => swarm.delaysOf(viewer, withRoomMs, swarm.nowMs - JUDGED_MS).every(ms => ms < 12 * SECOND_MS)).length, 4);
});

test('a viewer that is stopped for 5 s goes on afterwards, and nobody else misses anything', t => {
  const swarm = settled(30, 8);
  const fromMs = swarm.nowMs;
  const paused = [...swarm.viewers.values()].find(({ relay }) => relay.children.length > 2)!;
  swarm.pause(paused.id, 5 * SECOND_MS);
  swarm.runFor(50 * SECOND_MS);
  allPlay(t, swarm, fromMs, swarm.all.filter(viewer => viewer !== paused));
  allPlay(t, swarm, fromMs + 8 * SECOND_MS, [paused]);
  t.deepEqual(paused.states, ['joined']);
});

test('a viewer whose cable is cut is replaced, and nobody else misses anything', t => {
  const swarm = settled(30, 9);
  const fromMs = swarm.nowMs;
  const cut = [...swarm.viewers.values()].find(({ relay }) => relay.children.length > 2)!;
  swarm.kill(cut.id, { isSilent: true });
  swarm.runFor(50 * SECOND_MS);
  allPlay(t, swarm, fromMs);
  t.false(swarm.root.viewers.some(({ id }) => id === cut.id));
});

test('who alters what he relays is left by all, and nobody else misses anything', t => {
  const swarm = settled(30, 10, index => ({ ...usual, isLiar: index === 3 }));
  const fromMs = swarm.nowMs;
  swarm.runFor(40 * SECOND_MS);
  allPlay(t, swarm, fromMs);
  t.is(swarm.all[3]!.relay.children.length, 0);
});

test('who holds back what he relays by 5 s is left, and nobody else misses anything', t => {
  const swarm = settled(30, 11, index => ({ ...usual, ...(index === 3 && { heldBackMs: 5 * SECOND_MS }) }));
  const fromMs = swarm.nowMs;
  swarm.runFor(60 * SECOND_MS);
  allPlay(t, swarm, fromMs);
});

test('on a slow line some miss blocks, and nobody else does', t => {
  const isSlow = (index: number) => index % 15 === 7;
  const swarm = settled(60, 12, index => (isSlow(index) ? { ...usual, upBytesPerMs: 0.8 * STREAM_BYTES_PER_MS, downBytesPerMs: 1.2 * STREAM_BYTES_PER_MS } : usual));
  const fromMs = swarm.nowMs;
  swarm.runFor(90 * SECOND_MS);
  allPlay(t, swarm, fromMs, swarm.all.filter((_, index) => !isSlow(index)));
  t.true(missedShare(swarm, fromMs + 30 * SECOND_MS, 12 * SECOND_MS, swarm.all.filter((_, index) => isSlow(index))) < 0.5);
});

for (const isSilent of [false, true]) {
  test(`when the root ${isSilent ? 'falls silent' : 'ends'} and begins another stream, everybody is told and plays that one`, t => {
    const swarm = settled(30, 13);
    swarm.killRoot({ isSilent });
    swarm.runFor(10 * SECOND_MS);
    for (const { states } of swarm.all) t.deepEqual(states, ['joined', 'away']);
    swarm.restartRoot();
    swarm.runFor(15 * SECOND_MS);
    const fromMs = swarm.nowMs;
    for (const { states } of swarm.all) t.deepEqual(states, ['joined', 'away', 'joined']);
    swarm.runFor(40 * SECOND_MS);
    allPlay(t, swarm, fromMs);
  });
}

test('when everybody goes and others come, those who come play', t => {
  const swarm = settled(30, 14);
  for (const [index, { id }] of [...swarm.all].entries()) {
    if (index % 2 === 0) swarm.leave(id);
    else swarm.kill(id);
    swarm.add(usual);
    swarm.runFor(0.3 * SECOND_MS);
  }
  const fromMs = swarm.nowMs + 5 * SECOND_MS;
  swarm.runFor(60 * SECOND_MS);
  t.is(swarm.viewers.size, 30);
  t.is(swarm.root.viewers.length, 30);
  allPlay(t, swarm, fromMs);
});

test('who says that he goes is missed by nobody: not one slice has to be asked for', t => {
  const swarm = settled(30, 15);
  const fromMs = swarm.nowMs;
  for (const { id } of [...swarm.viewers.values()].slice(5, 10)) swarm.leave(id);
  swarm.runFor(40 * SECOND_MS);
  t.is(swarm.viewers.size, 25);
  t.is(missedShare(swarm, fromMs, 4 * SECOND_MS), 0);
});
