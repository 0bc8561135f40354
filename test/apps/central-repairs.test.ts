import test from 'ava';
import * as fc from 'fast-check';
import { seededRandom } from '../../lib/base/random.ts';
import { MIB } from '../../lib/base/units.ts';
import { SimulatedCluster } from '../helpers/simulated-cluster.ts';

/** Longer than every delay, grace and pause of the simulation together. */
const QUIET_STEPS = 120;
const STEPS_MAX = 5000;

const nodeOptions = fc.record({
  totalBytes: fc.integer({ min: 20, max: 300 }),
  zone: fc.option(fc.constantFrom('a', 'b'), { nil: undefined }),
  isLazy: fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  holds: fc.array(fc.nat(11), { maxLength: 6 }),
});
const mishap = fc.record({
  step: fc.nat(150),
  node: fc.nat(6),
  kind: fc.constantFrom('stop', 'start', 'cut off', 'heard again', 'join', 'lose the disk'),
});
const scripts = fc.record({
  sizes: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 12 }),
  nodes: fc.array(nodeOptions, { minLength: 1, maxLength: 6 }),
  newcomer: nodeOptions,
  replicas: fc.integer({ min: 1, max: 3 }),
  mishaps: fc.array(mishap, { maxLength: 12 }),
});
type Script = typeof scripts extends fc.Arbitrary<infer T> ? T : never;

function clusterOf({ sizes, nodes, replicas }: Script): SimulatedCluster {
  const files = new Map(sizes.map((sizeBytes, index) => [`file ${index}`, sizeBytes]));
  const cluster = new SimulatedCluster(files, { replicas, stepMs: 1000, copyBytesPerSecond: 10 });
  // The first holds everything, has room for all and survives, so that no file is ever lost.
  cluster.join({ number: 1, totalBytes: 10_000, holds: files.keys() });
  for (const [index, { totalBytes, zone, isLazy, holds }] of nodes.entries()) {
    cluster.join({ number: index + 2, totalBytes, zone, isLazy });
    for (const file of holds.map(file => `file ${file % files.size}`)) {
      if (cluster.hasRoomFor(file, cluster.node(index + 2))) cluster.node(index + 2).held.add(file);
    }
  }
  return cluster;
}

function happen(cluster: SimulatedCluster, { kind, node }: Script['mishaps'][number], { nodes, newcomer }: Script): void {
  const number = 2 + (node % nodes.length);
  const victim = cluster.node(number);
  if (kind === 'stop') cluster.stop(number);
  else if (kind === 'start') cluster.start(number);
  else if (kind === 'cut off') victim.isCutOff = true;
  else if (kind === 'heard again') victim.isCutOff = false;
  else if (kind === 'join') {
    const { totalBytes, zone } = newcomer;
    if (cluster.nodes.length === nodes.length + 1) cluster.join({ number: nodes.length + 2, totalBytes, zone });
  } else cluster.loseDisk(number);
}

async function live(cluster: SimulatedCluster, script: Script): Promise<void> {
  let quietSteps = 0;
  for (let step = 0; quietSteps < QUIET_STEPS; step += 1) {
    if (step > STEPS_MAX) throw new Error('it never ends');
    for (const one of script.mishaps.filter(one => one.step === step)) happen(cluster, one, script);
    await cluster.step();
    quietSteps = cluster.isBusy || step < 150 ? 0 : quietSteps + 1;
  }
}

test('whatever fails, joins or fills up: no order takes what is needed, and in the end each file has its replicas, where there is room', async t => {
  await fc.assert(
    fc.asyncProperty(scripts, async script => {
      const cluster = clusterOf(script);
      await live(cluster, script);
      const heard = cluster.nodes.filter(({ isUp, isCutOff }) => isUp && !isCutOff);
      for (const file of script.sizes.map((_, index) => `file ${index}`)) {
        const holders = cluster.holdersOf(file).filter(({ isCutOff }) => !isCutOff);
        const able = heard.filter(node => !node.isLazy && cluster.hasRoomFor(file, node));
        if (holders.length > script.replicas) throw new Error(`${file} has ${holders.length} replicas`);
        // Replicas on nodes that died together a moment before another one was freed are there, but out of reach.
        if (holders.length > 0 && holders.length < script.replicas && able.length > 0) throw new Error(`${file} has ${holders.length} replicas, and ${able[0]!.number} has room`);
      }
    }),
    { numRuns: 40 },
  );
  t.pass();
});

