import test from 'ava';
import { PartHalves } from '../../../lib/domain/download/part-halves.ts';
import { simulate, type SimulatedSource } from '../../../bench/simulated-transfer.ts';
import { MIB } from '../../../lib/base/units.ts';
import { manifestOfParts } from '../../helpers/manifests.ts';

test('a part is together when its beginning reaches its end, whichever comes first', t => {
  const halves = new PartHalves(manifestOfParts(3));
  halves.headCame(1, 100);
  t.false(halves.isTogether(1));
  halves.tailCame(1, 200);
  t.false(halves.isTogether(1));
  halves.headCame(1, 200);
  t.true(halves.isTogether(1));
  halves.tailCame(2, 50);
  t.false(halves.isTogether(2));
  halves.headCame(2, 60);
  t.true(halves.isTogether(2));
});

test('a part that was wrong, or whose hash nobody knows, is only taken whole', t => {
  const manifest = manifestOfParts(2);
  const halves = new PartHalves({ ...manifest, partHashes: [manifest.partHashes[0], undefined] });
  t.true(halves.mayBePutTogether(0));
  t.false(halves.mayBePutTogether(1));
  halves.headCame(0, 100);
  halves.wasWrong(0);
  t.false(halves.mayBePutTogether(0));
  t.is(halves.headOf(0), 0);
});

test('a lost end leaves the beginning', t => {
  const halves = new PartHalves(manifestOfParts(1));
  halves.headCame(0, 100);
  halves.tailCame(0, 200);
  halves.tailIsLost(0);
  t.false(halves.hasTail(0));
  halves.headCame(0, 300);
  t.false(halves.isTogether(0));
  t.is(halves.headOf(0), 300);
});

const MIB_PER_SECOND = MIB / 1000;
const source = (id: string, mibPerSecond: number, faults: Partial<SimulatedSource> = {}): SimulatedSource => ({ id, bytesPerMs: mibPerSecond * MIB_PER_SECOND, ...faults });
/** Of large parts one is a good while on its way. */
const large = { ...manifestOfParts(16), sizeBytes: 256 * MIB, partSizeBytes: 16 * MIB };

test('the last large part is brought by two sources at once, and nothing comes twice', t => {
  const { isDone, elapsedMs, duplicateBytes } = simulate(large, [source('a', 4), source('b', 4), source('c', 4)], 1);
  t.true(isDone);
  // Whole parts would take 24 s: one of the three has six of them.
  t.true(elapsedMs <= 22_500, `${elapsedMs} ms; perfect sharing takes 21 333`);
  t.true(duplicateBytes <= MIB, `${duplicateBytes} bytes`);
});

test('most of a large part that a source left behind is not asked for again', t => {
  const dies = source('c', 4, { diesAtMs: 3800 });
  const { isDone, sentBytes } = simulate(large, [source('a', 4), source('b', 4), dies], 1);
  t.true(isDone);
  const sent = [...sentBytes.values()].reduce((sum, bytes) => sum + bytes, 0);
  // It was at 15 of 16 MiB.
  t.true(sent - large.sizeBytes <= 2 * MIB, `${(sent - large.sizeBytes) / MIB} MiB twice`);
});

test('the end of a part that comes just after its beginning was given up is asked for again', t => {
  const sources = [source('alive', 0.05), source('s0', 0.001, { diesAtMs: 0 }), source('s1', 200), source('s2', 0.001, { diesAtMs: 151 })];
  const { isDone, kept } = simulate(manifestOfParts(4, 1), sources, 0);
  t.true(isDone);
  t.deepEqual([...kept], [1, 1, 1, 1]);
});
