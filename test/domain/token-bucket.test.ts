import test from 'ava';
import * as fc from 'fast-check';
import { TokenBucket } from '../../lib/domain/token-bucket.ts';

test('what was saved up passes at once, the rest at the rate', t => {
  const bucket = new TokenBucket(1000, 0, 100);
  t.is(bucket.take(100, 0), 0);
  t.is(bucket.take(500, 0), 500);
  t.is(bucket.take(500, 0), 1000, 'behind the one before');
  t.is(bucket.take(100, 5000), 0, 'paid long ago');
  t.is(bucket.take(1, 5000), 1, 'no more than 100 ms were saved up');
});

test('what is given back is not waited for by the next', t => {
  const bucket = new TokenBucket(1000, 0, 100);
  bucket.take(10_100, 0);
  bucket.giveBack(10_000);
  t.is(bucket.take(10, 0), 10);
});

test('whatever is taken and whenever, no more passes than the rate and what was saved up', t => {
  const asks = fc.array(fc.record({ tokens: fc.integer({ min: 1, max: 5000 }), afterMs: fc.integer({ min: 0, max: 3000 }) }), { minLength: 1 });
  fc.assert(
    fc.property(asks, fc.integer({ min: 1, max: 100_000 }), (all, perSecond) => {
      const bucket = new TokenBucket(perSecond, 0, 100);
      let [nowMs, passed, lastMs] = [0, 0, 0];
      for (const { tokens, afterMs } of all) {
        nowMs += afterMs;
        const passMs = nowMs + bucket.take(tokens, nowMs);
        passed += tokens;
        t.true(passMs >= lastMs - 1e-6, 'in order');
        t.true(passed <= (perSecond * (passMs + 100)) / 1000 + 1e-3);
        lastMs = passMs;
      }
    }),
  );
  t.pass();
});
