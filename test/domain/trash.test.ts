import assert from 'node:assert/strict';
import test from 'ava';
import fc from 'fast-check';
import type { Catalog } from '../../lib/domain/catalog.ts';
import { openCatalog } from '../../lib/io/catalog/open.ts';
import { manifestNamed } from '../helpers/manifests.ts';
import { SimulatedTrashNode, type Mishap } from '../helpers/simulated-trash-node.ts';

// Few of each, so that they meet often.
const contents = [1, 2, 3].map(seed => manifestNamed(`v${seed}.mp4`, seed));
const names = ['a.mp4', 'b.mp4', 'c.mp4'];
const KEPT_MS = 5;

const node = fc.integer({ min: 0, max: 2 });
const name = fc.constantFrom(...names);
const content = fc.integer({ min: 0, max: 2 });
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('put' as const), node, name, content }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('remove' as const), name }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('restore' as const), name, as: fc.option(name, { nil: undefined }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('rename' as const), name, to: name }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('copy' as const), node, name }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('end copies' as const), node }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('away' as const), node }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('back' as const), node }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('beat' as const), node, mishap: fc.constantFrom<Mishap>('answer lost', 'late', 'late', 'killed') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('week' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** The system, and beside it what a person would expect: names, and removals that can be restored. */
class World {
  readonly catalog: Catalog;
  readonly nodes = [1, 2, 3].map(number => new SimulatedTrashNode(number));
  readonly expected = new Map<string, string>();
  removed: { name: string; id: string; expiresAtMs: number }[] = [];
  nowMs = 100;

  constructor(catalog: Catalog) {
    this.catalog = catalog;
  }

  async run(action: Step): Promise<void> {
    this.nowMs += 1;
    const { catalog, nowMs, expected } = this;
    switch (action.do) {
      case 'put': {
        const { id } = contents[action.content]!;
        const target = this.nodes[action.node]!;
        const stands = expected.get(action.name);
        // Other bytes under a name that is taken would be a conflict; another test has those.
        // The same file put beside a copy of it that is still running cannot be told from the copy.
        if (target.copying.has(id)) return;
        if (target.isAway || target.folder.has(action.name) || (stands !== undefined && stands !== id)) return;
        target.put(action.name, id);
        this.#give(action.name, id);
        return;
      }
      case 'remove': {
        const id = expected.get(action.name);
        const trashed = await catalog.remove(action.name, { nowMs, keptMs: KEPT_MS });
        assert.equal(trashed?.id, id);
        if (id === undefined) return;
        expected.delete(action.name);
        this.removed.push({ name: action.name, id, expiresAtMs: nowMs + KEPT_MS });
        return;
      }
      case 'restore': {
        const found = this.removed.findLast(entry => entry.name === action.name);
        const as = action.as ?? action.name;
        const { outcome } = await catalog.restore({ name: action.name }, { as: action.as, nowMs });
        assert.equal(outcome, !found ? 'absent' : expected.has(as) ? 'taken' : 'done');
        if (outcome !== 'done') return;
        this.removed = this.removed.filter(entry => entry !== found);
        this.#give(as, found!.id);
        return;
      }
      case 'rename': {
        const id = expected.get(action.name);
        const { outcome } = await catalog.rename(action.name, action.to, nowMs);
        assert.equal(outcome, id === undefined ? 'absent' : expected.has(action.to) ? 'taken' : 'done');
        if (outcome !== 'done') return;
        expected.delete(action.name);
        this.#give(action.to, id!);
        return;
      }
      case 'copy': {
        const id = expected.get(action.name);
        const target = this.nodes[action.node]!;
        if (id !== undefined && !target.isAway && ![...target.folder.values()].includes(id)) target.copying.set(id, action.name);
        return;
      }
      case 'end copies':
        for (const id of this.nodes[action.node]!.copying.keys()) this.nodes[action.node]!.endCopy(id);
        return;
      case 'away':
        this.nodes[action.node]!.isAway = true;
        return;
      case 'back':
        this.nodes[action.node]!.isAway = false;
        this.nodes[action.node]!.restart();
        return;
      case 'beat':
        if (!this.nodes[action.node]!.isAway) await this.nodes[action.node]!.beat(catalog, nowMs, action.mishap);
        return;
      case 'week':
        this.nowMs += KEPT_MS;
        await catalog.expireTrash(this.nowMs);
        this.removed = this.removed.filter(({ expiresAtMs }) => expiresAtMs > this.nowMs);
        return;
      default:
        action satisfies never;
    }
  }

  /** Heartbeats of who is there, until nothing is left to do. */
  async settle(): Promise<void> {
    const present = this.nodes.filter(({ isAway }) => !isAway);
    for (let round = 0, quiet = 0; quiet < 2; round += 1) {
      assert.ok(round < 30, 'orders without end');
      let orders = 0;
      for (const target of present) orders += await target.beat(this.catalog, this.nowMs);
      quiet = orders === 0 ? quiet + 1 : 0;
    }
  }

  async check(): Promise<void> {
    const { items } = await this.catalog.list({ limit: 100 });
    assert.deepEqual(new Map(items.map(({ name: listed, id }) => [listed, id])), new Map([...this.expected].sort()));
    const trash = await this.catalog.trash({ limit: 100 });
    assert.deepEqual(trash.items.map(({ name: removed, id }) => ({ name: removed, id })).toReversed(), this.removed.map(({ name: removed, id }) => ({ name: removed, id })));
    // Nobody who is away could have the only bytes of it freed, so everything that counts is somewhere.
    const somewhere = new Set(this.nodes.flatMap(({ folder, trash: kept }) => [...folder.values(), ...kept]));
    for (const { id } of [...items, ...trash.items]) assert.ok(somewhere.has(id), 'bytes that count are gone');
  }

  /** With everybody back and every copy at its end: nothing is missing, and nothing is left over. */
  async checkAtRest(): Promise<void> {
    for (const target of this.nodes) {
      for (const id of target.copying.keys()) target.endCopy(id);
      target.isAway = false;
    }
    await this.settle();
    await this.check();
    const live = new Set(this.expected.values());
    const restorable = new Set(this.removed.map(({ id }) => id));
    const inFolders = new Set(this.nodes.flatMap(({ folder }) => [...folder.values()]));
    for (const id of live) assert.ok(inFolders.has(id), 'a video that nobody has in its folder');
    for (const { number, folder, trash } of this.nodes) {
      for (const id of folder.values()) assert.ok(live.has(id), `node ${number} has a removed file in its folder`);
      for (const id of trash) assert.ok(restorable.has(id), `node ${number} has bytes that nobody can restore`);
    }
  }

  #give(given: string, id: string): void {
    this.expected.set(given, id);
    this.removed = this.removed.filter(entry => entry.name !== given || entry.id !== id);
  }
}

test('whatever is put, removed, restored, renamed and away: names are as expected, no bytes are lost, none are left over', async t => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(step, fc.boolean()), { minLength: 5, maxLength: 40, size: 'max' }), async steps => {
      await using catalog = await openCatalog('memory:');
      for (const manifest of contents) await catalog.putManifest(manifest, 1);
      const world = new World(catalog);
      for (const target of world.nodes) await target.beat(catalog, 1);
      for (const [action, isFollowedByHeartbeats] of steps) {
        // A file that is put where nobody knows yet that it was removed may be the old one.
        const isPut = action.do === 'put';
        if (isPut) await world.settle();
        await world.run(action);
        if (isPut || isFollowedByHeartbeats) await world.settle();
        await world.check();
      }
      await world.checkAtRest();
    }),
    { numRuns: 3000, interruptAfterTimeLimit: 8000 },
  );
  t.pass();
});