test('what a node that drains holds is copied elsewhere before it is told as drained, and is not touched', async t => {
  const files = new Map(Array.from({ length: 30 }, (_, index) => [`file ${index}`, 5 + index]));
  const cluster = new SimulatedCluster(files, { replicas: 2, stepMs: 1000, copyBytesPerSecond: 20 });
  for (const number of [1, 2, 3]) cluster.join({ number, totalBytes: 10_000, ...(number < 3 && { holds: files.keys() }) });
  for (let step = 0; step < 60; step += 1) await cluster.step();
  cluster.drain(1);
  while (!cluster.isDrained(1)) await cluster.step();
  t.is(cluster.node(1).held.size, files.size);
  for (const file of files.keys()) t.is(cluster.holdersOf(file).length, 2, file);
});

test('the only node of a file cannot be drained', async t => {
  const cluster = new SimulatedCluster(new Map([['film', 10]]), { replicas: 2, stepMs: 1000, copyBytesPerSecond: 20 });
  cluster.join({ number: 1, totalBytes: 100, holds: ['film'] });
  cluster.drain(1);
  for (let step = 0; step < 60; step += 1) await cluster.step();
  t.false(cluster.isDrained(1));
});

test('a file of which one copy is left at hand is copied at once, others once the grace is over', async t => {
  const files = new Map([['two left', 10], ['one left', 10]]);
  const cluster = new SimulatedCluster(files, { replicas: 3, stepMs: 1000, copyBytesPerSecond: 10 });
  cluster.join({ number: 1, totalBytes: 1000, holds: files.keys() });
  cluster.join({ number: 2, totalBytes: 1000, holds: ['two left'] });
  cluster.join({ number: 3, totalBytes: 1000, holds: files.keys() });
  cluster.join({ number: 4, totalBytes: 1000, holds: ['one left'] });
  cluster.join({ number: 5, totalBytes: 1000 });
  for (let step = 0; step < 5; step += 1) await cluster.step();
  for (const number of [3, 4]) cluster.stop(number);
  const stoppedAtMs = cluster.nowMs;
  const copiedAfterMs = async (file: string, replicas: number) => {
    while (cluster.holdersOf(file).length < replicas) await cluster.step();
    return cluster.nowMs - stoppedAtMs;
  };
  t.true((await copiedAfterMs('one left', 2)) < 20_000, 'down after 15 s');
  t.true((await copiedAfterMs('one left', 3)) >= 35_000);
  t.true((await copiedAfterMs('two left', 3)) >= 35_000, 'down for 20 s');
});

test('five nodes, 1000 files, one node lost: whole again at 80 % of the allowed rate or more, nobody above 1.5 times the mean', async t => {
  const random = seededRandom(7);
  const rate = 10 * MIB;
  const files = new Map(Array.from({ length: 1000 }, (_, index) => [`file ${index}`, Math.ceil(random() * 20 * MIB)]));
  const cluster = new SimulatedCluster(files, { replicas: 3, stepMs: 100, copyBytesPerSecond: rate, ordersPerNode: 32, aheadBytes: 8 * rate });
  for (const number of [1, 2, 3, 4, 5]) cluster.join({ number, totalBytes: 1e12 });
  for (const file of files.keys()) {
    const chosen = [1, 2, 3, 4, 5].map(number => ({ number, chance: random() })).sort((a, b) => a.chance - b.chance);
    for (const { number } of chosen.slice(0, 3)) cluster.node(number).held.add(file);
  }
  for (let step = 0; step < 50; step += 1) await cluster.step();
  cluster.stop(5);
  const isWhole = () => [...files.keys()].every(file => cluster.holdersOf(file).length === 3);
  const survivors = cluster.nodes.filter(({ isUp }) => isUp);
  let begunAtMs: number | undefined;
  while (!isWhole()) {
    for (let step = 0; step < 10; step += 1) await cluster.step();
    if (survivors.some(({ receivedBytes }) => receivedBytes > 0)) begunAtMs ??= cluster.nowMs - 1000;
  }
  const received = survivors.map(({ receivedBytes }) => receivedBytes);
  const mean = received.reduce((sum, bytes) => sum + bytes, 0) / received.length;
  const used = mean / ((rate * (cluster.nowMs - begunAtMs!)) / 1000);
  t.log(`${(used * 100).toFixed(0)} % of the allowed rate, the busiest node ${(Math.max(...received) / mean).toFixed(2)} × the mean`);
  t.true(used >= 0.8);
  t.true(Math.max(...received) <= 1.5 * mean);
});
