import test from 'ava';
import { relayBounds, relayTimes } from '../../../lib/domain/live/relay-times.ts';
import { SliceBook } from '../../../lib/domain/live/slice-book.ts';
import { SlicePuller } from '../../../lib/domain/live/slice-puller.ts';
import { StreamClock } from '../../../lib/domain/live/stream-clock.ts';
import { SLICES, type Slice } from '../../../lib/domain/live/stream.ts';

function sliceOf(number: number, index: number): Slice {
  const block = { stream: 's', number, emittedMs: number * 2000, durationMs: 2000, isBeginning: false, sizeBytes: 4000, sliceHashes: [], signature: '' };
  return { block, index, bytes: new Uint8Array() };
}

/** A puller of a viewer that got the whole block 0 at once, and what it asked for: `from block/slice`. */
function open(sources: readonly string[] = ['a', 'b']) {
  const asked: string[] = [];
  const late: number[] = [];
  const book = new SliceBook(relayTimes.keptMs);
  const clock = new StreamClock();
  const puller = new SlicePuller(
    { book, clock, random: () => 0, sources: () => sources.map(id => ({ id })), pull: ({ id }, number, index) => void asked.push(`${id} ${number}/${index}`), late: tree => void late.push(tree) },
    0,
    0,
  );
  const take = (number: number, index: number, nowMs: number, isPushed = true) => {
    clock.hear(number * 2000, nowMs);
    puller.arrived(sliceOf(number, index), { isPushed, nowMs });
    book.add(sliceOf(number, index), nowMs);
  };
  for (let index = 0; index < SLICES; index += 1) take(0, index, 0);
  return { puller, asked, late, take };
}

test('a slice is asked for when it is later than usual, and its parent is said to be late', t => {
  const { puller, asked, late, take } = open();
  for (const index of [0, 1, 3]) take(1, index, 2000);
  puller.tick(2000 + relayTimes.lateMs - 1);
  t.deepEqual(asked, []);
  puller.tick(2000 + relayTimes.lateMs + 1);
  t.deepEqual([asked, late], [['a 1/2'], [2]]);
});

test('who lacks it or does not answer is not waited for: the next one is asked', t => {
  const { puller, asked, take } = open(['a', 'b', 'c']);
  for (const index of [0, 1, 3]) take(1, index, 2000);
  puller.tick(3600);
  puller.lacked('a', 1, 2);
  puller.tick(3700);
  puller.tick(3800);
  puller.tick(3700 + relayTimes.pullTimeoutMs);
  t.deepEqual(asked, ['a 1/2', 'b 1/2', 'c 1/2']);
});

test('a whole block of which nobody told is asked for when it must be on the air', t => {
  const { puller, asked } = open();
  puller.tick(2000 + relayTimes.lateMs + 1);
  puller.tick(2000 + 2 * relayTimes.lateMs + 1);
  t.deepEqual(new Set(asked.map(line => line.slice(2))), new Set(['1/0', '1/1', '1/2', '1/3']));
});

test('no more is asked for at a time than a bound, and less when answers come too late', t => {
  const { puller, asked, take } = open(['a']);
  for (let number = 1; number < 6; number += 1) take(number, 0, 10_000);
  puller.tick(14_000);
  t.is(asked.length, relayBounds.pullsAtOnce);
  asked.length = 0;
  puller.tick(14_000 + 10 * relayTimes.pullTimeoutMs);
  t.true(asked.length < relayBounds.pullsAtOnce);
});

test('what is too old is given up, and the blocks after it go on', t => {
  const { puller, take } = open();
  take(1, 0, 2000);
  take(9, 0, 18_000);
  t.is(puller.firstWanted, 0);
  puller.tick(2000 + relayTimes.givenUpMs + 1);
  t.is(puller.firstWanted, 2);
  puller.skipToAir(18_500);
  t.is(puller.firstWanted, 10);
});
