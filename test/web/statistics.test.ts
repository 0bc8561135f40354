import test from 'ava';
import { DAY_MS, GIB, MIB, MINUTE_MS } from '../../lib/base/units.ts';
import { noAmounts, type SeriesAmounts, type SeriesSlot } from '../../lib/domain/time-series.ts';
import { mostFirst } from '../../web/statistics/most-first.ts';
import { mergedSlots, SPANS, spans, timeBins } from '../../web/statistics/time-bins.ts';
import { barsOf, endedChart, faultChart, rateChart, totalsOf } from '../../web/statistics/time-charts.ts';

const NOW_MS = Date.UTC(2026, 10, 21, 20, 30, 30);
const THIS_MINUTE_MS = Date.UTC(2026, 10, 21, 20, 30);

const utc = () => 0;

function slot(startsAtMs: number, amounts: Partial<SeriesAmounts>): SeriesSlot {
  return { startsAtMs, ...noAmounts, ...amounts };
}

test('stretches in which nothing happened are zeros, and a span has all its bars up to now', t => {
  for (const span of SPANS) {
    const bins = timeBins([], span, NOW_MS, utc);
    const { binMs, count } = spans[span];
    t.is(bins.length, count);
    t.true(bins.at(-1)!.fromMs <= NOW_MS && NOW_MS < bins.at(-1)!.toMs);
    t.true(bins.every(({ fromMs, toMs, amounts, bytesPerSecond }, at) => toMs - fromMs === binMs && fromMs === bins[0]!.fromMs + at * binMs && amounts === noAmounts && bytesPerSecond === 0), span);
  }
});

test('what came is in the bar of its time, and what is older than the span in none', t => {
  const bins = timeBins([slot(THIS_MINUTE_MS - DAY_MS, { done: 9 }), slot(THIS_MINUTE_MS - 20 * MINUTE_MS, { done: 1 }), slot(THIS_MINUTE_MS - 19 * MINUTE_MS, { done: 2, failed: 1 })], 'day', NOW_MS, utc);
  t.deepEqual(bins.filter(({ amounts }) => amounts !== noAmounts).map(({ fromMs, amounts: { done, failed } }) => [fromMs, done, failed]), [[THIS_MINUTE_MS - 30 * MINUTE_MS, 3, 1]]);
});

test('a rate is of the time that passed, and of a minute at least', t => {
  const bins = timeBins([slot(THIS_MINUTE_MS - 25 * MINUTE_MS, { bytes: 900 * MIB }), slot(THIS_MINUTE_MS, { bytes: 60 * MIB })], 'day', NOW_MS, utc);
  t.is(bins.at(-3)!.bytesPerSecond, MIB, '900 MiB in 15 minutes');
  t.is(bins.at(-1)!.bytesPerSecond, MIB, '60 MiB in half a minute');
  t.is(timeBins([slot(THIS_MINUTE_MS, { bytes: 330 * MIB })], 'day', NOW_MS + 5 * MINUTE_MS, utc).at(-1)!.bytesPerSecond, MIB, '330 MiB in 5 minutes and a half');
});

test('days begin at midnight where the reader is', t => {
  const lisbon = timeBins([], 'quarter', NOW_MS, utc);
  const saoPaulo = timeBins([], 'quarter', NOW_MS, () => -180 * MINUTE_MS);
  const delhi = timeBins([], 'quarter', NOW_MS, () => 330 * MINUTE_MS);
  t.deepEqual([lisbon, saoPaulo, delhi].map(bins => new Date(bins.at(-1)!.fromMs).toISOString()), ['2026-11-21T00:00:00.000Z', '2026-11-21T03:00:00.000Z', '2026-11-21T18:30:00.000Z']);
});

