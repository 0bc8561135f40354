import test from 'ava';
import type { Clock } from '../../../lib/base/clock.ts';
import { limitSources } from '../../../lib/domain/download/limited-sources.ts';
import type { PartReceiver, Source, SourceFactory } from '../../../lib/domain/download/source.ts';
import { TokenBucket } from '../../../lib/domain/token-bucket.ts';
import { MIB } from '../../../lib/base/units.ts';
import { manifestOfParts } from '../../helpers/manifests.ts';

const manifest = manifestOfParts(8);
const receiver: PartReceiver = { onBytes: () => undefined, onPiece: () => undefined };
const { signal } = new AbortController();

test('sources together are asked for no more than the rate', async t => {
  const { clock, sources, askedAtMs } = setUp();
  const limited = limitSources(sources, manifest, { bucket: new TokenBucket(MIB, 0, 0), clock });
  for (const part of [0, 1]) await limited.source('a', 'http://a').read({ first: part, count: 1 }, receiver, { signal });
  await limited.source('b', 'http://b').read({ first: 2, count: 2 }, receiver, { signal });
  t.deepEqual(askedAtMs, [1000, 2000, 3000, 4000], 'a run goes part by part');
});

test('while it waits a source shows that it is there', async t => {
  const { clock, sources } = setUp();
  const limited = limitSources(sources, manifest, { bucket: new TokenBucket(MIB, 0, 0), clock });
  const heardAtMs: number[] = [];
  const onBytes = () => heardAtMs.push(clock.now());
  await limited.source('a', 'http://a').read({ first: 0, count: 2 }, { ...receiver, onBytes }, { signal });
  t.deepEqual(heardAtMs, [500, 1000, 1500, 2000]);
});

test('a read that is aborted while it waits leaves its turn to the next', async t => {
  const { clock, sources, askedAtMs } = setUp();
  const limited = limitSources(sources, manifest, { bucket: new TokenBucket(MIB, 0, 0), clock });
  const reason = new Error('not needed');
  const read = limited.source('a', 'http://a').read({ first: 0, count: 8 }, receiver, { signal: AbortSignal.abort(reason) });
  t.is(await t.throwsAsync(read), reason);
  await limited.source('a', 'http://a').read({ first: 0, count: 1 }, receiver, { signal });
  t.deepEqual(askedAtMs, [1000]);
});

test('who is cut while it waits gives its turn back in the same moment, for who takes the part over', async t => {
  const { sources } = setUp();
  const asleep: Clock = { now: () => 0, date: () => 0, sleep: (_ms, options) => new Promise((_resolve, reject) => options!.signal!.addEventListener('abort', () => reject(options!.signal!.reason as Error))) };
  const turns: string[] = [];
  const bucket = {
    take(bytes: number) {
      turns.push(`take ${bytes}`);
      return 1000;
    },
    giveBack: (bytes: number) => void turns.push(`give back ${bytes}`),
  };
  const cut = new AbortController();
  const read = limitSources(sources, manifest, { bucket, clock: asleep }).source('a', 'http://a').read({ first: 0, count: 1 }, receiver, { signal: cut.signal });
  t.deepEqual(turns, [`take ${MIB}`]);
  cut.abort(new Error('not needed'));
  t.deepEqual(turns, [`take ${MIB}`, `give back ${MIB}`]);
  await t.throwsAsync(read, { message: 'not needed' });
});

test('the same source stays the same', t => {
  const { clock, sources } = setUp();
  const limited = limitSources(sources, manifest, { bucket: new TokenBucket(MIB, 0), clock });
  t.is(limited.source('a', 'http://a'), limited.source('a', 'http://a'));
  t.not(limited.source('a', 'http://a'), limited.source('b', 'http://b'));
});

/** Time that passes only while somebody sleeps, and sources that answer at once. */
function setUp() {
  let nowMs = 0;
  const clock: Clock = {
    now: () => nowMs,
    date: () => nowMs,
    sleep: async (ms, options) => {
      options?.signal?.throwIfAborted();
      nowMs += ms;
    },
  };
  const askedAtMs: number[] = [];
  const made = new Map<string, Source>();
  const sources: SourceFactory = {
    source(id) {
      const source = made.get(id) ?? {
        id,
        read: async () => void askedAtMs.push(nowMs),
        [Symbol.asyncDispose]: async () => undefined,
      };
      made.set(id, source);
      return source;
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
  return { clock, sources, askedAtMs };
}
