import test from 'ava';
import * as fc from 'fast-check';
import { KEPT_MS, Shelf, SHELF_MAX_BLOCKS, SHOWN_MIN } from '../../../lib/domain/live/shelf.ts';
import type { MissedBlocks, ShelfBlock } from '../../../lib/domain/live/shelf-block.ts';
import { demand } from '../../helpers/demand.ts';

const BLOCK_MS = 2000;
const DELAY_MS = 8000;
const TICK_MS = 500;
const PLAYER = 'mpv';

function block(number: number, { stream = 'a', sizeBytes = 1000, isBeginning = false } = {}): ShelfBlock {
  return { key: `${stream}-${number}`, stream, number, startMs: number * BLOCK_MS, durationMs: BLOCK_MS, isBeginning, sizeBytes, path: `${stream}-${number}.mp4` };
}

const dueOf = ({ startMs }: ShelfBlock) => startMs + DELAY_MS;

/** A shelf, what it told, and a clock of its own. */
class Site {
  readonly toldShown: number[] = [];
  readonly missed: MissedBlocks[] = [];
  readonly discarded: string[] = [];
  readonly removed: string[] = [];
  readonly shelf: Shelf;
  nowMs = 0;

  constructor(options: { readonly maxBytes?: number } = {}) {
    const observer = {
      shown: ({ number }: ShelfBlock) => void this.toldShown.push(number),
      missed: (blocks: MissedBlocks) => void this.missed.push(blocks),
      discarded: ({ key }: ShelfBlock) => void this.discarded.push(key),
      removed: ({ key }: ShelfBlock) => void this.removed.push(key),
    };
    this.shelf = new Shelf(observer, options);
    this.shelf.advance(0);
  }

  add(one: ShelfBlock, dueMs = dueOf(one)) {
    return this.shelf.add(one, dueMs, this.nowMs);
  }

  /** As a program does: a look at a time. */
  pass(ms: number): void {
    for (const endMs = this.nowMs + ms; this.nowMs < endMs; ) {
      this.nowMs += Math.min(TICK_MS, endMs - this.nowMs);
      this.shelf.advance(this.nowMs);
    }
  }

  passUntil(ms: number): void {
    this.pass(ms - this.nowMs);
  }

  /** Each block arrives when the origin sends it. */
  broadcast(first: number, last: number, options: Parameters<typeof block>[1] = {}): void {
    for (let number = first; number <= last; number += 1) {
      this.passUntil(number * BLOCK_MS);
      this.add(block(number, options));
    }
  }

  /** Key of what is shown, `|` before a discontinuity. */
  get shown(): readonly string[] {
    return this.shelf.shown().entries.map(({ item, isDiscontinuity }) => `${isDiscontinuity ? '|' : ''}${item.key}`);
  }
}

test('a block is shown when it is due, not before', t => {
  const site = new Site();
  site.add(block(0));
  site.passUntil(DELAY_MS - 1);
  t.deepEqual(site.shown, []);
  t.deepEqual(site.shelf.waiting.map(({ number }) => number), [0]);
  site.passUntil(DELAY_MS);
  t.deepEqual(site.shown, ['a-0']);
  t.deepEqual(site.toldShown, [0]);
  t.deepEqual(site.shelf.waiting, []);
  t.is(site.shelf.bytesHeld, 1000);
});

test('blocks that arrive in any order are shown in theirs, without a discontinuity', t => {
  const site = new Site();
  for (const number of [3, 1, 0, 2]) t.is(site.add(block(number)), 'waiting');
  t.is(site.add(block(2)), 'known');
  site.passUntil(DELAY_MS + 3 * BLOCK_MS);
  t.deepEqual(site.shown, ['a-0', 'a-1', 'a-2', 'a-3']);
  t.deepEqual(site.missed, []);
});

test('a block that is not whole when it is due is missed, told once, and is a discontinuity; when it comes late it is kept for others for 30 s', t => {
  const site = new Site();
  for (const number of [0, 2]) site.add(block(number));
  site.shelf.expect(block(1), dueOf(block(1)), 0);
  site.passUntil(dueOf(block(1)) - 1);
  t.deepEqual(site.missed, []);
  site.passUntil(dueOf(block(1)));
  t.deepEqual(site.missed, [{ stream: 'a', first: 1, last: 1 }]);
  t.is(site.add(block(1)), 'late');
  site.passUntil(dueOf(block(2)));
  t.deepEqual(site.shown, ['a-0', '|a-2']);
  t.is(site.missed.length, 1);
  site.pass(KEPT_MS - BLOCK_MS - 1);
  t.truthy(site.shelf.find('a-1'));
  site.pass(1);
  t.is(site.shelf.find('a-1'), undefined);
  t.deepEqual(site.removed, ['a-1']);
});

