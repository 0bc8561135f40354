import assert from 'node:assert/strict';
import test from 'ava';
import fc from 'fast-check';
import { VideoError } from '../../lib/base/errors.ts';
import { packFacts, unpackFacts } from '../../lib/domain/peer-file.ts';
import { PeerRegistry } from '../../lib/domain/peer-registry.ts';
import { NaivePeers } from '../helpers/naive-peers.ts';

// Few of each, so that they meet often.
const SETTINGS = { leaseMs: 100, peersMax: 5, namesMax: 14, filesPerPeerMax: 4 };
const NAMES = ['a.mp4', 'ç d.mp4', '__proto__', 'constructor', 'e'] as const;

const facts = {
  id: fc.option(fc.constantFrom('00'.repeat(32), '3a'.repeat(32), 'f0'.repeat(32)), { nil: undefined }),
  sizeBytes: fc.option(fc.constantFrom(0, 7, 5_000_000_000, Number.MAX_SAFE_INTEGER), { nil: undefined }),
};
const name = fc.constantFrom(...NAMES);
const files = fc.array(fc.record({ name, ...facts }), { maxLength: 6 });
const address = fc.constantFrom('127.0.0.1:1', '127.0.0.1:2', '[::1]:1', '10.0.0.1:1', '10.0.0.2:1', '10.0.0.3:1');
const peer = fc.nat(9);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('join' as const), address, isReachable: fc.boolean(), isGuarded: fc.boolean(), files }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('update' as const), peer, added: files, removed: fc.array(name, { maxLength: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('leave' as const), peer }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('reach' as const), peer, isReachable: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('distrust' as const), address, ms: fc.constantFrom(1, 40, 150) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, 30, 99, 100) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('expire' as const), namesMax: fc.nat(6) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('search' as const), name, max: fc.integer({ min: 1, max: 4 }) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** The registry, and the naive one that it has to be equal to. */
class World {
  readonly registry = new PeerRegistry(SETTINGS);
  readonly naive = new NaivePeers(SETTINGS);
  #nowMs = 0;
  #leases = 0;

  run(action: Step): void {
    const nowMs = this.#nowMs;
    switch (action.do) {
      case 'join': {
        this.#leases += 1;
        const joining = { ...action, lease: `lease ${this.#leases}`, identity: `identity ${this.#leases}` };
        return this.#both(one => one.join(joining, nowMs));
      }
      case 'update':
        return this.#both(one => one.update(this.#leaseOf(action.peer), action, nowMs));
      case 'leave':
        return this.#both(one => void one.leave(this.#leaseOf(action.peer)));
      case 'reach':
        return this.#both(one => void one.reached(this.#leaseOf(action.peer), action.isReachable, nowMs));
      case 'distrust':
        return this.#both(one => one.distrust(action.address, action.ms, nowMs));
      case 'wait':
        this.#nowMs += action.ms;
        return;
      case 'expire':
        return this.#expire(action.namesMax);
      case 'search':
        return this.#search(action.name, action.max);
      default:
        action satisfies never;
    }
  }

