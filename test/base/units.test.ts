import test from 'ava';
import { formatDuration, parseBytes } from '../../lib/base/units.ts';

test('amounts of bytes are read as people type them, in powers of 1024', t => {
  for (const [typed, bytes] of [
    ['4096', 4096],
    ['500k', 512_000],
    ['2M', 2_097_152],
    ['2 MiB/s', 2_097_152],
    ['1,5 MB', 1_572_864],
    ['1.5g', 1_610_612_736],
    [' 0 ', 0],
  ] as const) {
    t.is(parseBytes(typed), bytes, typed);
  }
  for (const typed of ['', 'fast', '-1', '2T', '1.2.3', 'M', '2MM', '0x10']) t.is(parseBytes(typed), undefined, typed);
});

test('durations are minutes and seconds, and hours when there are', t => {
  t.is(formatDuration(75_000), '1:15');
  t.is(formatDuration(3_720_400), '1:02:00');
  t.is(formatDuration(Infinity), '-:--');
});