test('of blocks that nobody announced it is known that they were missed when a later one is shown, or when they come', t => {
  const site = new Site();
  for (const number of [0, 5]) site.add(block(number));
  site.passUntil(dueOf(block(2)));
  t.is(site.add(block(2)), 'late');
  t.deepEqual(site.missed, [{ stream: 'a', first: 1, last: 2 }]);
  site.passUntil(dueOf(block(5)));
  t.deepEqual(site.missed.slice(1), [{ stream: 'a', first: 3, last: 4 }]);
});

test('where the film begins again, and where the origin was started again, there is a discontinuity; the old stream ends first', t => {
  const site = new Site();
  for (const number of [0, 1]) site.add(block(number));
  site.add(block(2, { isBeginning: true }));
  site.add(block(0, { stream: 'b', isBeginning: true }), dueOf(block(1)) + 1);
  site.add(block(1, { stream: 'b' }), dueOf(block(2)) + 1);
  site.passUntil(dueOf(block(3)));
  t.deepEqual(site.shown, ['a-0', 'a-1', '|a-2', '|b-0', 'b-1']);
  t.is(site.add(block(3), site.nowMs + 1000), 'late');
  t.deepEqual(site.missed, []);
});

test('a process that was paused shows at once what became due, and misses nothing that it has', t => {
  const site = new Site();
  site.broadcast(0, 5);
  site.nowMs += 5000;
  site.shelf.advance(site.nowMs);
  t.deepEqual(site.shown, ['a-0', 'a-1', 'a-2', 'a-3']);
  t.deepEqual([site.missed, site.removed], [[], []]);
});

test('a clock that jumps by hours shows what waits and removes nothing; one that goes back shows nothing twice', t => {
  const site = new Site();
  site.broadcast(0, 9);
  site.shelf.asked(PLAYER);
  site.nowMs += 5 * 3_600_000;
  site.shelf.advance(site.nowMs);
  t.is(site.shown.length, 10);
  t.is(site.add(block(10)), 'late');
  t.is(site.add(block(11), site.nowMs + DELAY_MS), 'waiting');
  t.deepEqual(site.removed, []);
  site.nowMs -= 9 * 3_600_000;
  site.shelf.advance(site.nowMs);
  t.is(site.add(block(12), site.nowMs + DELAY_MS), 'waiting');
  site.pass(DELAY_MS);
  t.deepEqual(site.shown.slice(-2), ['|a-11', 'a-12']);
  t.deepEqual(site.missed, [{ stream: 'a', first: 10, last: 10 }]);
});

test('without a player a block goes when it is 30 s old and its time is over; the last six stay', t => {
  const site = new Site();
  site.broadcast(0, 19);
  t.deepEqual(site.removed, ['a-0', 'a-1', 'a-2', 'a-3', 'a-4'].slice(0, site.removed.length));
  t.is(site.shelf.shown().mediaSequence, site.removed.length + 1);
  site.pass(10 * KEPT_MS);
  t.deepEqual(site.shown, Array.from({ length: SHOWN_MIN }, (_, index) => `a-${14 + index}`));
});

test('a player that paused for a minute finds everything that it has not seen', t => {
  const site = new Site();
  for (let number = 0; number < 60; number += 1) {
    site.broadcast(number, number);
    site.shelf.asked(PLAYER);
    const { mediaSequence, entries } = site.shelf.shown();
    if (number < 20) site.shelf.fetched(PLAYER, mediaSequence + entries.length - 1);
  }
  const { entries } = site.shelf.shown();
  t.is(entries[0]!.item.number, 60 - 44);
  t.is(entries.at(-1)!.item.number, 55);
});

test('a player that went away keeps nothing, and of two the slower one counts', t => {
  const site = new Site();
  const follow = (number: number, ...players: readonly string[]) => {
    site.broadcast(number, number);
    for (const player of ['mpv', 'vlc']) site.shelf.asked(player);
    const { mediaSequence, entries } = site.shelf.shown();
    for (const player of players) site.shelf.fetched(player, mediaSequence + entries.length - 1);
  };
  for (let number = 0; number < 40; number += 1) follow(number, 'mpv');
  t.deepEqual(site.removed, []);
  follow(40, 'vlc');
  site.pass(TICK_MS);
  t.not(site.removed.length, 0);
  t.true(site.shelf.hasPlayers);
  site.pass(10_000);
  t.false(site.shelf.hasPlayers);
});

