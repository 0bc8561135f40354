import test from 'ava';
import fc from 'fast-check';
import { mergedRuns, Timeline, TIMELINE_RUNS_MAX } from '../../../lib/domain/download/timeline.ts';
import type { TimelineRun } from '../../../lib/domain/statistics.ts';

const done: TimelineRun = { source: 'a', firstPart: 0, lastPart: 0, parts: 1, requests: 1, startMs: 0, endMs: 10, outcome: 'done' };

test('each request is told with what came of it, counted from the first one', t => {
  const timeline = new Timeline();
  timeline.started(1, 'a', { first: 0, count: 2 }, 1000);
  timeline.started(2, 'b', { first: 2, count: 3 }, 1005);
  timeline.partCame(1);
  timeline.partCame(1);
  timeline.ended(1, 'done', 1100);
  timeline.partCame(2);
  timeline.ended(2, 'failed', 1200);
  timeline.ended(2, 'cancelled', 1300);
  timeline.started(3, 'a', { first: 3, count: 2 }, 1201);
  timeline.partCame(2);
  timeline.allEnded(1400);
  t.deepEqual(timeline.runs(), [
    { source: 'a', firstPart: 0, lastPart: 1, parts: 2, requests: 1, startMs: 0, endMs: 100, outcome: 'done' },
    { source: 'b', firstPart: 2, lastPart: 4, parts: 1, requests: 1, startMs: 5, endMs: 200, outcome: 'failed' },
    { source: 'a', firstPart: 3, lastPart: 4, parts: 0, requests: 1, startMs: 201, endMs: 400, outcome: 'cancelled' },
  ]);
});

test('a download that never began has nothing to tell', t => {
  const timeline = new Timeline();
  timeline.ended(1, 'done', 1);
  timeline.allEnded(2);
  t.deepEqual(timeline.runs(), []);
});

test('requests that followed one another at once are told as one when there are too many', t => {
  const runs = [done, { ...done, source: 'b', firstPart: 1, lastPart: 1 }, { ...done, firstPart: 7, lastPart: 8, parts: 2, startMs: 10, endMs: 16 }, { ...done, startMs: 500, endMs: 510 }];
  t.deepEqual(mergedRuns(runs, 4), runs);
  t.deepEqual(mergedRuns(runs, 3), [{ ...done, lastPart: 8, parts: 3, requests: 2, endMs: 16 }, runs[1]!, runs[3]!]);
});

test('however long a download is, few runs are told, and none of its parts and failures is lost', t => {
  const outcome = fc.constantFrom('done' as const, 'failed' as const, 'corrupt' as const, 'cancelled' as const);
  const requests = fc.array(fc.record({ source: fc.constantFrom('a', 'b', 'c'), afterMs: fc.nat(3000), lastsMs: fc.nat(90_000), outcome }), { maxLength: 1500 });
  fc.assert(
    fc.property(requests, all => {
      const timeline = new Timeline();
      let nowMs = 5;
      all.forEach(({ source, afterMs, lastsMs, outcome: end }, index) => {
        nowMs += afterMs;
        timeline.started(index, source, { first: index, count: 1 }, nowMs);
        if (end === 'done') timeline.partCame(index);
        timeline.ended(index, end, nowMs + lastsMs);
      });
      const runs = timeline.runs();
      t.true(runs.length <= TIMELINE_RUNS_MAX);
      t.deepEqual(runs.map(({ startMs }) => startMs), runs.map(({ startMs }) => startMs).toSorted((one, other) => one - other));
      for (const source of ['a', 'b', 'c']) {
        for (const end of ['done', 'failed', 'corrupt', 'cancelled']) {
          const told = runs.filter(run => run.source === source && run.outcome === end);
          const made = all.filter(request => request.source === source && request.outcome === end).length;
          t.is(told.reduce((sum, run) => sum + run.requests, 0), made);
          t.is(told.reduce((sum, run) => sum + run.parts, 0), end === 'done' ? made : 0);
        }
      }
    }),
    { numRuns: 30 },
  );
});

test('with more sources than runs that may be told, the last ones are told', t => {
  const runs = Array.from({ length: 10 }, (_, index) => ({ ...done, source: `${index}`, startMs: index, endMs: index + 1 }));
  t.deepEqual(mergedRuns(runs, 3), runs.slice(7));
});
