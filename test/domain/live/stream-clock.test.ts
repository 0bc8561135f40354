import test from 'ava';
import { StreamClock } from '../../../lib/domain/live/stream-clock.ts';

test('what came quickest tells best when something went on the air', t => {
  const clock = new StreamClock();
  clock.hear(1000, 51_500);
  clock.hear(2000, 52_100);
  clock.hear(3000, 54_000);
  t.true(Math.abs(clock.whenMs(4000) - 54_100) < 2);
});

test('a clock that goes slower than the stream’s is followed', t => {
  const clock = new StreamClock();
  for (let ms = 0; ms <= 3_600_000; ms += 2000) clock.hear(ms, 500 + ms * 1.0001);
  t.true(Math.abs(clock.whenMs(3_600_000) - 3_600_860) < 50);
});
