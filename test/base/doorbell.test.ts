import test from 'ava';
import { systemClock } from '../../lib/base/clock.ts';
import { Doorbell } from '../../lib/base/doorbell.ts';

const LONG_MS = 60_000;

test('a ring cuts the sleep of now, or else the next one', async t => {
  const doorbell = new Doorbell(systemClock);
  const { signal } = new AbortController();
  const sleeping = doorbell.sleep(LONG_MS, { signal });
  doorbell.ring();
  await sleeping;
  doorbell.ring();
  await doorbell.sleep(LONG_MS, { signal });
  await doorbell.sleep(1, { signal });
  t.pass();
});

test('an abort ends the sleep with its reason', async t => {
  const doorbell = new Doorbell(systemClock);
  const abort = new AbortController();
  const sleeping = doorbell.sleep(LONG_MS, { signal: abort.signal });
  const reason = new Error('enough');
  abort.abort(reason);
  t.is(await t.throwsAsync(sleeping), reason);
  t.is(await t.throwsAsync(doorbell.sleep(LONG_MS, { signal: abort.signal })), reason);
});
