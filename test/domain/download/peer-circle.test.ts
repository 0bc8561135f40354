import { setImmediate } from 'node:timers/promises';
import test from 'ava';
import { VideoError } from '../../../lib/base/errors.ts';
import type { Clock } from '../../../lib/base/clock.ts';
import { PeerCircle, type OfferedPeer } from '../../../lib/domain/download/peer-circle.ts';
import type { Source, SourceFactory } from '../../../lib/domain/download/source.ts';
import { HeldParts } from '../../../lib/domain/held-parts.ts';

const PARTS = 20;
const all = Array.from({ length: PARTS }, (_, part) => part);

/** A clock whose sleepers wake when the test says so, a circle of two peers, and what it asked. */
class World implements Clock {
  readonly asked: string[] = [];
  readonly shown = new Map<string, string | undefined>();
  readonly tokens = new Map<string, string | undefined>();
  readonly held = new Map<string, readonly number[]>();
  changes = 0;
  slept: number[] = [];
  #sleepers: (() => void)[] = [];
  readonly circle: PeerCircle;

  constructor(present: readonly number[] = []) {
    this.circle = new PeerCircle({
      sources: this.#sources(),
      partCount: PARTS,
      present,
      clock: this,
      membersMax: 2,
      onChange: () => void (this.changes += 1),
      askParts: async ({ address, token }) => {
        this.asked.push(address);
        this.shown.set(address, token);
        const parts = this.held.get(address);
        if (!parts) throw new VideoError('source_unreachable', { source: address, reason: 'ECONNREFUSED' });
        return new HeldParts(PARTS, parts);
      },
    });
  }

  now(): number {
    return 0;
  }

  date(): number {
    return 0;
  }

  sleep(ms: number, { signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    this.slept.push(ms);
    return new Promise((resolve, reject) => {
      this.#sleepers.push(resolve);
      signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
  }

  /** Everybody who sleeps wakes, and does what comes next. */
  async pass(times = 1): Promise<void> {
    for (let time = 0; time < times; time += 1) {
      const sleepers = this.#sleepers;
      this.#sleepers = [];
      for (const wake of sleepers) wake();
      await setImmediate();
    }
  }

  get ids(): readonly string[] {
    return this.circle.sources.map(({ id }) => id);
  }

  #sources(): SourceFactory {
    const known = new Map<string, Source>();
    return {
      source: (id, _url, token) => {
        this.tokens.set(id, token);
        const source = known.get(id) ?? { id, read: async () => undefined, [Symbol.asyncDispose]: async () => undefined };
        known.set(id, source);
        return source;
      },
      [Symbol.asyncDispose]: async () => undefined,
    };
  }
}

const offer = (...addresses: readonly string[]): readonly OfferedPeer[] => addresses.map(address => ({ address }));

test('a peer is a source as soon as it has something, of what it has, and is asked no more when it has all', async t => {
  const world = new World();
  world.held.set('a', []);
  world.circle.offer(offer('a'));
  await world.pass(2);
  t.deepEqual(world.ids, []);
  world.held.set('a', [3]);
  await world.pass(2);
  t.deepEqual(world.ids, ['a']);
  const [{ held }] = world.circle.sources as [Source];
  t.true(held!.has(3) && !held!.has(4));
  let grew = 0;
  using _watching = held!.watch(() => void (grew += 1));
  world.held.set('a', all);
  await world.pass(2);
  t.true(held!.isWhole);
  t.is(grew, 1);
  const times = world.asked.length;
  await world.pass(5);
  t.is(world.asked.length, times);
  await world.circle[Symbol.asyncDispose]();
});

test('so many are asked and no more; who refuses, or does not answer, gives its place away and is taken back later', async t => {
  const world = new World();
  for (const address of ['a', 'b', 'c']) world.held.set(address, [0]);
  world.circle.offer(offer('a', 'b', 'c'));
  await world.pass();
  t.deepEqual(world.ids.toSorted(), ['b', 'c']);
  world.circle.observer.onSourceFailed!('c', new VideoError('source_refused', { source: 'c', status: 403 }), 1);
  await setImmediate();
  t.deepEqual(world.ids.toSorted(), ['a', 'b']);
  world.held.delete('b');
  await world.pass(4);
  t.deepEqual(world.ids.toSorted(), ['a', 'c'], 'c came back when b had gone');
  await world.circle[Symbol.asyncDispose]();
});

test('who sent a wrong part is never asked again, and who fails three times without a right part goes for a while', async t => {
  const world = new World();
  for (const address of ['a', 'b']) world.held.set(address, [0]);
  world.circle.offer(offer('a', 'b'));
  await world.pass();
  world.circle.observer.onPartCorrupt!('a', 0);
  const { onSourceRetried, onSourceReturned } = world.circle.observer;
  onSourceRetried!('b');
  onSourceRetried!('b');
  onSourceReturned!('b');
  onSourceRetried!('b');
  onSourceRetried!('b');
  t.deepEqual(world.ids, ['b']);
  onSourceRetried!('b');
  t.deepEqual(world.ids, []);
  world.circle.offer(offer('a', 'b'));
  await world.pass(3);
  t.deepEqual(world.ids, ['b']);
  await world.circle[Symbol.asyncDispose]();
});

test('each new token is shown, and who has many wanted parts is asked seldom', async t => {
  const world = new World([0, 1]);
  world.held.set('a', all.slice(0, 9));
  world.circle.offer([{ address: 'a', token: 'one' }]);
  await world.pass();
  world.circle.offer([{ address: 'a', token: 'two' }]);
  t.is(world.tokens.get('a'), 'two');
  t.is(world.shown.get('a'), 'one');
  const [often] = world.slept;
  world.held.set('a', all.slice(0, 10));
  world.slept = [];
  await world.pass();
  t.true(world.slept[0]! > often!);
  t.is(world.shown.get('a'), 'two');
  world.circle.observer.onPartKept!(9);
  world.slept = [];
  await world.pass();
  t.deepEqual(world.slept, [often]);
  await world.circle[Symbol.asyncDispose]();
});

test('those that have nothing that is wanted do not keep others out', async t => {
  const world = new World([5]);
  world.held.set('a', []);
  world.held.set('b', [5]);
  world.held.set('seed', all);
  world.circle.offer(offer('a', 'b'));
  await world.pass(5);
  t.deepEqual(world.asked.slice(-2).toSorted(), ['a', 'b'], 'while nobody waits they stay');
  world.circle.offer(offer('seed'));
  await world.pass(3);
  t.true(world.ids.includes('seed'));
  await world.circle[Symbol.asyncDispose]();
});

test('when it is closed nobody is asked any more, whoever is offered', async t => {
  const world = new World();
  world.held.set('a', [0]);
  world.circle.offer(offer('a', 'absent'));
  await world.pass(4);
  await world.circle[Symbol.asyncDispose]();
  const times = world.asked.length;
  world.circle.offer(offer('a', 'b', 'absent'));
  await world.pass(3);
  t.is(world.asked.length, times);
});
