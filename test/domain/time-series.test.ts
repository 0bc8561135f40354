import test from 'ava';
import fc from 'fast-check';
import { noAmounts, SERIES_KEYS, seriesShapes, TimeSeries } from '../../lib/domain/time-series.ts';

const T0 = Date.UTC(2026, 0, 31, 12);
const fewMinutes = { slotMs: 60_000, slotsMax: 3 };

test('what happens in one minute is added up, and a minute without anything is left out', t => {
  const series = new TimeSeries(fewMinutes);
  series.add({ bytes: 10, done: 1 }, T0);
  series.add({ bytes: 5 }, T0 + 59_999);
  series.add({ failed: 1, waitedMs: 0.5 }, T0 + 120_000);
  t.deepEqual(series.slots(T0 + 120_000), [
    { startsAtMs: T0, ...noAmounts, bytes: 15, done: 1 },
    { startsAtMs: T0 + 120_000, ...noAmounts, failed: 1, waitedMs: 0.5 },
  ]);
});

test('what is too long ago is no longer told, also when nothing happened since', t => {
  const series = new TimeSeries(fewMinutes);
  series.add({ bytes: 1 }, T0);
  t.is(series.slots(T0 + 2 * 60_000).length, 1);
  t.is(series.slots(T0 + 4 * 60_000).length, 0);
});

test('a clock that goes back adds to the time that it tells', t => {
  const series = new TimeSeries(fewMinutes);
  for (const minute of [5, 4, 5, 4, 3]) series.add({ bytes: 1 }, T0 + minute * 60_000);
  t.deepEqual(series.slots(T0 + 5 * 60_000).map(({ startsAtMs, bytes }) => [(startsAtMs - T0) / 60_000, bytes]), [[3, 1], [4, 2], [5, 2]]);
});

test('it goes on from what was saved', t => {
  const series = new TimeSeries(fewMinutes);
  series.add({ bytes: 1 }, T0);
  const restarted = new TimeSeries(fewMinutes, series.slots(T0));
  restarted.add({ bytes: 2 }, T0 + 1);
  t.deepEqual(restarted.slots(T0), [{ startsAtMs: T0, ...noAmounts, bytes: 3 }]);
});

test('however long it runs, it keeps no more than it should, in order, and loses nothing that is recent', t => {
  const steps = fc.array(fc.record({ aheadMs: fc.integer({ min: -200_000, max: 200_000 }), bytes: fc.nat(9) }), { maxLength: 100 });
  fc.assert(
    fc.property(steps, all => {
      const series = new TimeSeries({ slotMs: 60_000, slotsMax: 1000 });
      let dateMs = T0;
      for (const { aheadMs, bytes } of all) {
        dateMs += aheadMs;
        series.add({ bytes }, dateMs);
      }
      const slots = series.slots(T0);
      t.deepEqual(slots.map(({ startsAtMs }) => startsAtMs), [...new Set(slots.map(({ startsAtMs }) => startsAtMs))].sort((one, other) => one - other));
      t.is(slots.reduce((sum, { bytes }) => sum + bytes, 0), all.reduce((sum, { bytes }) => sum + bytes, 0));
    }),
  );
});

test('a day of minutes and 90 days of hours are kept', t => {
  const series = new TimeSeries(seriesShapes.minute);
  for (let minute = 0; minute < 3000; minute += 1) series.add({ done: 1 }, T0 + minute * 60_000);
  t.is(series.slots(T0 + 2999 * 60_000).length, 1440);
  t.is(seriesShapes.hour.slotsMax, 90 * 24);
  t.deepEqual(Object.keys(noAmounts), [...SERIES_KEYS]);
});
