import test from 'ava';
import fc from 'fast-check';
import { byteAxis, countAxis, dateTicks, durationAxis, type Axis } from '../../../lib/domain/plots/axis.ts';
import { DAY_MS, GIB, KIB, MIB, MINUTE_MS } from '../../../lib/base/units.ts';

const textsOf = ({ ticks, unit }: Axis) => `${ticks.map(({ text }) => text).join(' ')} ${unit}`;

test('figures are round ones of a unit that suits them', t => {
  t.is(textsOf(countAxis(1, 'descargas', 'es')), '0 1 descargas');
  t.is(textsOf(countAxis(42, 'descargas', 'es')), '0 10 20 30 40 50 descargas');
  t.is(textsOf(byteAxis(240 * MIB, 'es')), '0 50 100 150 200 250 MiB');
  t.is(textsOf(byteAxis(1.2 * GIB, 'es')), '0 0,2 0,4 0,6 0,8 1 1,2 GiB');
  t.is(textsOf(byteAxis(1.2 * GIB, 'en', { perSecond: true })), '0 0.2 0.4 0.6 0.8 1 1.2 GiB/s');
  t.is(textsOf(byteAxis(0, 'es')), '0 1 B');
  t.is(textsOf(byteAxis(3 * KIB, 'es')), '0 0,5 1 1,5 2 2,5 3 KiB');
  t.is(textsOf(durationAxis(900, 'es')), '0 200 400 600 800 1000 ms');
  t.is(textsOf(durationAxis(40_000, 'es')), '0 10 20 30 40 s');
  t.is(textsOf(durationAxis(25 * MINUTE_MS, 'es')), '0 5 10 15 20 25 min');
});

test('every axis begins at zero, reaches what it has to show, and has few figures, all different', t => {
  const largest = fc.double({ min: 1, max: 1e15, noNaN: true });
  fc.assert(
    fc.property(largest, value => {
      for (const axis of [countAxis(value, 'x', 'es'), byteAxis(value, 'en'), durationAxis(value, 'pt')]) {
        t.is(axis.ticks[0]!.value, 0);
        t.true(axis.max >= value * (1 - 1e-9));
        t.is(axis.ticks.at(-1)!.value, axis.max);
        t.true(axis.ticks.length >= 2 && axis.ticks.length <= 8);
        t.is(new Set(axis.ticks.map(({ text }) => text)).size, axis.ticks.length);
      }
    }),
  );
});

test('times are round ones of the clock on the wall, and midnight says its day', t => {
  const from = Date.UTC(2026, 10, 20, 21, 10);
  const spanish = { language: 'es', timeZone: 'Europe/Madrid' } as const;
  t.deepEqual(dateTicks(from, from + 2 * 60 * MINUTE_MS, spanish).map(({ text }) => text), ['22:15', '22:30', '22:45', '23:00', '23:15', '23:30', '23:45', '21 nov']);
  // Half an hour off the full hour.
  t.deepEqual(dateTicks(from, from + DAY_MS, { language: 'en', timeZone: 'Asia/Kolkata', steps: 4 }).map(({ text }) => text), ['06:00', '12:00', '18:00', 'Nov 22']);
  t.deepEqual(dateTicks(from, from + 90 * DAY_MS, { language: 'pt', timeZone: 'UTC' }).length, 9);
});

test('a day begins at midnight also after the clocks were changed', t => {
  const ticksOf = (from: number) => dateTicks(from, from + 30 * DAY_MS, { language: 'en', timeZone: 'Europe/Madrid', steps: 5 }).map(({ value, text }) => `${text} ${new Date(value).toISOString().slice(11, 16)}`);
  t.deepEqual(ticksOf(Date.UTC(2026, 9, 9, 22)), ['Oct 15 22:00', 'Oct 22 22:00', 'Oct 29 23:00', 'Nov 5 23:00']);
  t.deepEqual(ticksOf(Date.UTC(2026, 2, 13, 23)), ['Mar 19 23:00', 'Mar 26 23:00', 'Apr 2 22:00', 'Apr 9 22:00']);
});
