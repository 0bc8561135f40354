import test from 'ava';
import fc from 'fast-check';
import { DAY_MS, GIB, KIB, MIB, MINUTE_MS } from '../../lib/base/units.ts';
import { costOf, defaultScrub, neededRate, orderedRate, ScrubPace, scrubRate, type ScrubSettings } from '../../lib/domain/scrub.ts';
import { simulateScrub, type ScrubScript } from '../helpers/simulated-scrub.ts';

const NOW_MS = 1000 * DAY_MS;
const { cycleMs, idleCycleMs } = defaultScrub;
/** A slow machine: what it may read in a cycle are some thousand parts. */
const slow: ScrubSettings = { ...defaultScrub, maxRate: 64 * KIB };
const readAgo = (sizeBytes: number, agoMs: number) => ({ sizeBytes, readAtMs: NOW_MS - agoMs });

test('a library that was read evenly is read at the same rate for ever: all of it in a cycle', t => {
  const replicas = Array.from({ length: 100 }, (_, index) => readAgo(GIB, ((100 - index) * idleCycleMs) / 101));
  const rate = neededRate(replicas, 0, idleCycleMs, NOW_MS);
  const even = (100 * GIB * 1000) / idleCycleMs;
  t.true(rate >= even && rate < even * 1.02, `${rate} instead of ${even}`);
});

test('a library that arrived on one day is spread over the cycle', t => {
  const replicas = Array.from({ length: 100 }, () => readAgo(GIB, 0));
  t.is(Math.round(neededRate(replicas, 0, idleCycleMs, NOW_MS)), Math.round((100 * costOf({ sizeBytes: GIB }) * 1000) / idleCycleMs));
});

test('what is late is read as fast as allowed, and no faster; with nothing to read the rate is 0', t => {
  t.is(scrubRate([readAgo(GIB, 20 * DAY_MS)], 0, false, NOW_MS, slow), slow.maxRate);
  t.is(scrubRate([readAgo(GIB, -DAY_MS)], 0, false, NOW_MS, slow), scrubRate([readAgo(GIB, 0)], 0, false, NOW_MS, slow), 'a date of the future is now');
  t.is(neededRate([readAgo(GIB, 0)], GIB / 2, 1000, NOW_MS), costOf({ sizeBytes: GIB / 2 }), 'what is read already does not count');
  t.is(scrubRate([], 0, false, NOW_MS, slow), 0);
});

test('while somebody waits for the disk less is read, and the cycle is kept still', t => {
  const replicas = [readAgo(GIB, 5 * DAY_MS), readAgo(GIB, 0)];
  const [idle, busy] = [false, true].map(isBusy => scrubRate(replicas, 0, isBusy, NOW_MS, defaultScrub));
  t.true(busy! < idle! && busy! >= neededRate(replicas, 0, cycleMs, NOW_MS));
  t.true(orderedRate(true, defaultScrub) < orderedRate(false, defaultScrub));
});

test('the pace pays what was read at the rate of now, and saves up a minute at most', t => {
  const pace = new ScrubPace(0);
  t.is(pace.waitMs(MIB, 0), 0);
  pace.read(10 * MIB);
  t.is(pace.waitMs(MIB, 0), 10_000);
  t.is(pace.waitMs(2 * MIB, 4000), 1000, '8 of 10 MiB are paid');
  t.is(pace.waitMs(0, 5000), Infinity);
  pace.read(100 * MIB);
  t.is(pace.waitMs(MIB, 60 * MINUTE_MS), 42_000, 'an hour counts as a minute');
});

const sizes = fc.array(fc.oneof(fc.nat(3 * MIB), fc.integer({ min: MIB, max: 2000 * MIB })), { minLength: 1, maxLength: 12 });
const scripts = sizes.chain(sizesBytes =>
  fc.record({
    sizesBytes: fc.constant(sizesBytes),
    agesMs: fc.array(fc.integer({ min: 0, max: 9 * DAY_MS }), { minLength: sizesBytes.length, maxLength: sizesBytes.length }),
    busyHours: fc.integer({ min: 0, max: 24 }),
    diesAtMs: fc.array(fc.integer({ min: 0, max: 30 * DAY_MS }), { maxLength: 20 }),
  }),
);
const scriptOf = ({ busyHours, ...script }: { busyHours: number } & Pick<ScrubScript, 'sizesBytes' | 'agesMs' | 'diesAtMs'>): ScrubScript => ({
  ...script,
  settings: slow,
  lastsMs: 30 * DAY_MS,
  isBusyAt: nowMs => (nowMs % DAY_MS) / (DAY_MS / 24) < busyHours,
});

test('every replica is read again within 14 days, whoever is waited for and however often the node dies; and no faster than allowed', t => {
  t.notThrows(() =>
    fc.assert(
      fc.property(scripts.map(scriptOf), script => {
        const { readings, excessBytes } = simulateScrub(script);
        const readAtMs = new Map(script.agesMs.map((ageMs, index) => [`${index}`, -ageMs]));
        for (const { file, endedAtMs } of readings) {
          const gapMs = endedAtMs - readAtMs.get(file)!;
          if (gapMs > cycleMs) throw new Error(`${file} was read after ${gapMs / DAY_MS} days`);
          readAtMs.set(file, endedAtMs);
        }
        for (const [file, atMs] of readAtMs) if (script.lastsMs - atMs > cycleMs) throw new Error(`${file} was not read`);
        // A part and the cost of opening it, and after a death one more part at once.
        const allowed = MIB + costOf({ sizeBytes: 0 });
        if (excessBytes > allowed * (1 + script.diesAtMs.length)) throw new Error(`${excessBytes} too fast`);
      }),
      { numRuns: 15 },
    ),
  );
});

test('a node that dies again and again goes on where it was: one large file is read to its end', t => {
  const diesAtMs = Array.from({ length: 300 }, (_, index) => index * 121 * MINUTE_MS);
  const script = { settings: slow, sizesBytes: [20 * GIB], agesMs: [0], lastsMs: 25 * DAY_MS, isBusyAt: () => false };
  const { readings, readBytes } = simulateScrub({ ...script, diesAtMs });
  t.is(readings.length, 2);
  const undisturbed = simulateScrub({ ...script, diesAtMs: [] });
  t.true(readBytes < undisturbed.readBytes + diesAtMs.length * 25 * MIB, `${readBytes} instead of ${undisturbed.readBytes}`);
});
