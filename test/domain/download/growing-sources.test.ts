import test from 'ava';
import fc from 'fast-check';
import { MIB } from '../../../lib/base/units.ts';
import { seededRandom } from '../../../lib/base/random.ts';
import { Assignments } from '../../../lib/domain/download/assignments.ts';
import { PartChoice } from '../../../lib/domain/download/part-choice.ts';
import { simulate, type SimulatedSource } from '../../../bench/simulated-transfer.ts';
import { manifestOfParts } from '../../helpers/manifests.ts';

const MIB_PER_SECOND = MIB / 1000;

test('who fetches the file itself is only asked for what it has by then, and whoever has a part in the end gives it', t => {
  const fromMs = fc.oneof(fc.constant(0), fc.nat(20_000), fc.constant(Infinity));
  const sources = fc.array(fc.array(fromMs, { minLength: 12, maxLength: 12 }), { minLength: 1, maxLength: 4 });
  t.notThrows(() =>
    fc.assert(
      fc.property(sources, fc.nat(11), fc.constantFrom('head-first' as const, 'rarest-first' as const), fc.integer(), (times, parts, partOrder, seed) => {
        const manifest = manifestOfParts(parts + 1);
        const growing = times.map((hasFromMs, index): SimulatedSource => ({ id: `peer ${index}`, bytesPerMs: MIB_PER_SECOND, hasFromMs: hasFromMs.slice(0, parts + 1) }));
        const { isDone, kept, elapsedMs } = simulate(manifest, growing, seed, { partOrder, limitMs: 60_000 });
        const comesMs = Math.max(...manifest.partHashes.map((_, part) => Math.min(...growing.map(({ hasFromMs }) => hasFromMs![part]!))));
        if (isDone !== comesMs < Infinity) throw new Error(`${isDone ? 'done' : 'not done'} after ${elapsedMs} ms`);
        if (isDone && kept.some(count => count !== 1)) throw new Error('a part was kept twice');
        if (kept.some((count, part) => count > 0 && growing.every(({ hasFromMs }) => hasFromMs![part] === Infinity))) throw new Error('a part came from nowhere');
      }),
      { numRuns: 300 },
    ),
  );
});

test('a secondary that has everything is asked for what nobody else has while others give what they have', t => {
  const PARTS = 40;
  const half = Array.from({ length: PARTS }, (_, part) => (part < PARTS / 2 ? 0 : Infinity));
  const sources: SimulatedSource[] = [
    { id: 'secundario-1', bytesPerMs: 4 * MIB_PER_SECOND },
    { id: 'peer', bytesPerMs: 4 * MIB_PER_SECOND, hasFromMs: half },
  ];
  const { isDone, sentBytes, elapsedMs } = simulate(manifestOfParts(PARTS), sources, 1, { partOrder: 'rarest-first' });
  t.true(isDone);
  t.true(sentBytes.get('secundario-1')! <= 22 * MIB, `${sentBytes.get('secundario-1')! / MIB} MiB`);
  t.true(elapsedMs < 6000, `${elapsedMs} ms, where 5000 would be perfect`);
});

test('what comes slowly is taken over by a peer that got it meanwhile, and who brought it brings what nobody else has', t => {
  const sources: SimulatedSource[] = [
    { id: 'secundario-1', bytesPerMs: MIB_PER_SECOND },
    { id: 'peer', bytesPerMs: 16 * MIB_PER_SECOND, hasFromMs: [1100, 1100, 1100, 1100, 1100, Infinity] },
  ];
  const { isDone, elapsedMs, duplicateBytes, sentBytes } = simulate(manifestOfParts(6), sources, 1);
  t.true(isDone);
  t.true(elapsedMs < 3000, `${elapsedMs} ms, where it would be 6000 if the first who is asked for a part kept it`);
  t.true(sentBytes.get('secundario-1')! < 3.5 * MIB);
  t.true(duplicateBytes <= MIB);
});

test('the rarest part comes first, and of those that are alike any', t => {
  const manifest = manifestOfParts(16);
  const given = new Assignments(manifest, new Set([3]));
  const has = (...parts: number[]) => ({ isWhole: false, has: (part: number) => parts.includes(part), watch: () => ({ [Symbol.dispose]: () => undefined }) });
  given.addSource('whole', 0, undefined);
  given.addSource('a', 0, undefined, { held: has(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12) });
  given.addSource('b', 0, undefined, { held: has(0, 1, 2, 3, 4, 5, 6, 13) });
  const firstOf = (id: string, seed: number, order: 'head-first' | 'rarest-first') =>
    new PartChoice(given, { order, random: seededRandom(seed), urgentParts: () => [], soonMs: 0 }).firstFor(given.sources.get(id)!, 0, 0);
  const chosen = (id: string) => new Set(Array.from({ length: 100 }, (_, seed) => firstOf(id, seed, 'rarest-first')));
  t.deepEqual([...chosen('whole')].sort((x, y) => x - y), [14, 15]);
  t.deepEqual([...chosen('a')].sort((x, y) => x - y), [7, 8, 9, 10, 11, 12]);
  t.deepEqual([...chosen('b')], [13]);
  t.is(firstOf('whole', 1, 'head-first'), 0);
  t.is(firstOf('a', 1, 'head-first'), 0);
});

test('what a peer leaves of a part counts once it gave a whole right one, and no more when it spoilt one', t => {
  const manifest = manifestOfParts(4);
  const given = new Assignments(manifest, new Set());
  const held = { isWhole: true, has: () => true, watch: () => ({ [Symbol.dispose]: () => undefined }) };
  given.addSource('peer', 0, undefined, { held });
  given.addSource('secundario-1', 0, undefined);
  const begin = (id: string, first: number) => {
    const command = given.begin(given.sources.get(id)!, given.board.takeRun(first, 1), 0);
    return given.requests.get(command.requestId)!;
  };
  /** Half of a part, and then nothing. */
  const leaveHalf = (id: string, part: number) => {
    const request = begin(id, part);
    given.bytesArrived(request.id, MIB / 2, 0);
    given.pieceArrived(request.id, part, MIB / 2, false);
    given.end(request, 0);
    return given.halves.headOf(part);
  };
  t.is(leaveHalf('secundario-1', 0), MIB / 2);
  t.is(leaveHalf('peer', 1), 0);
  given.partVerified(begin('peer', 2).id, 2);
  t.is(leaveHalf('peer', 1), MIB / 2);
  given.board.take(1);
  given.partPutTogether(1, false);
  t.is(leaveHalf('peer', 3), 0);
  t.is(leaveHalf('secundario-1', 3), MIB / 2);
});
