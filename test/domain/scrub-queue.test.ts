import test from 'ava';
import { DAY_MS, MINUTE_MS } from '../../lib/base/units.ts';
import type { IndexedFile } from '../../lib/domain/local-folder.ts';
import { placeIn } from '../../lib/domain/scrub-place.ts';
import { ScrubQueue } from '../../lib/domain/scrub-queue.ts';

const NOW_MS = 1000 * DAY_MS;
const fileOf = (name: string, mtimeNs = '0'): IndexedFile => ({ name, id: name, stamp: { sizeBytes: 10, mtimeNs, ino: name } });
const [a, b, c] = ['a', 'b', 'c'].map(name => fileOf(name));
const isRight = { isRight: true };

function queueOf(...read: readonly (readonly [IndexedFile, number])[]): ScrubQueue {
  const queue = new ScrubQueue();
  queue.restore({ read: read.map(([{ stamp }, atMs]) => ({ stamp, atMs })) });
  return queue;
}

const namesIn = (queue: ScrubQueue, files: readonly IndexedFile[], nowMs = NOW_MS) => queue.inOrder(files, nowMs).map(({ file }) => file.name);

test('what was read longest ago comes first; what was never heard of was just read', t => {
  const queue = queueOf([a!, NOW_MS - DAY_MS], [b!, NOW_MS - 2 * DAY_MS]);
  t.deepEqual(namesIn(queue, [a!, c!, b!]), ['b', 'a', 'c']);
  t.is(queue.inOrder([], NOW_MS)[2]!.readAtMs, NOW_MS);
});

test('what was read goes to the end, and what turned out bad leaves', t => {
  const queue = queueOf([a!, 1], [b!, 2], [c!, 3]);
  t.deepEqual(namesIn(queue, [a!, b!, c!]), ['a', 'b', 'c']);
  queue.wasRead(a!, NOW_MS, isRight);
  queue.wasRead(b!, NOW_MS, { isRight: false });
  t.deepEqual(namesIn(queue, [a!, b!, c!]), ['c', 'a']);
});

test('a file that changes its name keeps its date, and one that changes its bytes does not', t => {
  const queue = queueOf([a!, 5]);
  t.is(queue.inOrder([{ ...a!, name: 'renamed' }], NOW_MS)[0]!.readAtMs, 5);
  t.is(queue.inOrder([fileOf('a', '1')], NOW_MS + MINUTE_MS)[0]!.readAtMs, NOW_MS + MINUTE_MS);
  t.deepEqual(queue.record().read.map(({ atMs }) => atMs), [NOW_MS + MINUTE_MS], 'what is gone is forgotten');
});

test('a file that cannot be read is left alone for a while', t => {
  const queue = queueOf([a!, 1], [b!, 2]);
  namesIn(queue, [a!, b!]);
  queue.leaveAlone(a!, NOW_MS + 10 * MINUTE_MS);
  t.deepEqual(namesIn(queue, [a!, b!]), ['b']);
  t.deepEqual(namesIn(queue, [a!, b!], NOW_MS + 2 * MINUTE_MS), ['b']);
  t.true(queue.isLeftAlone(a!, NOW_MS + 2 * MINUTE_MS));
  t.deepEqual(namesIn(queue, [a!, b!], NOW_MS + 11 * MINUTE_MS), ['a', 'b']);
});

test('the place survives a restart, and is of one state of one file', t => {
  const queue = queueOf([a!, 1], [b!, 2]);
  namesIn(queue, [a!, b!]);
  t.is(queue.readBytes, 0);
  queue.place = { stamp: a!.stamp, nextPart: 3, readBytes: 9, badParts: [1] };
  t.is(queue.readBytes, 9);
  const restarted = new ScrubQueue();
  restarted.restore(queue.record());
  t.is(placeIn(a!, restarted.place).nextPart, 3);
  t.is(placeIn(fileOf('a', '1'), restarted.place).nextPart, 0);
  t.deepEqual(placeIn(b!, restarted.place), { stamp: b!.stamp, nextPart: 0, readBytes: 0, badParts: [] });
  queue.wasRead(a!, NOW_MS, isRight);
  t.deepEqual(queue.record().place, undefined);
});
