import test from 'ava';
import { HashingQueue } from '../../lib/domain/hashing-queue.ts';
import type { LocalFile } from '../../lib/domain/local-folder.ts';

const settings = { settleMs: 2000, retryMs: 60_000 };
const fileOf = (name: string, sizeBytes: number, modifiedAtMs: number): LocalFile => ({
  name,
  stamp: { sizeBytes, mtimeNs: `${modifiedAtMs}000000`, ino: '1' },
});

test('the smallest of the settled files is next', t => {
  const queue = new HashingQueue(settings);
  queue.replace([fileOf('large', 100, 0), fileOf('small', 1, 0), fileOf('tiny but fresh', 0, 9000)], 10_000);
  t.is(queue.next(10_000)?.name, 'small');
  queue.remove('small');
  t.is(queue.next(10_000)?.name, 'large');
  queue.remove('large');
  t.is(queue.next(10_000), undefined);
  t.is(queue.readyAtMs(), 11_000);
  t.is(queue.next(11_000)?.name, 'tiny but fresh');
});

test('a file that goes on changing does not settle', t => {
  const queue = new HashingQueue(settings);
  for (let nowMs = 0; nowMs <= 20_000; nowMs += 1000) {
    queue.replace([fileOf('growing', nowMs, nowMs)], nowMs);
    t.is(queue.next(nowMs), undefined);
  }
  t.is(queue.next(22_000)?.name, 'growing');
});

test('a file dated in the future settles by the time since it was first seen', t => {
  const queue = new HashingQueue(settings);
  const file = fileOf('from tomorrow', 1, 86_400_000);
  queue.replace([file], 1000);
  queue.replace([file], 2000);
  t.is(queue.next(2999), undefined);
  t.is(queue.next(3000)?.name, 'from tomorrow');
});

test('a failure is news once, and the file is left alone for a while unless it changes', t => {
  const queue = new HashingQueue(settings);
  const file = fileOf('unreadable', 1, 0);
  queue.replace([file], 5000);
  t.is(queue.untried.length, 1);
  t.true(queue.fail(file, 5000));
  t.is(queue.untried.length, 0);
  queue.replace([file], 6000);
  t.is(queue.next(6000), undefined);
  t.is(queue.next(65_000)?.name, 'unreadable');
  t.false(queue.fail(file, 65_000));
  queue.replace([fileOf('unreadable', 2, 65_500)], 66_000);
  t.is(queue.next(67_500)?.stamp.sizeBytes, 2);
});
