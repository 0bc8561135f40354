import test from 'ava';
import { RunningCounts } from '../../lib/domain/running-counts.ts';

const begun = { isResumed: false };

test('bytes are counted as they are reported, and the end adds what no report told of', t => {
  const counts = new RunningCounts();
  counts.begin('a', begun);
  t.deepEqual([0, 100, 150, 150, 400].map(doneBytes => counts.bytesSince('a', doneBytes)), [0, 0, 50, 0, 250]);
  t.is(counts.uncountedBytes('a', 500), 200);
});

test('bytes of an earlier run of the client are not counted as if they came now', t => {
  const counts = new RunningCounts();
  counts.begin('a', begun);
  t.deepEqual([0, 1_000_000, 1_000_070].map(doneBytes => counts.bytesSince('a', doneBytes)), [0, 0, 70]);
  t.is(counts.uncountedBytes('a', 100), 30);
});

test('of a download that another central counted until now, only what is reported here is', t => {
  const counts = new RunningCounts();
  counts.begin('a', { isResumed: true });
  t.deepEqual([1000, 1100].map(doneBytes => counts.bytesSince('a', doneBytes)), [0, 100]);
  t.is(counts.uncountedBytes('a', 5000), 0);
  t.deepEqual(counts.uncountedFailures('a', 1, { failures: 3, hashFailures: 1 }), { failures: 0, hashFailures: 0 });
});

test('failures that were reported while it ran are not counted again at its end', t => {
  const counts = new RunningCounts();
  counts.begin('a', begun);
  counts.failed('a', 1, 'failures');
  counts.failed('a', 1, 'hashFailures');
  counts.failed('a', 2, 'failures');
  t.deepEqual(counts.uncountedFailures('a', 1, { failures: 3, hashFailures: 1 }), { failures: 2, hashFailures: 0 });
  t.deepEqual(counts.uncountedFailures('a', 2, { failures: 0, hashFailures: 0 }), { failures: 0, hashFailures: 0 });
  t.deepEqual(counts.uncountedFailures('a', 3, { failures: 0, hashFailures: 4 }), { failures: 0, hashFailures: 4 });
});

test('of a download that ended, or never began here, nothing is left to count', t => {
  const counts = new RunningCounts();
  counts.begin('a', begun);
  counts.end('a');
  counts.failed('a', 1, 'failures');
  t.deepEqual([counts.bytesSince('a', 5), counts.uncountedBytes('a', 5)], [0, 0]);
});
