import test from 'ava';
import type { Clock } from '../../lib/base/clock.ts';
import { CopyRate } from '../../lib/domain/copy-rate.ts';

const clock: Clock = { now: () => 0, date: () => 0, sleep: async () => undefined };

test('copies wait at the rate of now, and not at all where there is none', t => {
  const rate = new CopyRate(clock);
  t.is(rate.bucket.take(1e12, 0), 0);
  rate.set(1000);
  t.is(rate.bucket.take(1100, 0), 1000, 'a tenth of a second was saved up');
  rate.set(1000);
  t.is(rate.bucket.take(1000, 0), 2000, 'the same rate, told again, forgets no debt');
  rate.bucket.giveBack(1000);
  t.is(rate.bucket.take(500, 0), 1500);
  rate.set(undefined);
  t.is(rate.bytesPerSecond, undefined);
  t.is(rate.bucket.take(1e12, 0), 0);
  rate.bucket.giveBack(1);
});
