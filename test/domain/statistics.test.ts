import test from 'ava';
import { increment, NAMES_COUNTED, type Counts } from '../../lib/domain/statistics.ts';

test('each name is counted, whatever it is called', t => {
  let counts: Counts = {};
  for (const name of ['ana', 'toString', '__proto__', 'ana']) counts = increment(counts, name);
  t.deepEqual(Object.entries(counts).sort(), [['__proto__', 1], ['ana', 2], ['toString', 1]]);
});

test('of more names than are kept, those with the lowest counts leave', t => {
  let counts: Counts = Object.fromEntries(Array.from({ length: NAMES_COUNTED }, (_, index) => [`cliente ${index}`, 2]));
  counts = increment(counts, 'nueva');
  t.is(Object.keys(counts).length, NAMES_COUNTED);
  counts = increment(counts, 'otra');
  t.is(Object.keys(counts).length, NAMES_COUNTED);
  t.false('nueva' in counts, 'the one that was counted least');
  t.is(counts['otra'], 1);
  t.is(counts['cliente 9999'], 2);
});
