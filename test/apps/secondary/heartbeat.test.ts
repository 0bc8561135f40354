import test from 'ava';
import { Heartbeats } from '../../../lib/apps/secondary/heartbeat.ts';
import { systemClock as clock, type Clock } from '../../../lib/base/clock.ts';
import { DAY_MS } from '../../../lib/base/units.ts';
import { Doorbell } from '../../../lib/base/doorbell.ts';
import { VideoError } from '../../../lib/base/errors.ts';
import type { EventName } from '../../../lib/base/events.ts';
import { createLog } from '../../../lib/base/log.ts';
import { Inventory } from '../../../lib/domain/inventory.ts';
import type { Manifest } from '../../../lib/domain/manifest.ts';
import type { ControlClient, Heartbeat, HeartbeatAnswer, Order } from '../../../lib/protocol/control.ts';
import { limits } from '../../../lib/protocol/limits.ts';
import { eventually } from '../../helpers/eventually.ts';
import { manifestNamed, manifestOf } from '../../helpers/manifests.ts';

const quiet: HeartbeatAnswer = { revision: 0, wantedManifests: [], orders: [], nextInMs: 0 };

/** Beats against a central that is a function. */
function beat(
  answer: (heartbeat: Heartbeat) => Partial<HeartbeatAnswer>,
  {
    manifests = [],
    put = () => undefined,
    onOrders,
    onReport = () => undefined,
    nodeClock = clock,
  }: {
    readonly manifests?: readonly Manifest[];
    readonly put?: (manifest: Manifest) => Promise<void> | void;
    readonly onOrders?: (orders: readonly Order[]) => Promise<void>;
    readonly onReport?: (inventory: Inventory) => void;
    readonly nodeClock?: Clock;
  } = {},
) {
  const inventory = new Inventory('5f0c8a52-6f0d-4a8e-9a52-0c8a526f0d4a');
  const events: EventName[] = [];
  const heard: Heartbeat[] = [];
  const ordered: Order[] = [];
  const rates: (number | undefined)[] = [];
  const doorbell = new Doorbell(nodeClock);
  const central = {
    nodes: {
      heartbeat: async (heartbeat: Heartbeat) => {
        heard.push(heartbeat);
        return { ...quiet, revision: heartbeat.inventory.toRevision, ...answer(heartbeat) };
      },
    },
    manifests: { put: async (manifest: Manifest) => put(manifest) },
  } as unknown as ControlClient;
  const heartbeats = new Heartbeats({
    central,
    centralUrl: 'http://central',
    inventory,
    manifests: {
      get: async id => manifests.find(manifest => manifest.id === id),
      put: async () => undefined,
      ids: async () => new Set(),
    },
    probe: async () => undefined,
    report: async () => {
      onReport(inventory);
      return {
        number: 1,
        identity: '5f0c8a52-6f0d-4a8e-9a52-0c8a526f0d4a',
        version: '0',
        port: 1,
        freeBytes: 0,
        totalBytes: 0,
        files: 0,
        activeRequests: 0,
        copying: [],
      };
    },
    onOrders:
      onOrders ??
      ((orders, { copyBytesPerSecond }) => {
        ordered.push(...orders);
        rates.push(copyBytesPerSecond);
      }),
    doorbell,
    clock: nodeClock,
    random: () => 0,
    log: createLog((_level, event) => void events.push(event)),
  });
  const stop = new AbortController();
  const running = heartbeats.run(stop.signal);
  return {
    heartbeats,
    inventory,
    events,
    heard,
    ordered,
    rates,
    doorbell,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}

test('a large inventory goes in slices, and goes on from what the central knows', async t => {
  const files = limits.inventorySliceMaxFiles * 2 + 5;
  await using node = beat(() => ({}));
  for (let file = 0; file < files; file += 1) node.inventory.put({ name: `${file}`, id: '0'.repeat(64), sizeBytes: 0 });
  await eventually('all was told', () => node.heard.at(-1)?.inventory.fromRevision === node.inventory.revision);
  const told = node.heard.flatMap(({ inventory }) => inventory.added.map(({ name }) => name));
  t.is(told.length, files);
  t.is(new Set(told).size, files);
  t.true(node.heard.every(({ inventory }) => inventory.added.length <= limits.inventorySliceMaxFiles));
});

test('a central that forgot is told everything again', async t => {
  let forgets = false;
  await using node = beat(() => (forgets ? { revision: 0 } : {}));
  node.inventory.put({ name: 'film', id: '0'.repeat(64), sizeBytes: 0 });
  await eventually('told', () => node.heard.at(-1)?.inventory.fromRevision === node.inventory.revision);
  forgets = true;
  await eventually('told again', () => node.heard.at(-1)?.inventory.fromRevision === 0);
  forgets = false;
  t.is(node.heard.at(-1)?.inventory.added[0]?.name, 'film');
});

test('a failure is told once, tried again, and the return is told once', async t => {
  let isDown = true;
  await using node = beat(() => {
    if (isDown) throw new VideoError('central_unreachable', { address: 'http://central' });
    return {};
  });
  await eventually('it was tried again', () => node.heard.length >= 3);
  t.is(node.heartbeats.central, 'lost');
  isDown = false;
  await eventually('reached', () => node.heartbeats.central === 'reached');
  t.deepEqual(node.events, ['central.lost', 'central.reached']);
});

test('a number that is taken is said to be so, once', async t => {
  await using node = beat(() => {
    throw new VideoError('node_conflict', { number: 1 });
  });
  await eventually('it was tried again', () => node.heard.length >= 3);
  t.deepEqual(node.events, ['number.taken']);
});

test('orders of an answer that was on its way while the machine slept are not carried out, and those of the next one are', async t => {
  let asleepMs = 0;
  const nodeClock: Clock = { now: () => clock.now(), date: () => clock.date() + asleepMs, sleep: (ms, options) => clock.sleep(ms, options) };
  const drop = (name: string): Order => ({ type: 'drop', id: '0'.repeat(64), name, reason: 'surplus' });
  let beats = 0;
  await using node = beat(
    () => {
      beats += 1;
      if (beats > 1) return { orders: [drop('of now')] };
      asleepMs = DAY_MS;
      return { orders: [drop('of yesterday')] };
    },
    { nodeClock },
  );
  await eventually('orders', () => node.ordered.length > 0);
  t.deepEqual(node.ordered[0], drop('of now'));
});

test('what copies may take is passed on with each answer, also that there is no limit', async t => {
  let copyBytesPerSecond: number | undefined = 1000;
  await using node = beat(() => ({ ...(copyBytesPerSecond !== undefined && { copyBytesPerSecond }) }));
  await eventually('told', () => node.rates.at(-1) === 1000);
  copyBytesPerSecond = undefined;
  await eventually('told again', () => node.rates.length > 1 && node.rates.at(-1) === undefined);
  t.pass();
});

test('a node that was retired is told so once, and keeps asking', async t => {
  await using node = beat(() => {
    throw new VideoError('node_retired', { number: 1 });
  });
  await eventually('it was tried again', () => node.heard.length >= 3);
  t.deepEqual(node.events, ['number.retired']);
});

test('wanted manifests are sent; one that the central refuses holds back neither the others nor the heartbeats', async t => {
  const refused = manifestOf(Buffer.from('refused'));
  const fine = manifestOf(Buffer.from('fine'));
  const sent: string[] = [];
  await using node = beat(() => ({ wantedManifests: ['f'.repeat(64), refused.id, fine.id] }), {
    manifests: [refused, fine],
    put(manifest) {
      if (manifest.id === refused.id) throw new VideoError('invalid_manifest', { reason: 'hash' });
      sent.push(manifest.id);
    },
  });
  await eventually('sent', () => sent.includes(fine.id));
  await eventually('the next heartbeat', () => node.heard.length > 1);
  t.is(node.heartbeats.central, 'reached');
});

test('a node that has much to describe, and takes long for it, is heard in between', async t => {
  const files = [1, 2, 3].map(seed => manifestNamed(`${seed}.mp4`, seed));
  const described = new Set<string>();
  await using node = beat(() => ({ wantedManifests: files.map(({ id }) => id).filter(id => !described.has(id)) }), {
    manifests: files,
    async put({ id }) {
      // A timer may end a little before its time.
      await clock.sleep(1.1 * limits.heartbeatEveryMs);
      described.add(id);
    },
  });
  await eventually('the next heartbeat', () => node.heard.length > 1);
  t.is(described.size, 1);
});

test('orders are passed on', async t => {
  const order: Order = { type: 'copy', id: '0'.repeat(64), name: 'film', sizeBytes: 1, sources: [{ node: 2, url: 'http://node' }] };
  await using node = beat(() => ({ orders: [order] }));
  await eventually('ordered', () => node.ordered.length > 0);
  t.deepEqual(node.ordered[0], order);
});

test('news does not wait for the next heartbeat to be due', async t => {
  await using node = beat(() => ({ nextInMs: 60_000 }));
  await eventually('the first', () => node.heard.length === 1);
  const startedAtMs = performance.now();
  node.inventory.put({ name: 'film', id: '0'.repeat(64), sizeBytes: 0 });
  node.doorbell.ring();
  await eventually('the news', () => node.heard.at(-1)?.inventory.added[0]?.name === 'film');
  t.true(performance.now() - startedAtMs < limits.heartbeatEveryMs);
});

test('the inventory is taken after the report: a copy that ends in between is announced', async t => {
  const file = manifestOf(Buffer.from('copied'), 'copied.mp4');
  await using node = beat(() => ({}), { onReport: inventory => inventory.put(file) });
  await eventually('a heartbeat', () => node.heard.length > 0);
  t.deepEqual(node.heard[0]!.inventory.added.map(({ name }) => name), ['copied.mp4']);
});

test('the next heartbeat waits until the orders of the last answer are carried out', async t => {
  const story: string[] = [];
  const longerThanTheGapMs = 40;
  await using node = beat(() => ({}), {
    onReport: () => void story.push('told'),
    onOrders: async () => {
      await clock.sleep(longerThanTheGapMs);
      story.push('obeyed');
    },
  });
  await eventually('three heartbeats', () => node.heard.length > 2);
  t.deepEqual(story.slice(0, 5), ['told', 'obeyed', 'told', 'obeyed', 'told']);
});
