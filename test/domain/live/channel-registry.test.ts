import assert from 'node:assert/strict';
import test from 'ava';
import fc from 'fast-check';
import { isVideoError } from '../../../lib/base/errors.ts';
import { ChannelRegistry, type AnnouncedChannel } from '../../../lib/domain/live/channel-registry.ts';

// Few of each, so that they meet often.
const SETTINGS = { leaseMs: 100, channelsMax: 3 };

const told = fc.record({
  lease: fc.constantFrom('a', 'b', 'c', 'd'),
  name: fc.constantFrom('faro.mp4', 'mar.mkv'),
  channel: fc.nat(1),
  host: fc.constantFrom('10.0.0.1', '::1'),
  port: fc.constant(6060),
  relayPort: fc.constantFrom(6061, 7061),
  viewers: fc.nat(3),
  stream: fc.constant('k'),
});
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('announce' as const), told }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('withdraw' as const), lease: fc.constantFrom('a', 'b', 'c', 'd') }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, 40, 99, 100) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('expire' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** What was announced last at each place, whenever. */
interface Known {
  readonly told: AnnouncedChannel;
  readonly sinceMs: number;
  readonly atMs: number;
}

const placeOf = ({ host, relayPort, channel }: Pick<AnnouncedChannel, 'host' | 'relayPort' | 'channel'>) => `${host} ${relayPort} ${channel}`;

/** The registry, and a naive one that it has to be equal to. */
class World {
  readonly registry = new ChannelRegistry(SETTINGS);
  #known: readonly Known[] = [];
  #nowMs = 1000;

  run(action: Step): void {
    switch (action.do) {
      case 'announce':
        this.#announce(action.told);
        break;
      case 'withdraw': {
        const gone = this.#known.find(one => one.told.lease === action.lease);
        assert.equal(this.registry.withdraw(action.lease)?.name, gone?.told.name);
        this.#known = this.#known.filter(one => one !== gone);
        break;
      }
      case 'wait':
        this.#nowMs += action.ms;
        break;
      case 'expire': {
        const lost = this.#known.filter(one => !this.#lives(one));
        assert.deepEqual(new Set(this.registry.expire(this.#nowMs).map(placeOf)), new Set(lost.map(one => placeOf(one.told))));
        this.#known = this.#known.filter(one => this.#lives(one));
        break;
      }
    }
    this.#compare();
  }

  #announce(channel: AnnouncedChannel): void {
    const before = this.#known.find(one => placeOf(one.told) === placeOf(channel));
    const others = this.#known.filter(one => one !== before && one.told.lease !== channel.lease);
    const isFull = !before && others.length === this.#known.length && this.#known.length >= SETTINGS.channelsMax;
    try {
      const { isNew } = this.registry.announce(channel, this.#nowMs, this.#nowMs);
      assert.ok(!isFull);
      assert.equal(isNew, !before || before.told.lease !== channel.lease || !this.#lives(before));
      this.#known = [...others, { told: channel, sinceMs: isNew ? this.#nowMs : before!.sinceMs, atMs: this.#nowMs }];
    } catch (error) {
      assert.ok(isFull && isVideoError(error, 'channels_full'), String(error));
    }
  }

  #lives({ atMs }: Known): boolean {
    return this.#nowMs - atMs < SETTINGS.leaseMs;
  }

  #compare(): void {
    const living = this.#known.filter(one => this.#lives(one)).map(({ told: { lease: _lease, ...facts }, sinceMs }) => ({ ...facts, sinceMs }));
    const listed = this.registry.all(this.#nowMs).map(({ id: _id, ...facts }) => facts);
    const byPlace = (a: { readonly host: string; readonly relayPort: number; readonly channel: number }, b: typeof a) => (placeOf(a) < placeOf(b) ? -1 : 1);
    assert.deepEqual(listed.toSorted(byPlace), living.toSorted(byPlace));
    for (const channel of this.registry.all(this.#nowMs)) assert.deepEqual(this.registry.find(channel.id, this.#nowMs), channel);
  }
}

test('whatever broadcasters say, those are on the air who were heard of in time, each place once', t => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), steps => {
      const world = new World();
      for (const one of steps) world.run(one);
    }),
  );
  t.pass();
});

test('whoever broadcasts again at the same place has the same address on the page, and is on the air since then', t => {
  const registry = new ChannelRegistry(SETTINGS);
  const channel = { name: 'faro.mp4', channel: 0, host: '10.0.0.1', port: 6060, relayPort: 6061, viewers: 0, stream: 'k' };
  const first = registry.announce({ ...channel, lease: 'a' }, 0, 5000);
  const second = registry.announce({ ...channel, lease: 'b' }, 10, 5010);
  t.is(second.channel.id, first.channel.id);
  t.regex(first.channel.id, /^[0-9a-f]{16}$/);
  t.deepEqual([first.isNew, second.isNew], [true, true]);
  t.is(second.channel.sinceMs, 5010);
  t.is(registry.withdraw('a'), undefined, 'who was there before has nothing to take away');
  t.is(registry.all(20).length, 1);
});

test('nobody is told the lease of another', t => {
  const registry = new ChannelRegistry(SETTINGS);
  registry.announce({ lease: 'secret', name: 'faro.mp4', channel: 0, host: '10.0.0.1', port: 6060, relayPort: 6061, viewers: 0, stream: 'k' }, 0, 0);
  t.false(JSON.stringify(registry.all(0)).includes('secret'));
});
