import test from 'ava';
import { isVideoError } from '../../lib/base/errors.ts';
import { defaultFailureDetector } from '../../lib/domain/failure-detector.ts';
import { NodeRegistry, type NodeReport } from '../../lib/domain/node-registry.ts';
import { parseNodeReport } from '../../lib/domain/node-reports.ts';

const { suspectAfterMs, downAfterMs } = defaultFailureDetector;
const START_MS = 100_000;

function reportOf(number: number, changes: Partial<NodeReport> = {}): NodeReport {
  return { number, identity: `node ${number}`, url: `http://127.0.0.1:${number}`, freeBytes: 1, totalBytes: 2, files: 0, activeRequests: 0, copying: [], receiving: [], ...changes };
}

test('a node that another central heard can be offered, and falls silent like any other', t => {
  const registry = new NodeRegistry(START_MS);
  registry.hear({ report: reportOf(1), isReachable: true, ageMs: 500 }, START_MS + 1000);
  t.true(registry.isAvailable(1, START_MS + 1000));
  t.like(registry.get(1, START_MS + 1000), { state: 'up', silentMs: 500 });
  t.is(registry.get(1, START_MS + 500 + suspectAfterMs)?.state, 'suspect');
  t.is(registry.get(1, START_MS + 500 + 2 * downAfterMs)?.state, 'down');
  registry.hear({ report: reportOf(2), isReachable: false, ageMs: 0 }, START_MS + 1000);
  t.is(registry.get(2, START_MS + 1000)?.state, 'joining', 'nobody reached it');
});

test('what is told on is what was heard here, once', t => {
  const registry = new NodeRegistry(START_MS);
  registry.heartbeat(reportOf(1), START_MS + 10);
  t.deepEqual(registry.takeNews(START_MS + 12), [], 'whether it can be reached is not known yet');
  registry.reached(reportOf(1), true);
  registry.hear({ report: reportOf(2), isReachable: true, ageMs: 0 }, START_MS + 10);
  registry.remember({ number: 3, identity: 'node 3', url: 'http://127.0.0.1:3', seenAtMs: 0, mode: 'active' });
  t.deepEqual(registry.takeNews(START_MS + 15), [{ report: reportOf(1), isReachable: true, ageMs: 5 }]);
  t.deepEqual(registry.takeNews(START_MS + 15), []);
  registry.heartbeat(reportOf(1, { freeBytes: 9 }), START_MS + 20);
  t.deepEqual(registry.takeNews(START_MS + 20).map(({ report }) => report.freeBytes), [9]);
});

test('the later word counts, and nothing of before the start', t => {
  const registry = new NodeRegistry(START_MS);
  registry.hear({ report: reportOf(1), isReachable: true, ageMs: 20 }, START_MS + 10);
  t.is(registry.get(1, START_MS + 10), undefined);
  registry.heartbeat(reportOf(1, { freeBytes: 7 }), START_MS + 100);
  registry.hear({ report: reportOf(1, { freeBytes: 5 }), isReachable: true, ageMs: 50 }, START_MS + 120);
  t.is(registry.get(1, START_MS + 120)?.freeBytes, 7);
  registry.hear({ report: reportOf(1, { freeBytes: 5 }), isReachable: true, ageMs: 10 }, START_MS + 120);
  t.is(registry.get(1, START_MS + 120)?.freeBytes, 5);
});

test('a node that was reached stays so when another central, which has yet to reach it, hears it', t => {
  const registry = new NodeRegistry(START_MS);
  registry.heartbeat(reportOf(1), START_MS + 10);
  registry.reached(reportOf(1), true);
  registry.hear({ report: reportOf(1), isReachable: false, ageMs: 0 }, START_MS + 20);
  t.is(registry.get(1, START_MS + 20)?.state, 'up');
  registry.hear({ report: reportOf(1, { url: 'http://127.0.0.1:9' }), isReachable: false, ageMs: 0 }, START_MS + 30);
  t.is(registry.get(1, START_MS + 30)?.state, 'joining', 'where it is now nobody reached it');
});

test('a number is one node’s also when centrals heard different ones', t => {
  const registry = new NodeRegistry(START_MS);
  registry.heartbeat(reportOf(1), START_MS + 100);
  registry.hear({ report: reportOf(1, { identity: 'other' }), isReachable: true, ageMs: 0 }, START_MS + 200);
  t.is(registry.get(1, START_MS + 200)?.identity, 'node 1');
  registry.hear({ report: reportOf(2), isReachable: true, ageMs: 0 }, START_MS + 200);
  const error = t.throws(() => registry.heartbeat(reportOf(2, { identity: 'other' }), START_MS + 300));
  t.true(isVideoError(error, 'node_conflict'));
  const laterMs = START_MS + 300 + 2 * downAfterMs;
  registry.hear({ report: reportOf(1, { identity: 'other' }), isReachable: true, ageMs: 0 }, laterMs);
  t.is(registry.get(1, laterMs)?.identity, 'other', 'the one that was known is down');
});

test('only a report is read as a report', t => {
  t.deepEqual(parseNodeReport(JSON.stringify(reportOf(1))), reportOf(1));
  for (const text of ['', '{', 'null', '1', '[]', '{"number":1}', JSON.stringify({ ...reportOf(1), copying: 'x' })]) t.is(parseNodeReport(text), undefined);
});