test('beyond the room the oldest shown go, and what does not fit beside what waits is refused', t => {
  const site = new Site({ maxBytes: 4000 });
  for (const number of [0, 1, 2, 3]) site.add(block(number));
  t.is(site.add(block(4)), 'refused');
  t.is(site.add(block(5, { sizeBytes: 4001 })), 'refused');
  site.passUntil(dueOf(block(1)));
  t.is(site.add(block(6)), 'waiting');
  t.deepEqual([site.discarded, site.removed], [['a-0'], ['a-0']]);
  t.deepEqual(site.shown, ['a-1']);
  t.is(site.shelf.shown().mediaSequence, 2);
  t.is(site.shelf.bytesHeld, 4000);
});

test('thousands of tiny blocks find no more room than so many', t => {
  const site = new Site();
  for (let number = 0; number < SHELF_MAX_BLOCKS; number += 1) site.add(block(number, { sizeBytes: 1 }), 1);
  t.is(site.add(block(SHELF_MAX_BLOCKS)), 'refused');
  site.pass(1);
  t.is(site.add(block(SHELF_MAX_BLOCKS)), 'waiting');
  t.deepEqual(site.discarded, ['a-0']);
});

test('a block that cannot be shown is left out with a discontinuity, and numbers go on without a gap', t => {
  const site = new Site();
  for (const number of [0, 1, 2, 3, 4]) site.add(block(number));
  site.passUntil(dueOf(block(3)));
  site.shelf.leaveOut('a-1');
  site.shelf.leaveOut('a-3');
  t.deepEqual(site.shown, ['a-0', '|a-2']);
  site.passUntil(dueOf(block(4)));
  t.deepEqual(site.shown, ['a-0', '|a-2', '|a-4']);
  t.deepEqual(site.missed, []);
  t.truthy(site.shelf.find('a-1'));
  site.pass(KEPT_MS);
  t.deepEqual(site.removed, ['a-1', 'a-3']);
});

const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 4000 }) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('stop' as const), ms: fc.integer({ min: 1000, max: 20_000 }) }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('play' as const), player: fc.constantFrom('mpv', 'vlc'), fetches: fc.boolean() }) },
  ),
  { minLength: 20, maxLength: 150 },
);

/** How long each block takes to come; undefined for one that never does. The origin starts again once. */
const ways = fc.record({
  delays: fc.array(fc.option(fc.integer({ min: 0, max: DELAY_MS + 3000 }), { freq: 10, nil: undefined }), { minLength: 20, maxLength: 120 }),
  beginEvery: fc.integer({ min: 5, max: 40 }),
  restartAt: fc.integer({ min: 1, max: 100 }),
  maxBlocks: fc.constantFrom(8, 15, 1000),
  steps,
});

