import test from 'ava';
import fc from 'fast-check';
import { MIB } from '../../../lib/base/units.ts';
import { lackingSource } from '../../../lib/domain/download/lacking-source.ts';
import type { Source } from '../../../lib/domain/download/source.ts';
import { simulate, type SimulatedSource } from '../../../bench/simulated-transfer.ts';
import { manifestOfParts } from '../../helpers/manifests.ts';

const MIB_PER_SECOND = MIB / 1000;
const PARTS = 32;

const source = (id: string, facts: Partial<SimulatedSource> = {}): SimulatedSource => ({ id, bytesPerMs: 8 * MIB_PER_SECOND, ...facts });

test('a source that says which parts it lacks is never asked for them, and gives the others at its full rate', t => {
  const lacking = ['a', 'b', 'c'].map((id, index) => source(id, { lacks: new Set([index, PARTS - 1 - index]) }));
  const { isDone, wrongParts, elapsedMs } = simulate(manifestOfParts(PARTS), lacking, 1);
  t.true(isDone);
  t.is(wrongParts, 0);
  t.true(elapsedMs <= 1500, `${elapsedMs} ms, where 1333 would be perfect`);
});

test('copies with different bad parts that nobody knew of are one good file: no source is asked twice for its bad part', t => {
  const damaged = ['a', 'b', 'c'].map((id, index) => source(id, { wrongParts: new Set([index]) }));
  const { isDone, wrongParts, elapsedMs } = simulate(manifestOfParts(PARTS), damaged, 1);
  t.true(isDone);
  t.is(wrongParts, 3);
  t.true(elapsedMs < 15_000, `${elapsedMs} ms`);
});

test('the only one that has a part right is asked for it though the others would be faster', t => {
  const result = simulate(manifestOfParts(4), [source('a', { lacks: new Set([2]) }), source('slow', { bytesPerMs: MIB_PER_SECOND / 10 })], 1);
  t.true(result.isDone);
  t.true(result.sentBytes.get('slow')! >= MIB);
});

test('a part that every source gave wrong is asked for again: the network may have been to blame', t => {
  const { isDone } = simulate(manifestOfParts(4), [source('a', { corrupts: 0.5 })], 7);
  t.true(isDone);
});

test('a source that is dead is not waited for: who gave a part wrong is asked again', t => {
  const { isDone } = simulate(manifestOfParts(4), [source('a', { corrupts: 0.5 }), source('dead', { diesAtMs: 0 })], 3);
  t.true(isDone);
});

test('whatever parts are bad where, each good at one source at least, told or not: the file is put together', t => {
  const bad = fc.array(fc.tuple(fc.nat(2), fc.boolean()), { minLength: 12, maxLength: 12 });
  t.notThrows(() =>
    fc.assert(
      fc.property(bad, fc.integer(), (parts, seed) => {
        // The part is right at one source; the others lack it, or have it wrong.
        const partsOf = (index: number, isTold: boolean) => new Set(parts.flatMap(([holder, told], part) => (holder !== index && told === isTold ? [part] : [])));
        const sources = ['a', 'b', 'c'].map((id, index) => source(id, { wrongParts: partsOf(index, false), lacks: partsOf(index, true) }));
        const { isDone, kept } = simulate(manifestOfParts(parts.length), sources, seed);
        if (!isDone || kept.some(times => times !== 1)) throw new Error(`kept ${kept.join()}`);
      }),
      { numRuns: 200 },
    ),
  );
});

test('the same bad parts of the same source are the same object, others another', t => {
  const plain: Source = { id: 'secundario-1', read: async () => undefined, [Symbol.asyncDispose]: async () => undefined };
  t.is(lackingSource(plain), plain);
  const lacking = lackingSource(plain, [3, 4]);
  t.deepEqual([...lacking.lacks!], [3, 4]);
  t.is(lackingSource(plain, [3, 4]), lacking);
  t.not(lackingSource(plain, [3]), lacking);
});
