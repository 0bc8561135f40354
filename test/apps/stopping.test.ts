import { setImmediate } from 'node:timers/promises';
import test from 'ava';
import { Stopping, stopStatusOf } from '../../lib/apps/stopping.ts';
import { VideoError } from '../../lib/base/errors.ts';

test('the first signal drains, the second aborts, the third does not wait', async t => {
  const stopping = new Stopping();
  t.false(stopping.drain.aborted);
  stopping.request('SIGTERM');
  t.true(stopping.drain.aborted);
  t.false(stopping.abort.aborted);
  stopping.request('SIGINT');
  t.true(stopping.abort.aborted);
  stopping.request('SIGINT');
  await t.throwsAsync(stopping.impatience, { code: 'cancelled' } as object);
});

test('the exit status tells the first signal, when nothing else went wrong', t => {
  const stopping = new Stopping();
  t.is(stopStatusOf(stopping, new VideoError('cancelled', {})), undefined);
  stopping.request('SIGTERM');
  stopping.request('SIGINT');
  t.is(stopStatusOf(stopping, stopping.drain.reason), 143);
  t.is(stopStatusOf(stopping, new VideoError('cancelled', {})), 143);
  t.is(stopStatusOf(stopping, new VideoError('disk_full', { path: 'x' })), undefined);
});

test('a drain that never ends is given up', async t => {
  const sleeps: { readonly ms: number; readonly end: () => void }[] = [];
  const stopping = new Stopping({ sleep: ms => new Promise(resolve => void sleeps.push({ ms, end: resolve })) });
  stopping.request('SIGTERM');
  t.is(sleeps.at(-1)?.ms, 30_000);
  t.false(stopping.abort.aborted);
  sleeps.pop()!.end();
  await setImmediate();
  t.true(stopping.abort.aborted);
  t.is(stopStatusOf(stopping, stopping.abort.reason), 143);
  sleeps.pop()!.end();
  await t.throwsAsync(stopping.impatience, { code: 'cancelled' } as object);
});
