import test from 'ava';
import fc from 'fast-check';
import { seededRandom } from '../../../lib/base/random.ts';
import { LOSSES } from '../../../lib/domain/live/relay-messages.ts';
import { RelayTrees } from '../../../lib/domain/live/relay-trees.ts';
import { ROOT, SLICES, type MemberId } from '../../../lib/domain/live/stream.ts';

const ROOT_CHILDREN = 2;
const TREES = [...Array(SLICES).keys()];

const number = fc.nat({ max: 30 });
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('join'), who: number, slots: fc.constantFrom(0, 0, 4, 8, 16), isLocal: fc.boolean() }) },
  fc.record({ kind: fc.constant('remove'), who: number }),
  fc.record({ kind: fc.constant('drain'), who: number }),
  fc.record({ kind: fc.constant('limit'), who: number, slots: fc.nat({ max: 8 }) }),
  fc.record({ kind: fc.constant('setSlots'), who: number, slots: fc.constantFrom(0, 4, 8) }),
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('lost'), who: number, tree: fc.nat({ max: SLICES - 1 }), why: fc.constantFrom(...LOSSES), backup: number }) },
  fc.record({ kind: fc.constant('rebalance'), sent: fc.array(fc.nat({ max: 1000 }), { minLength: 31, maxLength: 31 }) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** What each member promised, beside the trees. */
class Swarm {
  readonly trees: RelayTrees;
  readonly slots = new Map<MemberId, number>();
  readonly leaving = new Set<MemberId>();
  /** By member and tree, as members were told. */
  readonly told = new Map<string, MemberId | undefined>();
  nowMs = 0;

  constructor(seed: number) {
    this.trees = new RelayTrees({ rootChildren: ROOT_CHILDREN, random: seededRandom(seed) });
  }

  take(step: Step): void {
    this.nowMs += 1000;
    if (step.kind === 'rebalance' && 'sent' in step) {
      this.trees.rebalance(id => step.sent[Number(id.slice(1))]!, this.nowMs);
    } else if ('who' in step) this.#takeOne(`m${step.who}`, step);
    for (const { id, tree, parent } of this.trees.takeChanges(this.nowMs)) this.told.set(`${id} ${tree}`, parent);
  }

  /** Counted by walking over everybody. */
  carried(id: MemberId): number {
    return TREES.reduce((sum, tree) => sum + [...this.slots.keys()].filter(child => this.trees.parentOf(child, tree) === id).length, 0);
  }

  #takeOne(id: MemberId, step: Exclude<Step, { sent: number[] }>): void {
    const { trees, slots, nowMs } = this;
    if (step.kind === 'join' && 'isLocal' in step) {
      if (slots.has(id)) return;
      slots.set(id, step.slots);
      trees.join({ id, slots: step.slots, isLocal: step.isLocal }, nowMs);
      return;
    }
    if (!slots.has(id)) return;
    if (step.kind === 'remove') {
      trees.remove(id, nowMs);
      slots.delete(id);
      this.leaving.delete(id);
      for (const tree of TREES) this.told.delete(`${id} ${tree}`);
    } else if (step.kind === 'drain') {
      trees.drain(id, nowMs);
      slots.set(id, 0);
      this.leaving.add(id);
    } else if ('tree' in step) {
      const parent = trees.parentOf(id, step.tree) ?? ROOT;
      trees.lost(id, step.tree, { parent, why: step.why, now: `m${step.backup}` }, nowMs);
    } else if ('slots' in step && step.kind === 'limit') {
      trees.limit(id, step.slots, nowMs);
      if (!this.leaving.has(id)) slots.set(id, step.slots);
    } else if ('slots' in step && !this.leaving.has(id)) {
      trees.setSlots(id, step.slots, nowMs);
      slots.set(id, step.slots);
    }
  }
}

function assertSound(swarm: Swarm): void {
  const { trees, slots, told } = swarm;
  const ids = [...slots.keys()];
  for (const tree of TREES) {
    for (const id of ids) {
      const above = new Set([id]);
      for (let at = trees.parentOf(id, tree); at !== undefined && at !== ROOT; at = trees.parentOf(at, tree)) {
        if (above.has(at)) throw new Error(`a loop at ${at} in tree ${tree}`);
        above.add(at);
      }
      const parent = trees.parentOf(id, tree);
      const depth = parent === undefined ? Infinity : trees.depthOf(parent, tree) + 1;
      if (trees.depthOf(id, tree) !== depth) throw new Error(`${id} does not know how deep it is in tree ${tree}`);
      if (told.get(`${id} ${tree}`) !== parent) throw new Error(`${id} was not told of ${parent} in tree ${tree}`);
    }
    const atRoot = ids.filter(id => trees.parentOf(id, tree) === ROOT);
    if (atRoot.length > ROOT_CHILDREN) throw new Error(`the root has ${atRoot.length} children in tree ${tree}`);
  }
  for (const [id, room] of slots) if (swarm.carried(id) > room) throw new Error(`${id} carries ${swarm.carried(id)} of ${room}`);
}

test('whatever happens: no loops, nobody carries more than he promised, the root neither, and everybody is told', t => {
  fc.assert(
    fc.property(fc.nat(), fc.array(step, { maxLength: 120, size: 'max' }), (seed, steps) => {
      const swarm = new Swarm(seed);
      for (const each of steps) {
        swarm.take(each);
        assertSound(swarm);
      }
    }),
    { numRuns: 60 },
  );
  t.pass();
});

test('nobody waits while somebody has room', t => {
  const calm = fc.array(fc.record({ kind: fc.constantFrom('join', 'join', 'remove', 'drain', 'setSlots'), who: number, slots: fc.constantFrom(0, 0, 4, 8), isLocal: fc.constant(false) }), { maxLength: 120, size: 'max' });
  fc.assert(
    fc.property(fc.nat(), calm, (seed, steps) => {
      const swarm = new Swarm(seed);
      for (const each of steps) swarm.take(each as Step);
      const { trees, slots } = swarm;
      for (const tree of TREES) {
        const waits = [...slots.keys()].filter(id => trees.parentOf(id, tree) === undefined);
        const isFree = (id: MemberId) => trees.depthOf(id, tree) < Infinity && swarm.carried(id) < slots.get(id)!;
        const free = [...slots.keys()].filter(isFree);
        if (waits.length > 0 && free.length > 0) throw new Error(`${waits.join()} wait in tree ${tree}, and ${free.join()} have room`);
      }
    }),
    { numRuns: 150 },
  );
  t.pass();
});

test('with enough members each feeds others in one tree only', t => {
  const trees = new RelayTrees({ rootChildren: ROOT_CHILDREN, random: seededRandom(1) });
  for (let count = 0; count < 200; count += 1) trees.join({ id: `m${count}`, slots: 8 }, 0);
  trees.rebalance(() => 0, 5000);
  for (const id of trees.ids) {
    t.true(TREES.filter(tree => trees.childrenOf(id, tree).length > 0).length <= 1, id);
    for (const tree of TREES) t.true(trees.depthOf(id, tree) <= 6);
  }
});

test('who is blamed by two feeds nobody, until his time is over', t => {
  const trees = new RelayTrees({ rootChildren: ROOT_CHILDREN, random: seededRandom(1) });
  for (let count = 0; count < 40; count += 1) trees.join({ id: `m${count}`, slots: 8 }, 0);
  const feeds = (id: MemberId) => TREES.flatMap(tree => trees.childrenOf(id, tree).map(child => ({ child, tree })));
  const bad = [...trees.ids].find(id => new Set(feeds(id).map(({ child }) => child)).size >= 2)!;
  const [first, second] = feeds(bad);
  trees.lost(first!.child, first!.tree, { parent: bad, why: 'late' }, 1000);
  t.true(feeds(bad).length > 0);
  trees.lost(second!.child, second!.tree, { parent: bad, why: 'late' }, 2000);
  t.deepEqual(feeds(bad), []);
  for (const id of trees.ids) for (const tree of TREES) t.not(trees.depthOf(id, tree), Infinity);
  for (let count = 40; count < 60; count += 1) trees.join({ id: `m${count}`, slots: 0 }, 3000);
  t.deepEqual(feeds(bad), []);
  for (let count = 60; count < 100; count += 1) trees.join({ id: `m${count}`, slots: 0 }, 60_000);
  t.true(feeds(bad).length > 0);
});

test('who sends most exchanges his role with who sends least, and nobody loses his parent for it', t => {
  const trees = new RelayTrees({ rootChildren: ROOT_CHILDREN, random: seededRandom(1) });
  for (let count = 0; count < 60; count += 1) trees.join({ id: `m${count}`, slots: 8 }, 0);
  const carried = (id: MemberId) => TREES.reduce((sum, tree) => sum + trees.childrenOf(id, tree).length, 0);
  const sent = new Map([...trees.ids].map(id => [id, 0]));
  for (let round = 1; round <= 60; round += 1) {
    for (const [id, before] of sent) sent.set(id, before + carried(id));
    trees.rebalance(id => sent.get(id)!, round * 5000);
    for (const id of trees.ids) for (const tree of TREES) if (trees.depthOf(id, tree) === Infinity) t.fail(`${id} waits`);
  }
  const amounts = [...sent.values()];
  t.true(Math.min(...amounts) > 0.6 * (amounts.reduce((sum, amount) => sum + amount, 0) / amounts.length), amounts.join());
});
