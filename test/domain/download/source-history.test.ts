import test from 'ava';
import { MIB } from '../../../lib/base/units.ts';
import { expectedRates } from '../../../lib/domain/download/source-history.ts';
import type { DownloadRecord, SourceRecord } from '../../../lib/domain/statistics.ts';
import { simulate, type SimulatedSource } from '../../../bench/simulated-transfer.ts';
import { manifestOfParts } from '../../helpers/manifests.ts';

const downloadFrom = (...sources: readonly Partial<SourceRecord>[]) => ({ sources: sources.map(source => ({ hashFailures: 0, ...source })) }) as unknown as DownloadRecord;

test('the last downloads say what to expect, the newest most', t => {
  const rates = expectedRates([downloadFrom({ id: 'a', rate: 100 }, { id: 'b', rate: 10 }), downloadFrom({ id: 'a', rate: 200 })]);
  t.deepEqual([...rates], [['a', 130], ['b', 10]]);
  t.is(expectedRates([]).size, 0);
});

test('of a source that sent wrong parts the last time little is expected', t => {
  const [good, bad] = [downloadFrom({ id: 'a', rate: 100 }), downloadFrom({ id: 'a', rate: 100, hashFailures: 1 })];
  t.is(expectedRates([good, bad]).get('a'), 10);
  t.is(expectedRates([bad, good]).get('a'), 100);
});

test('of a source that gave nothing a little is expected, so that it is tried again', t => {
  const rates = expectedRates([downloadFrom({ id: 'a', rate: 100 }, { id: 'b', rate: 0, hashFailures: 3 }, { id: 'c', rate: 0 })]);
  t.deepEqual([...rates], [['a', 100], ['b', 10], ['c', 10]]);
});

test('a source that was not asked for long is tried as if it were new', t => {
  const [slow, others] = [downloadFrom({ id: 'slow', rate: 1 }, { id: 'a', rate: 5 }), downloadFrom({ id: 'a', rate: 5 })];
  t.is(expectedRates([slow, others, others, others]).get('slow'), 1);
  t.deepEqual([...expectedRates([slow, others, others, others, others]).keys()], ['a']);
});

test('a source that sent wrong parts the last time gets its share of a file when its parts are right', t => {
  const sources: readonly SimulatedSource[] = [known(fast), { ...fast, id: 'mended', expectedBytesPerMs: fast.bytesPerMs / 10 }];
  const { isDone, sentBytes } = simulate(manifestOfParts(64), sources, 1);
  t.true(isDone);
  t.true(sentBytes.get('mended')! > 25 * MIB);
});

const MIB_PER_SECOND = MIB / 1000;
const slow: SimulatedSource = { id: 'slow', bytesPerMs: 0.1 * MIB_PER_SECOND };
const fast: SimulatedSource = { id: 'fast', bytesPerMs: 8 * MIB_PER_SECOND };
const known = (source: SimulatedSource): SimulatedSource => ({ ...source, expectedBytesPerMs: source.bytesPerMs });

test('a small file comes from the source that was the fastest, not from the first one that is offered', t => {
  const small = manifestOfParts(2);
  const unknown = simulate(small, [slow, fast], 1);
  const ranked = simulate(small, [known(slow), known(fast)], 1);
  t.true(ranked.isDone);
  t.is(ranked.sentBytes.get('slow'), 0);
  t.true(ranked.elapsedMs <= unknown.elapsedMs, `${ranked.elapsedMs} ms, ${unknown.elapsedMs} ms without`);
  t.is(ranked.duplicateBytes, 0);
  t.true(unknown.duplicateBytes > 0, 'what the slow one was asked for came twice');
});

test('a source that was slow once and is fast now gets its share of a large file', t => {
  const sources: readonly SimulatedSource[] = [known(fast), { ...fast, id: 'better', expectedBytesPerMs: slow.bytesPerMs }];
  const { isDone, sentBytes } = simulate(manifestOfParts(256), sources, 1);
  t.true(isDone);
  t.true(sentBytes.get('better')! > 100 * MIB);
});

test('a source that was fast once and hangs now does not keep the others from the file', t => {
  const sources: readonly SimulatedSource[] = [{ ...known(fast), hangsAtMs: 0 }, { ...fast, id: 'other', expectedBytesPerMs: slow.bytesPerMs }];
  const { isDone, elapsedMs } = simulate(manifestOfParts(64), sources, 1);
  t.true(isDone);
  t.true(elapsedMs <= 8000 * 1.06 + 2000, `${elapsedMs} ms`);
});
