import test from 'ava';
import { formatBytes, formatDuration, formatRate, parseBytes } from '../../lib/base/units.ts';

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

test('sizes and rates are read in powers of 1024, with the comma of the language', t => {
  t.deepEqual([0, 999, 1024, 1_610_612_736, 250 * 1024 ** 2].map(bytes => formatBytes(bytes)), ['0 B', '999 B', '1 KiB', '1,5 GiB', '250 MiB']);
  t.is(formatBytes(1_610_612_736, 'en'), '1.5 GiB');
  t.is(formatRate(1_572_864.3, 'pt'), '1,5 MiB/s');
});

test('durations are minutes and seconds, and hours when there are', t => {
  t.is(formatDuration(75_000), '1:15');
  t.is(formatDuration(3_720_400), '1:02:00');
  t.is(formatDuration(Infinity), '-:--');
});