test('days begin at midnight also before the clocks were changed, and no hour is lost or counted twice', t => {
  for (const [changedMs, before, after] of [[Date.UTC(2026, 9, 25, 1), 2, 1], [Date.UTC(2026, 2, 29, 1), 1, 2]] as const) {
    const madrid = (dateMs: number) => (dateMs < changedMs ? before : after) * 60 * MINUTE_MS;
    const hours = Array.from({ length: 24 * 40 }, (_, at) => slot(changedMs + (at - 24 * 20) * 60 * MINUTE_MS, { done: 1 }));
    const bins = timeBins(hours, 'quarter', changedMs + 20 * DAY_MS, madrid);
    t.true(bins.every(({ fromMs }) => (fromMs + madrid(fromMs)) % DAY_MS === 0));
    t.true(bins.every(({ toMs }, at) => toMs === (bins[at + 1]?.fromMs ?? toMs)));
    const day = bins.find(({ fromMs, toMs }) => fromMs <= changedMs && changedMs < toMs)!;
    t.is(day.amounts.done, 24 + before - after);
    t.is(totalsOf([{ values: bins.map(({ amounts }) => amounts.done) }]).reduce((sum, value) => sum + value), hours.length);
  }
});

test('what is asked again takes the place of what was known, and the rest stays', t => {
  const known = [slot(0, { done: 1 }), slot(MINUTE_MS, { done: 1 })];
  const merged = mergedSlots(known, [slot(MINUTE_MS, { done: 4 }), slot(2 * MINUTE_MS, { done: 1 })]);
  t.deepEqual(merged.map(({ startsAtMs, done }) => [startsAtMs, done]), [[0, 1], [MINUTE_MS, 4], [2 * MINUTE_MS, 1]]);
  t.deepEqual(mergedSlots(known, []), known);
});

test('rates are shown in the unit that fits the largest, from zero, with the comma of the language', t => {
  const axisOf = (bytes: number) => rateChart(timeBins([slot(THIS_MINUTE_MS - MINUTE_MS, { bytes })], 'hour', NOW_MS, utc), 'es').axis;
  t.deepEqual([0, 600 * 1024, 90 * MIB, 120 * GIB].map(bytes => axisOf(bytes).unit), ['B/s', 'KiB/s', 'MiB/s', 'GiB/s']);
  t.deepEqual(axisOf(90 * MIB).ticks.map(({ text }) => text), ['0', '0,5', '1', '1,5']);
  for (const bytes of [0, 1, 90 * MIB, 120 * GIB]) {
    t.is(axisOf(bytes).ticks[0]!.value, 0);
    t.true(axisOf(bytes).max >= bytes / 60);
  }
});

test('downloads stand on each other, so that the height is their number; faults stand side by side', t => {
  const bins = timeBins([slot(THIS_MINUTE_MS, { done: 5, failed: 2, cancelled: 1, failures: 3, reassignedParts: 7 })], 'hour', NOW_MS, utc);
  const ended = endedChart(bins, 'descargas', 'es');
  t.deepEqual(barsOf(ended).map(({ hue, heights, left, width }) => [hue, heights.at(-1), left, width]), [['ink', 8, 0, 1], ['grey', 8, 0, 1], ['vermilion', 7, 0, 1], ['blue', 5, 0, 1]]);
  t.is(totalsOf(ended.layers).at(-1), 8);
  t.true(ended.axis.max >= 8);
  const faults = faultChart(bins, 'veces', 'es');
  t.deepEqual(barsOf(faults).map(({ heights, left }) => [heights.at(-1), left]), [[3, 0], [7, 1 / 3], [0, 2 / 3]]);
  t.true(faults.axis.max >= 7 && faults.axis.max < 10);
});

test('a table has the most first, equals by name, and no more rows than are read', t => {
  const rows = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`v${at}`, at < 3 ? 10 : 5]));
  const { shown, all } = mostFirst(rows, Number, 20, 'es');
  t.is(all, 30);
  t.deepEqual(shown.map(({ name }) => name).slice(0, 5), ['v0', 'v1', 'v2', 'v3', 'v4']);
  t.is(shown.length, 20);
  t.deepEqual([shown[0]!.share, shown.at(-1)!.share], [1, 0.5]);
  t.deepEqual(mostFirst({ a: 0 }, Number, 20, 'es').shown, [{ name: 'a', row: 0, share: 0 }]);
  t.deepEqual(mostFirst({}, Number, 20, 'es'), { shown: [], all: 0 });
});