test('whatever comes when, whoever plays and stops: nothing goes before it was played and old, each number is shown or missed once, and no number changes or goes back', t => {
  const property = fc.property(ways, ({ delays, beginEvery, restartAt, maxBlocks, steps: all }) => {
    const site = new Site({ maxBytes: maxBlocks * 1000 });
    const arrivals = delays
      .flatMap((delayMs, index) => {
        const isLater = index >= restartAt;
        const one = block(isLater ? index - restartAt : index, { stream: isLater ? 'b' : 'a', isBeginning: index % beginEvery === 0 || index === restartAt });
        return delayMs === undefined ? [] : [{ one, atMs: index * BLOCK_MS + delayMs, dueMs: index * BLOCK_MS + DELAY_MS }];
      })
      .toSorted((a, b) => a.atMs - b.atMs);
    // The naive model: everything that ever happened, looked through from its beginning each time.
    let livedMs = 0;
    const came = new Map<string, number>();
    const shownAt = new Map<string, number>();
    const order: ShelfBlock[] = [];
    const numbers = new Map<string, number>();
    const discontinuities = new Map<string, number>();
    const asked = new Map<string, number>();
    const fetched = new Map<string, number>();
    let removedSeen = 0;
    let last = { mediaSequence: 1, discontinuitySequence: 0 };

    const look = () => {
      const view = site.shelf.shown();
      demand(view.mediaSequence >= last.mediaSequence && view.discontinuitySequence >= last.discontinuitySequence, 'numbers go on');
      last = view;
      let discontinuity = view.discontinuitySequence;
      view.entries.forEach(({ item, isDiscontinuity }, index) => {
        if (isDiscontinuity) discontinuity += 1;
        if (!shownAt.has(item.key)) {
          const before = order.at(-1);
          demand(isDiscontinuity === (before !== undefined && (item.isBeginning || item.stream !== before.stream || item.number !== before.number + 1)), `${item.key}: a discontinuity where one is`);
          shownAt.set(item.key, livedMs);
          order.push(item);
          numbers.set(item.key, view.mediaSequence + index);
          discontinuities.set(item.key, discontinuity);
        }
        demand(numbers.get(item.key) === view.mediaSequence + index, `${item.key} keeps its number`);
        demand(discontinuities.get(item.key) === discontinuity, `${item.key} keeps its discontinuity`);
      });
      const players = [...asked].filter(([, atMs]) => livedMs - atMs < 10_000).map(([player]) => player);
      for (const key of site.removed.slice(removedSeen)) {
        if (site.discarded.includes(key)) continue;
        demand(livedMs - came.get(key)! >= KEPT_MS, `${key} was old`);
        if (!shownAt.has(key)) continue;
        const isPlayed = players.length > 0 ? players.every(player => (fetched.get(player) ?? 0) >= numbers.get(key)!) : livedMs - shownAt.get(key)! >= BLOCK_MS;
        demand(isPlayed, `${key} was played`);
      }
      removedSeen = site.removed.length;
      demand(site.shelf.bytesHeld <= maxBlocks * 1000, 'there was room');
      demand(site.shelf.bytesHeld === (came.size - site.removed.length) * 1000, 'bytes are counted');
    };
    const goTo = (ms: number, { isStopped = false } = {}) => {
      // Without a stop the shelf is looked at often, as a program does.
      const stepMs = isStopped ? Infinity : TICK_MS;
      while (site.nowMs < ms) {
        const nextMs = Math.min(ms, site.nowMs + stepMs);
        livedMs += Math.min(1000, nextMs - site.nowMs);
        site.nowMs = nextMs;
        site.shelf.advance(nextMs);
        for (const player of asked.keys()) if (livedMs - asked.get(player)! >= 10_000) [asked, fetched].forEach(known => known.delete(player));
        look();
        while (arrivals[0] && arrivals[0].atMs <= nextMs) {
          const { one, dueMs } = arrivals.shift()!;
          const arrival = site.shelf.add(one, dueMs, nextMs);
          demand(arrival !== 'waiting' || dueMs > nextMs, `${one.key} is not late`);
          if (arrival === 'waiting' || arrival === 'late') came.set(one.key, livedMs);
          look();
        }
      }
    };
    for (const step of all) {
      if (step.kind === 'pass') goTo(site.nowMs + step.ms);
      else if (step.kind === 'stop') goTo(site.nowMs + step.ms, { isStopped: true });
      else {
        site.shelf.asked(step.player);
        asked.set(step.player, livedMs);
        const { mediaSequence, entries } = site.shelf.shown();
        if (!step.fetches || entries.length === 0) continue;
        const number = mediaSequence + Math.floor(entries.length / 2);
        site.shelf.fetched(step.player, number);
        fetched.set(step.player, Math.max(number, fetched.get(step.player) ?? 0));
      }
    }
    goTo(site.nowMs + 20_000);
    for (const stream of ['a', 'b']) {
      const settled = [
        ...order.filter(one => one.stream === stream).map(({ number }) => number),
        ...site.missed.filter(one => one.stream === stream).flatMap(({ first, last: end }) => Array.from({ length: end - first + 1 }, (_, index) => first + index)),
      ].toSorted((a, b) => a - b);
      t.deepEqual(settled, Array.from({ length: settled.length }, (_, index) => (settled[0] ?? 0) + index));
    }
  });
  t.notThrows(() => fc.assert(property, { numRuns: 300 }));
});

test('over an hour with a player that watches, one that stands still and none at all, the disk stays bounded', t => {
  const maxBytes = 100 * 1000;
  const site = new Site({ maxBytes });
  for (let number = 0; number < 1800; number += 1) {
    site.broadcast(number, number);
    const { mediaSequence, entries } = site.shelf.shown();
    const minute = Math.floor(number / 30);
    if (minute % 3 !== 2) site.shelf.asked(PLAYER);
    if (minute % 3 === 0) site.shelf.fetched(PLAYER, mediaSequence + entries.length - 1);
    t.true(site.shelf.bytesHeld <= maxBytes);
  }
  t.deepEqual([site.missed, site.discarded], [[], []]);
  for (let number = 1800; number < 3600; number += 1) {
    site.broadcast(number, number);
    site.shelf.asked(PLAYER);
    t.true(site.shelf.bytesHeld <= maxBytes);
  }
  t.not(site.discarded.length, 0);
  t.is(site.shelf.shown().mediaSequence + site.shelf.shown().entries.length, 3600 - DELAY_MS / BLOCK_MS + 1);
});