  /** What is told of all of them is the same. */
  check(): void {
    const told = [...this.registry.all(this.#nowMs)].map(({ address: at, isReachable, files: count, leaseLeftMs, distrustLeftMs }) => ({ at, isReachable, count, leaseLeftMs, distrustLeftMs }));
    const expected = this.naive.living(this.#nowMs).map(({ address: at, isReachable, files: own, expiresAtMs }) => {
      const distrustLeftMs = this.naive.distrustLeftMs(at, this.#nowMs);
      return { at, isReachable, count: own.size, leaseLeftMs: expiresAtMs - this.#nowMs, distrustLeftMs };
    });
    assert.deepEqual(told, expected);
    const { peers, names } = this.naive;
    const reached = peers.filter(({ isReachable }) => isReachable).length;
    assert.deepEqual(this.registry.counts, { reached, unreached: peers.length - reached, names });
    assert(names <= SETTINGS.namesMax && peers.length <= SETTINGS.peersMax);
  }

  #search(wanted: string, max: number): void {
    const holders = this.naive.holders(wanted, this.#nowMs);
    for (const { address: at } of this.naive.peers) {
      const told = this.registry.announcedAt(at, wanted, this.#nowMs);
      const { lease, identity, isGuarded, ...facts } = told ?? { lease: undefined, identity: undefined, isGuarded: undefined };
      assert.deepEqual(told && facts, holders.has(at) ? defined(holders.get(at)!.facts) : undefined);
      assert(!told || this.naive.peers.some(one => one.lease === lease && one.identity === identity && one.isGuarded === isGuarded && one.address === at));
    }
    const offers = this.registry.search(wanted, max, this.#nowMs);
    assert.equal(offers.length, Math.min(max, holders.size));
    const peerAt = (at: string) => this.naive.living(this.#nowMs).find(({ address: its, isReachable }) => its === at && isReachable)!;
    for (const { address: at, isGuarded, ...told } of offers) assert.deepEqual([told, isGuarded], [defined(holders.get(at)!.facts), peerAt(at).isGuarded]);
    const turnOf = (at: string) => holders.get(at)!.offered;
    const turns = offers.map(offer => turnOf(offer.address));
    assert.deepEqual(turns, turns.toSorted((one, other) => one - other), 'the least recently offered first');
    const others = [...holders.keys()].filter(at => !offers.some(offer => offer.address === at));
    assert(others.every(at => turnOf(at) >= Math.max(-1, ...turns)), 'nobody that waited longer was left out');
    this.naive.noteOffered(wanted, offers.map(offer => offer.address), this.#nowMs);
  }

  #expire(namesMax: number): void {
    const due = this.naive.peers.filter(({ expiresAtMs }) => expiresAtMs <= this.#nowMs).length;
    const lost = this.registry.expire(this.#nowMs, namesMax);
    assert.equal(lost.length > 0, due > 0 && namesMax > 0);
    assert(lost.length <= due);
    assert.deepEqual(this.naive.forget(lost.length), lost);
  }

  #leaseOf(index: number): string {
    return this.naive.peers[index]?.lease ?? 'nobody';
  }

  #both(act: (one: PeerRegistry | NaivePeers) => void): void {
    assert.deepEqual(outcomeOf(() => act(this.registry)), outcomeOf(() => act(this.naive)));
  }
}

test('the registry is what a naive one would be, whatever peers do', t => {
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), steps => {
        const world = new World();
        for (const action of steps) {
          world.run(action);
          world.check();
        }
      }),
      { numRuns: 1500 },
    ),
  );
});

test('what peers say of a file is kept as it is, whatever the bytes of its id', t => {
  const id = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(bytes => Buffer.from(bytes).toString('hex'));
  const any = fc.record({ id: fc.option(id, { nil: undefined }), sizeBytes: fc.option(fc.maxSafeNat(), { nil: undefined }) });
  t.notThrows(() => fc.assert(fc.property(any, told => assert.deepEqual(unpackFacts(packFacts(told)), defined(told)))));
});

test('who wants one very file is told of those that have it, and not of another under its name', t => {
  const registry = new PeerRegistry({ leaseMs: 100, peersMax: 100, namesMax: 1000, filesPerPeerMax: 10 });
  const [id, other] = ['a'.repeat(64), 'b'.repeat(64)];
  for (const [index, held] of [id, other, undefined, id, id].entries()) {
    registry.join({ lease: `${index}`, address: `10.0.0.${index}:1`, identity: '', isReachable: index !== 4, files: [{ name: 'faro.mp4', id: held }] }, 0);
  }
  const told = (nowMs: number) => registry.holdersOf({ id, name: 'faro.mp4' }, 10, nowMs).map(({ address: at }) => at).toSorted();
  t.deepEqual(told(0), ['10.0.0.0:1', '10.0.0.3:1']);
  t.is(registry.holdersOf({ id, name: 'faro.mp4' }, 1, 0).length, 1);
  registry.distrust('10.0.0.3:1', 50, 0);
  t.deepEqual(told(0), ['10.0.0.0:1']);
  t.deepEqual(told(60), ['10.0.0.0:1', '10.0.0.3:1']);
  t.deepEqual(told(100), []);
});

test('when all peers are gone nothing is left of them', t => {
  const registry = new PeerRegistry({ leaseMs: 100, peersMax: 100, namesMax: 1000, filesPerPeerMax: 10 });
  const own = Array.from({ length: 10 }, (_, index) => ({ name: `${index}.mp4` }));
  for (let round = 0; round < 3; round += 1) {
    const atMs = round * 1000;
    for (let index = 0; index < 100; index += 1) registry.join({ lease: `${round} ${index}`, address: `10.0.0.${index}:1`, identity: '', isReachable: index % 10 > 0, files: own }, atMs);
    t.deepEqual(registry.counts, { reached: 90, unreached: 10, names: 1000 });
    t.is(registry.search('3.mp4', 1000, atMs).length, 90);
    for (let index = 0; index < 50; index += 1) registry.leave(`${round} ${index}`);
    t.is(registry.search('3.mp4', 1000, atMs).length, 45);
    let lost = 0;
    let turns = 0;
    for (let gone = registry.expire(atMs + 100, 100); gone.length > 0; gone = registry.expire(atMs + 100, 100)) {
      t.is(gone.length, 10, 'no more at a time than have so many names');
      lost += gone.length;
      turns += 1;
    }
    t.deepEqual([lost, turns], [50, 5]);
    t.deepEqual(registry.counts, { reached: 0, unreached: 0, names: 0 });
    t.deepEqual(registry.search('3.mp4', 1000, atMs), []);
  }
});

function outcomeOf(act: () => void): object {
  try {
    act();
    return {};
  } catch (error) {
    if (error instanceof VideoError) return { code: error.code, facts: error.facts };
    throw error;
  }
}

/** Without what is undefined. */
function defined(told: object): object {
  return Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined));
}
