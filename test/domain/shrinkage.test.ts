import test from 'ava';
import { Shrinkage } from '../../lib/domain/shrinkage.ts';

test('memory is given back each time that half of what there was is gone, and never for little', t => {
  const told = (counts: readonly number[]) => {
    const shrinkage = new Shrinkage();
    return counts.filter(count => shrinkage.note(count));
  };
  t.deepEqual(told([0, 10_000, 0, 49_999, 0]), []);
  t.deepEqual(told([1_000_000, 900_000, 500_001, 500_000, 499_000, 250_000, 100, 0]), [500_000, 250_000, 100]);
  t.deepEqual(told([60_000, 30_000, 60_000, 30_000, 0]), [30_000, 30_000]);
});
