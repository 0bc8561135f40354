import { getEventListeners } from 'node:events';
import test from 'ava';
import { unlessAborted } from '../../lib/base/unless-aborted.ts';

test('it settles as what is waited for does, and leaves nothing at the signal', async t => {
  const { signal } = new AbortController();
  t.is(await unlessAborted(Promise.resolve(1), signal), 1);
  await t.throwsAsync(unlessAborted(Promise.reject(new Error('broken')), signal), { message: 'broken' });
  t.is(await unlessAborted(Promise.resolve(2), undefined), 2);
  t.is(getEventListeners(signal, 'abort').length, 0);
});

test('who stops waiting hears why at once, before and meanwhile', async t => {
  const never = new Promise(() => undefined);
  const stop = new AbortController();
  const waiting = unlessAborted(never, stop.signal);
  stop.abort(new Error('stopped'));
  await t.throwsAsync(waiting, { message: 'stopped' });
  await t.throwsAsync(unlessAborted(never, stop.signal), { message: 'stopped' });
});
