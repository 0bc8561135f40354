import test from 'ava';
import { bufferedEnd } from '../../web/watch/time-ranges.ts';

const ranges = (...pairs: readonly (readonly [number, number])[]) => ({ length: pairs.length, start: (index: number) => pairs[index]![0], end: (index: number) => pairs[index]![1] });

test('what is there from a moment on ends at the first gap', t => {
  const buffered = ranges([0.02, 10], [90, 130]);
  t.is(bufferedEnd(buffered, 0, 0.5), 10, 'a film that begins a little late');
  t.is(bufferedEnd(buffered, 9.9, 0.5), 10);
  t.is(bufferedEnd(buffered, 10, 0.5), 10);
  t.is(bufferedEnd(buffered, 50, 0.5), undefined);
  t.is(bufferedEnd(buffered, 89.8, 0.5), 130);
  t.is(bufferedEnd(ranges(), 0, 0.5), undefined);
});
