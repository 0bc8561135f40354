import test from 'ava';
import type { RelayMessage, RelayPort } from '../../../lib/domain/live/relay-messages.ts';
import { relayBounds, relayTimes } from '../../../lib/domain/live/relay-times.ts';
import { SliceBook } from '../../../lib/domain/live/slice-book.ts';
import { SliceGiver } from '../../../lib/domain/live/slice-giver.ts';
import { SLICES, type Slice } from '../../../lib/domain/live/stream.ts';

const BLOCK_BYTES = 4000;

function sliceOf(number: number, index: number): Slice {
  const block = { stream: 's', number, emittedMs: number * 2000, durationMs: 2000, isBeginning: false, sizeBytes: BLOCK_BYTES, sliceHashes: [], signature: '' };
  return { block, index, bytes: new Uint8Array() };
}

/** A giver with the blocks 0 to 9, and what it said: `to type tree-or-block`. */
function open(slots: number) {
  const said: string[] = [];
  const waiting = new Map<string, number>();
  const detail = (message: RelayMessage) => (message.type === 'slice' ? `${message.slice.block.number}/${message.slice.index}` : 'tree' in message ? message.tree : '');
  const port: RelayPort = {
    send: ({ id }, message) => void said.push(`${id} ${message.type} ${detail(message)}`.trim()),
    waitingBytes: id => waiting.get(id) ?? 0,
    close: () => undefined,
  };
  const book = new SliceBook(relayTimes.keptMs);
  for (let number = 0; number < 10; number += 1) for (let index = 0; index < SLICES; index += 1) book.add(sliceOf(number, index), 0);
  const giver = new SliceGiver(book, port, { slots });
  const subscribe = (id: string, tree: number, from = 10, children = 0) => giver.received({ id }, { type: 'subscribe', tree, from, children }, 0);
  return { giver, said, waiting, subscribe };
}

test('who subscribes gets the newest blocks at once, and then each slice of that tree', t => {
  const { giver, said, subscribe } = open(4);
  subscribe('a', 2, 0);
  giver.push(sliceOf(10, 2), 0);
  giver.push(sliceOf(10, 3), 0);
  t.deepEqual(said, ['a subscribed 2', 'a slice 7/2', 'a slice 8/2', 'a slice 9/2', 'a slice 10/2']);
});

test('no more take from it than was promised, and who went makes room', t => {
  const { giver, said, subscribe } = open(1);
  subscribe('a', 0);
  subscribe('b', 0);
  giver.forget('a');
  subscribe('b', 0);
  t.deepEqual(said, ['a subscribed 0', 'b refused 0', 'b subscribed 0']);
});

test('who feeds most others gets a slice first', t => {
  const { giver, said, subscribe } = open(3);
  for (const [id, children] of [['a', 0], ['b', 5], ['c', 2]] as const) subscribe(id, 1, 10, children);
  said.length = 0;
  giver.push(sliceOf(10, 1), 0);
  t.deepEqual(said, ['b slice 10/1', 'c slice 10/1', 'a slice 10/1']);
});

test('who takes too few is sent away, without anybody else waiting for him', t => {
  const { giver, said, waiting, subscribe } = open(4);
  for (const id of ['a', 'slow']) subscribe(id, 1);
  waiting.set('slow', BLOCK_BYTES * relayBounds.waitingSlices);
  said.length = 0;
  for (let number = 10; number < 13; number += 1) giver.push(sliceOf(number, 1), 0);
  t.deepEqual(said, ['a slice 10/1', 'a slice 11/1', 'slow refused 1', 'a slice 12/1']);
  t.is(giver.slots, 4);
});

test('when several take too few, the own line is slow: no more subscribe than it carries', t => {
  const { giver, waiting, subscribe } = open(4);
  for (const id of ['a', 'b', 'c']) subscribe(id, 1);
  for (const id of ['a', 'b']) waiting.set(id, BLOCK_BYTES * relayBounds.waitingSlices);
  for (let number = 10; number < 13; number += 1) giver.push(sliceOf(number, 1), 0);
  t.is(giver.slots, 1);
});

test('pulls are answered as long as there is room for them in the block’s time', t => {
  const { giver, said } = open(2);
  for (let index = 0; index < 3; index += 1) giver.received({ id: 'a' }, { type: 'pull', number: 9, index }, 0);
  giver.received({ id: 'a' }, { type: 'pull', number: 99, index: 0 }, 0);
  t.deepEqual(said, ['a slice 9/0', 'a slice 9/1', 'a lacks', 'a lacks']);
});

test('who gets nothing for a second hears that the giver is there', t => {
  const { giver, said, subscribe } = open(2);
  subscribe('a', 0);
  giver.tick(relayTimes.aliveEveryMs - 1);
  giver.tick(relayTimes.aliveEveryMs);
  giver.tick(relayTimes.aliveEveryMs + 1);
  t.deepEqual(said, ['a subscribed 0', 'a alive']);
});
