import test from 'ava';
import * as fc from 'fast-check';
import { nodeStateAt } from '../../lib/domain/failure-detector.ts';

const settings = { suspectAfterMs: 6000, downAfterMs: 15_000, startGraceMs: 15_000 };
const stateAt = (nowMs: number, heartbeatAtMs: number | undefined, { isReachable }: { isReachable?: boolean | undefined } = { isReachable: true }) =>
  nodeStateAt({ heartbeatAtMs, isReachable }, nowMs, 0, settings);

test('silence makes a node suspect, then down, to the millisecond', t => {
  t.is(stateAt(100_000, 100_000), 'up');
  t.is(stateAt(105_999, 100_000), 'up');
  t.is(stateAt(106_000, 100_000), 'suspect');
  t.is(stateAt(114_999, 100_000), 'suspect');
  t.is(stateAt(115_000, 100_000), 'down');
});

test('a node joins once it was reached at its address', t => {
  t.is(stateAt(20_000, 20_000, {}), 'joining');
  t.is(stateAt(20_000, 20_000, { isReachable: false }), 'joining');
  t.is(stateAt(20_000, 20_000, { isReachable: true }), 'up');
  t.is(stateAt(40_000, 20_000, { isReachable: false }), 'down');
});

test('a node of the catalogue that is never heard is down when the grace of the start is over', t => {
  t.is(stateAt(0, undefined, {}), 'joining');
  t.is(stateAt(14_999, undefined, {}), 'joining');
  t.is(stateAt(15_000, undefined, {}), 'down');
});

test('within the grace of its start a central declares nobody down, however short the limits', t => {
  fc.assert(
    fc.property(fc.nat(1000), fc.nat(1000), fc.boolean(), (nowMs, heartbeatAtMs, isReachable) => {
      const short = { suspectAfterMs: 1, downAfterMs: 2, startGraceMs: 1001 };
      t.not(nodeStateAt({ heartbeatAtMs, isReachable }, nowMs, 0, short), 'down');
    }),
  );
});

test('with time alone a node never gets better', t => {
  const rank = { up: 0, joining: 1, suspect: 1, down: 2 };
  fc.assert(
    fc.property(fc.option(fc.nat(30_000), { nil: undefined }), fc.boolean(), fc.nat(60_000), fc.nat(60_000), (heartbeatAtMs, isReachable, atMs, laterMs) => {
      const nowMs = (heartbeatAtMs ?? 0) + atMs;
      t.true(rank[stateAt(nowMs, heartbeatAtMs, { isReachable })] <= rank[stateAt(nowMs + laterMs, heartbeatAtMs, { isReachable })]);
    }),
  );
});
