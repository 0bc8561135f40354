import test from 'ava';
import { addEvents, emptyLog, pauseLog, resumeLog } from '../../web/machines/event-log.ts';

test('the log keeps the last 200 lines, the newest at the end', t => {
  const { lines } = addEvents(addEvents(emptyLog, eventsOf(1, 150)), eventsOf(151, 300));
  t.is(lines.length, 200);
  t.deepEqual([lines[0]?.sentence, lines.at(-1)?.sentence], ['Line 101', 'Line 300']);
  t.is(addEvents(emptyLog, eventsOf(1, 1000)).lines.length, 200);
});

test('a line that is told again is shown once', t => {
  const log = addEvents(emptyLog, eventsOf(1, 3));
  t.deepEqual(addEvents(log, eventsOf(2, 4)).lines.map(({ sentence }) => sentence), ['Line 1', 'Line 2', 'Line 3', 'Line 4']);
});

test('while it is paused lines stand still and are counted, and none is lost', t => {
  const paused = addEvents(pauseLog(addEvents(emptyLog, eventsOf(1, 2))), eventsOf(2, 5));
  t.deepEqual(paused.held?.map(({ id }) => id), ['r-1', 'r-2']);
  t.is(paused.unseen, 3);
  const resumed = resumeLog(paused);
  t.deepEqual([resumed.held, resumed.unseen, resumed.lines.length], [undefined, 0, 5]);
});

function eventsOf(first: number, last: number) {
  return Array.from({ length: last - first + 1 }, (_, index) => ({ id: `r-${first + index}`, data: JSON.stringify({ atMs: 0, level: 'info', event: 'node.joined', sentence: `Line ${first + index}` }) }));
}
