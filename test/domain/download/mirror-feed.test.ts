import test from 'ava';
import { VideoError } from '../../../lib/base/errors.ts';
import { isFinal, MirrorFeed } from '../../../lib/domain/download/mirror-feed.ts';
import type { Source } from '../../../lib/domain/download/source.ts';
import { StillClock } from '../../helpers/still-clock.ts';

function failing(id: string, errors: readonly VideoError[]): Source {
  const left = [...errors];
  return {
    id,
    read: async () => {
      throw left.shift()!;
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}

const refused = (status: number, retryAfterMs?: number) =>
  new VideoError('source_refused', { source: 'x', status, ...(retryAfterMs !== undefined && { retryAfterMs }) });

function follow(sources: readonly Source[], clock = new StillClock()) {
  const feed = new MirrorFeed(sources, clock);
  const stop = new AbortController();
  const sets = feed.sets({ signal: stop.signal });
  const next = async () => ((await sets.next()).value as readonly Source[]).map(({ id }) => id);
  return { feed, sets, clock, stop, next };
}

const read = (source: Source | undefined, signal = new AbortController().signal) =>
  source!.read({ first: 0, count: 1 }, { onBytes: () => undefined, onPiece: () => undefined }, { signal }).catch(() => undefined);

test('a mirror whose failure is final is left for good; the others go on', async t => {
  const { sets, next } = follow([failing('a', [refused(404)]), failing('b', [])]);
  const first = (await sets.next()).value as readonly Source[];
  await read(first[0]);
  t.deepEqual(await next(), ['b']);
});

test('when none is left, the feed throws why the last one was', async t => {
  const last = new VideoError('source_protocol', { source: 'b', reason: 'the file changed' });
  const { sets } = follow([failing('a', [refused(404)]), failing('b', [last])]);
  const first = (await sets.next()).value as readonly Source[];
  await read(first[0]);
  await read(first[1]);
  t.is(await t.throwsAsync(sets.next()), last);
});

test('a mirror that says how long is left alone for as long', async t => {
  const { sets, next, clock } = follow([failing('a', [refused(503, 7000)]), failing('b', [])]);
  const first = (await sets.next()).value as readonly Source[];
  await read(first[0]);
  t.deepEqual(await next(), ['b']);
  const back = next();
  let isBack = false;
  void back.then(() => (isBack = true));
  await clock.forward(6999);
  t.false(isBack);
  await clock.forward(1);
  t.deepEqual(await back, ['a', 'b']);
});

test('passing failures, and reads that were called off, change nothing', async t => {
  const unreachable = new VideoError('source_unreachable', { source: 'a', reason: 'ECONNRESET' });
  const { sets, stop } = follow([failing('a', [unreachable, refused(404)])]);
  const first = (await sets.next()).value as readonly Source[];
  await read(first[0]);
  await read(first[0], AbortSignal.abort());
  const waiting = sets.next();
  const reason = new Error('over');
  stop.abort(reason);
  t.is(await t.throwsAsync(waiting), reason);
});

test('a mirror that damages parts again and again has another file', async t => {
  const { sets, next, feed } = follow([failing('a', []), failing('b', [])]);
  await sets.next();
  for (const part of [1, 5, 9]) feed.observer.onPartCorrupt!('b', part);
  t.deepEqual(await next(), ['a']);
});

test('what is final: wrong answers, most refusals, bad certificates', t => {
  const source = 'x';
  t.true(isFinal(new VideoError('source_protocol', { source, reason: '' })));
  for (const status of [400, 401, 403, 404, 410, 416]) t.true(isFinal(refused(status)));
  for (const status of [408, 425, 429, 500, 502, 503]) t.false(isFinal(refused(status)));
  t.true(isFinal(new VideoError('source_unreachable', { source, reason: 'DEPTH_ZERO_SELF_SIGNED_CERT' })));
  t.false(isFinal(new VideoError('source_unreachable', { source, reason: 'ECONNREFUSED' })));
  t.false(isFinal(new VideoError('source_stalled', { source, silentMs: 2000 })));
});
