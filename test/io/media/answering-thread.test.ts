import test, { type ExecutionContext } from 'ava';
import { AnsweringThread } from '../../../lib/io/media/answering-thread.ts';
import type { Mood } from '../../fixtures/moody-thread.ts';

const patienceMs = 30_000;

interface Count {
  readonly questions: number;
}

function moodyThread(t: ExecutionContext, gate = new Int32Array(new SharedArrayBuffer(4))): AnsweringThread<Mood, Count> {
  const thread = new AnsweringThread<Mood, Count>(new URL('../../fixtures/moody-thread.js', import.meta.url), { workerData: gate });
  t.teardown(() => thread[Symbol.asyncDispose]());
  return thread;
}

test('a thread stays from one question to the next', async t => {
  const thread = moodyThread(t);
  t.deepEqual(await thread.ask('answer', { patienceMs }), { questions: 1 });
  t.deepEqual(await thread.ask('answer', { patienceMs }), { questions: 2 });
});

test('one that dies, or says nothing in time, gives no answer, and the next question starts another', async t => {
  const thread = moodyThread(t);
  t.is(await thread.ask('die', { patienceMs }), undefined);
  t.deepEqual(await thread.ask('answer', { patienceMs }), { questions: 1 });
  t.is(await thread.ask('be silent', { patienceMs: 50 }), undefined);
  t.deepEqual(await thread.ask('answer', { patienceMs }), { questions: 1 });
});

test('one that died between two questions is told of once', async t => {
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const thread = moodyThread(t, gate);
  t.deepEqual(await thread.ask('answer and die', { patienceMs }), { questions: 1 });
  Atomics.store(gate, 0, 1);
  Atomics.notify(gate, 0);
  // Whether it died before the question or meanwhile, there is no answer to it.
  t.is(await thread.ask('be silent', { patienceMs }), undefined);
  t.deepEqual(await thread.ask('answer', { patienceMs }), { questions: 1 });
});

test('an answer that came in time counts, also when nobody could hear it', async t => {
  const thread = moodyThread(t);
  await thread.ask('answer', { patienceMs });
  const asked = thread.ask('answer', { patienceMs: 300 });
  const busyUntilMs = performance.now() + 1000;
  while (performance.now() < busyUntilMs);
  t.deepEqual(await asked, { questions: 2 });
});

test('who stops does not wait for the answer', async t => {
  const thread = moodyThread(t);
  const stop = new AbortController();
  const asked = thread.ask('be silent', { patienceMs, signal: stop.signal });
  stop.abort();
  t.is(await asked, undefined);
});

test('memory that moves to the thread is no longer there', async t => {
  const thread = moodyThread(t);
  const bytes = new Uint8Array(10);
  await thread.ask('answer', { patienceMs, moved: [bytes.buffer] });
  t.is(bytes.byteLength, 0);
});
