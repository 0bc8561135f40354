import test from 'ava';
import { Shrinkage } from '../../lib/domain/shrinkage.ts';

test('memory is given back each time that half of what there was is gone, and never for little', t => {
  const told = (counts: readonly number[]) => {
    const shrinkage = new Shrinkage();
    return counts.filter(count => shrinkage.note(count));
  };
  t.deepEqual(told([0, 10_000, 0, 49_999, 0]), []);
  t.deepEqual(told([1_000_000, 900_000, 500_001, 500_000, 499_000, 250_000, 249_000, 10, 0]), [500_000, 249_000, 0]);
  t.deepEqual(told([60_000, 30_000, 30_000, 60_000, 30_000, 29_900, 0, 0]), [30_000, 29_900]);
});

test('while thousands go it waits for those that stay', t => {
  const shrinkage = new Shrinkage();
  const counts = [1_000_000, 700_000, 400_000, 200_000, 50_000, 0, 0];
  t.deepEqual(counts.map(count => shrinkage.note(count)), [false, false, false, false, false, false, true]);
});
