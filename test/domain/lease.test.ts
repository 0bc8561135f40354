import test from 'ava';
import fc from 'fast-check';
import { acquiredLease, isHeldBy, type KeptLease } from '../../lib/domain/lease.ts';

const steps = fc.array(
  fc.record({
    holder: fc.constantFrom('a', 'b', 'c'),
    forMs: fc.integer({ min: 0, max: 20 }),
    passMs: fc.integer({ min: 0, max: 10 }),
    isReleased: fc.boolean(),
  }),
  { maxLength: 60 },
);

test('whoever asks when, a lease has one holder at a time, and each acquisition a higher fence', t => {
  fc.assert(
    fc.property(steps, asked => {
      let kept: KeptLease | undefined;
      let nowMs = 0;
      const given: KeptLease[] = [];
      for (const { holder, forMs, passMs, isReleased } of asked) {
        nowMs += passMs;
        const next = acquiredLease(kept, { name: 'repair', holder, forMs, nowMs });
        const isTaken = kept !== undefined && kept.expiresAtMs > nowMs && kept.holder !== holder;
        if ((next === undefined) !== isTaken) throw new Error('given while another has it, or not given while nobody has');
        if (!next) continue;
        if (next.fence <= (given.at(-1)?.fence ?? 0)) throw new Error('the fence did not grow');
        given.push(next);
        kept = isReleased ? { ...next, holder: '', expiresAtMs: 0 } : next;
        const holding = given.filter(lease => isHeldBy(kept, lease));
        if (holding.length !== (isReleased ? 0 : 1)) throw new Error('a stale fence is believed');
      }
    }),
  );
  t.pass();
});

test('what was left beside a lease outlives its holder', t => {
  const first = acquiredLease(undefined, { name: 'repair', holder: 'a', forMs: 10, nowMs: 0 })!;
  const next = acquiredLease({ ...first, leftText: 'orders' }, { name: 'repair', holder: 'b', forMs: 10, nowMs: 10 });
  t.deepEqual(next, { name: 'repair', holder: 'b', fence: 2, expiresAtMs: 20, leftText: 'orders' });
});
