import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { MIB } from '../../../lib/base/units.ts';
import { Scheduler } from '../../../lib/domain/download/scheduler.ts';
import { manifestOfParts } from '../../helpers/manifests.ts';
import { simulate, type SimulatedSource } from '../../../bench/simulated-transfer.ts';

const MIB_PER_SECOND = MIB / 1000;
const healthy = (id: string, mibPerSecond = 8): SimulatedSource => ({ id, bytesPerMs: mibPerSecond * MIB_PER_SECOND });

function assertWhole(t: ExecutionContext, { isDone, kept }: ReturnType<typeof simulate>): void {
  t.true(isDone);
  t.true(kept.every(times => times === 1));
}

/** Times of the throttled table: 64 MiB, sources of 8 MiB/s. Ideal seconds are those of perfect sharing. */
const table: readonly { readonly title: string; readonly third: SimulatedSource; readonly idealMs: number }[] = [
  { title: 'three healthy sources', third: healthy('c'), idealMs: 2667 },
  { title: 'a third source at 100 KiB/s', third: healthy('c', 100 / 1024), idealMs: 4000 },
  { title: 'a third source that dies after 4 MiB', third: { ...healthy('c'), diesAtMs: 500 }, idealMs: 3750 },
  { title: 'a third source that corrupts every part', third: { ...healthy('c'), corrupts: 1 }, idealMs: 4000 },
  { title: 'a third source that hangs after 4 MiB', third: { ...healthy('c'), hangsAtMs: 500 }, idealMs: 3750 },
];

for (const { title, third, idealMs } of table) {
  test(`with ${title} the file comes in at most 6 % more than the ideal time`, t => {
    const result = simulate(manifestOfParts(64), [healthy('a'), healthy('b'), third], 1);
    assertWhole(t, result);
    t.true(result.elapsedMs <= idealMs * 1.06, `${result.elapsedMs} ms`);
    t.true(result.duplicateBytes <= 64 * MIB * 0.02, `${result.duplicateBytes} duplicate bytes`);
  });
}

test('a source that joins half way takes its share', t => {
  const result = simulate(manifestOfParts(64), [healthy('a'), { ...healthy('late'), joinsAtMs: 2000 }], 1);
  assertWhole(t, result);
  t.true(result.sentBytes.get('late')! > 20 * MIB);
});

test('a source that took long to connect is not taken for a slow one', t => {
  const fast = 300;
  const late = { ...healthy('late', fast), connectMs: 150 };
  const result = simulate(manifestOfParts(160), [healthy('a', fast), healthy('b', fast), late], 1);
  assertWhole(t, result);
  // Two bring 90 MiB before the third is there; a third of the rest is 23.
  t.true(result.sentBytes.get('late')! >= 20 * MIB, `${result.sentBytes.get('late')! / MIB} MiB`);
  t.true(result.elapsedMs <= 228 * 1.06, `${result.elapsedMs} ms`);
});

test('a source that died and came back takes work again', t => {
  const result = simulate(manifestOfParts(128), [healthy('a'), { ...healthy('b'), diesAtMs: 500, returnsAtMs: 2000 }], 1);
  assertWhole(t, result);
  t.true(result.sentBytes.get('b')! > 30 * MIB);
});

test('faster sources give more, in proportion', t => {
  const result = simulate(manifestOfParts(280), [healthy('a', 4), healthy('b', 8), healthy('c', 16)], 1);
  assertWhole(t, result);
  const [a, b, c] = ['a', 'b', 'c'].map(id => result.sentBytes.get(id)! / MIB);
  t.true(Math.abs(b! / a! - 2) < 0.3 && Math.abs(c! / a! - 4) < 0.5, `${a} ${b} ${c}`);
});

test('many sources that are expected to be alike do not leave a file of few parts to one another', t => {
  for (const sources of [3, 4, 5, 20]) {
    for (const rate of [0.1 * 7_654_321, 8 * MIB]) {
      const scheduler = new Scheduler(manifestOfParts(1), { present: new Set(), random: () => 0.5 });
      for (let number = 1; number <= sources; number += 1) scheduler.addSource(`secundario-${number}`, 0, rate);
      t.true(scheduler.decide(0).some(({ type }) => type === 'request'), `${sources} sources`);
    }
  }
});

test('when every source dies and one returns, the file is still finished', t => {
  const sources = ['a', 'b', 'c'].map(id => ({ ...healthy(id), diesAtMs: 700, ...(id === 'b' && { returnsAtMs: 30_000 }) }));
  assertWhole(t, simulate(manifestOfParts(64), sources, 1));
});

test('a thousand sources share one file', t => {
  const sources = Array.from({ length: 1000 }, (_, index) => healthy(`s${index}`, 1));
  assertWhole(t, simulate(manifestOfParts(2000), sources, 1));
});

const faults = fc.record(
  {
    diesAtMs: fc.integer({ min: 0, max: 20_000 }),
    hangsAtMs: fc.integer({ min: 0, max: 20_000 }),
    returnsAtMs: fc.integer({ min: 0, max: 60_000 }),
    joinsAtMs: fc.integer({ min: 0, max: 10_000 }),
    corrupts: fc.double({ min: 0, max: 1, noNaN: true }),
  },
  { requiredKeys: [] },
);

test('whatever sources do, each part is kept exactly once while one source stays alive', t => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 80 }),
      fc.integer({ min: 1, max: MIB }),
      fc.double({ min: 0.05, max: 100, noNaN: true }),
      fc.array(fc.tuple(fc.double({ min: 0.001, max: 200, noNaN: true }), faults), { maxLength: 8 }),
      fc.integer(),
      (partCount, lastPartBytes, aliveRate, others, seed) => {
        const sources: SimulatedSource[] = [
          healthy('alive', aliveRate),
          ...others.map(([rate, fault], index) => ({ ...healthy(`s${index}`, rate), ...fault })),
        ];
        const result = simulate(manifestOfParts(partCount, lastPartBytes), sources, seed);
        return result.isDone && result.kept.every(times => times === 1);
      },
    ),
    { numRuns: process.env['CI'] ? 1000 : 200 },
  );
  t.pass();
});
