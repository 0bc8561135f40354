import test from 'ava';
import { Latest } from '../../lib/base/latest.ts';

test('a reader gets the value of now, then later ones, and skips those that were replaced', async t => {
  const latest = new Latest(1);
  const values = latest[Symbol.asyncIterator]();
  t.deepEqual(await values.next(), { done: false, value: 1 });
  const waiting = values.next();
  latest.set(2);
  t.deepEqual(await waiting, { done: false, value: 2 });
  latest.set(3);
  latest.set(4);
  t.deepEqual(await values.next(), { done: false, value: 4 });
  latest.end();
  t.true((await values.next()).done);
});

test('ends a reader that waits', async t => {
  const latest = new Latest('first');
  const values = latest[Symbol.asyncIterator]();
  await values.next();
  const waiting = values.next();
  latest.end();
  t.true((await waiting).done);
});
