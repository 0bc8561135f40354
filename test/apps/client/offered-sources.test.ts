import { setImmediate } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { systemClock, type Clock } from '../../../lib/base/clock.ts';
import { seededRandom } from '../../../lib/base/random.ts';
import { MIB } from '../../../lib/base/units.ts';
import { OfferedSources } from '../../../lib/apps/client/offered-sources.ts';
import type { TicketOffer } from '../../../lib/apps/client/ticket-line.ts';
import { observeAll } from '../../../lib/apps/observe.ts';
import { download } from '../../../lib/domain/download/download.ts';
import type { DownloadObserver } from '../../../lib/domain/download/progress.ts';
import { HeldParts } from '../../../lib/domain/held-parts.ts';
import { startFileServer } from '../../../lib/io/http/file-server.ts';
import { openNodeSources } from '../../../lib/io/http/node-sources.ts';
import { openPeerParts } from '../../../lib/io/http/peer-parts.ts';
import { impatientScheduler, MemorySink } from '../../helpers/download-from.ts';
import { eventually } from '../../helpers/eventually.ts';
import { startFaultyServer } from '../../helpers/faulty-server.ts';
import { createGate } from '../../helpers/gate.ts';
import { manifestOf } from '../../helpers/manifests.ts';
import { randomBytes } from '../../helpers/random-bytes.ts';

const PARTS = 12;
const bytes = randomBytes(PARTS * MIB - 77, 91);
const manifest = manifestOf(bytes, 'faro.mp4');
/** Waits that people would notice are over at once. */
const hurried: Clock = { ...systemClock, now: () => systemClock.now(), date: () => systemClock.date(), sleep: (ms, options) => systemClock.sleep(ms / 20, options) };

/** A client that has these parts of the file, and takes more. */
async function startPeer(t: ExecutionContext, held: HeldParts): Promise<string> {
  const read = async (buffer: Uint8Array, position: number) => bytes.copy(buffer, 0, position);
  const open = async (id: string) => (id === manifest.id ? { manifest, held, read, [Symbol.asyncDispose]: async () => undefined } : undefined);
  const server = await startFileServer({ ip: '127.0.0.1', port: 0 }, { open });
  t.teardown(() => server[Symbol.asyncDispose]());
  return `127.0.0.1:${server.port}`;
}

/** Downloads from whom is offered, one offer after another. */
function downloading(t: ExecutionContext, offers: AsyncIterable<TicketOffer>, { ownAddress, observer = {} }: { readonly ownAddress?: string; readonly observer?: DownloadObserver } = {}) {
  const stop = new AbortController();
  const sink = new MemorySink(manifest);
  const sources = openNodeSources(manifest, { threads: 0 });
  const parts = openPeerParts(manifest);
  const offered = new OfferedSources({ sources, partCount: PARTS, present: sink.present, askParts: parts.ask, ownAddress: () => ownAddress, clock: hurried });
  const kept: number[] = [];
  const result = download(manifest, offered.feed(offers), sink, {
    clock: systemClock,
    random: seededRandom(3),
    signal: stop.signal,
    observer: observeAll(offered.observer, observer, { onPartKept: part => void kept.push(part) }),
    partOrder: 'rarest-first',
    settings: impatientScheduler,
    patienceMs: 20_000,
  });
  t.teardown(async () => {
    stop.abort();
    await result;
    await offered[Symbol.asyncDispose]();
    parts[Symbol.dispose]();
    await sources[Symbol.asyncDispose]();
  });
  return { result, sink, kept };
}

async function* once(...addresses: readonly string[]): AsyncGenerator<TicketOffer> {
  yield { nodes: [], peers: addresses.map(address => ({ address })) };
}

test('clients that are fetching the file themselves give what they have by now, and the file is whole when they have it together', async t => {
  const [some, others] = [new HeldParts(PARTS, [0, 1, 2, 7]), new HeldParts(PARTS, [7, 11])];
  const { result, sink, kept } = downloading(t, once(await startPeer(t, some), await startPeer(t, others)));
  await eventually('what they have is here', () => kept.length === 5);
  t.deepEqual(kept.toSorted((a, b) => a - b), [0, 1, 2, 7, 11]);
  for (const part of [3, 4, 5]) some.add(part);
  for (const part of [6, 8, 9, 10]) others.add(part);
  const { outcome, sources, retries } = await result;
  t.is(outcome, 'done');
  t.true(bytes.equals(sink.bytes));
  t.is(retries, 0, 'nobody was asked for what it had not');
  t.is(sources.reduce((sum, source) => sum + source.bytes, 0), bytes.length);
  t.true(sources.every(source => source.bytes > 0));
});

test('a client is not its own source', async t => {
  const own = await startPeer(t, new HeldParts(PARTS, [0]));
  const other = await startPeer(t, new HeldParts(PARTS, Array.from({ length: PARTS }, (_, part) => part)));
  const { result } = downloading(t, once(own, other), { ownAddress: own });
  const { outcome, sources } = await result;
  t.is(outcome, 'done');
  t.deepEqual(sources.map(({ id }) => id), [other]);
});

test('who alone has the file, or when nobody has, is told at once that somebody else is waited for', async t => {
  const own = await startPeer(t, new HeldParts(PARTS, [0]));
  const other = await startPeer(t, new HeldParts(PARTS, Array.from({ length: PARTS }, (_, part) => part)));
  for (const first of [[own], []]) {
    const awaiting = createGate();
    const offers = async function* (): AsyncGenerator<TicketOffer> {
      yield* once(...first);
      await awaiting.opened;
      yield* once(...first, other);
    };
    const { result } = downloading(t, offers(), { ownAddress: own, observer: { onSourcesAwaited: () => awaiting.open() } });
    const { outcome, sources } = await result;
    t.is(outcome, 'done');
    t.deepEqual(sources.map(({ id }) => id), [other]);
  }
});

test('a peer that sends a wrong part is asked no more, and one that is not there gives its place to another', async t => {
  const wrong = await startFaultyServer(t, manifest, bytes, { type: 'corrupt' });
  const absent = '127.0.0.1:1';
  const right = await startPeer(t, new HeldParts(PARTS, [0, 1]));
  const late = new HeldParts(PARTS, [1]);
  const offers = async function* (): AsyncGenerator<TicketOffer> {
    yield* once(new URL(wrong.url).host, absent, right);
    await setImmediate();
    yield* once(new URL(wrong.url).host, absent, right, await startPeer(t, late));
  };
  const { result, sink } = downloading(t, offers());
  for (let part = 2; part < PARTS; part += 1) late.add(part);
  const { outcome, sources } = await result;
  t.is(outcome, 'done');
  t.true(bytes.equals(sink.bytes));
  t.true((sources.find(({ id }) => id === new URL(wrong.url).host)?.hashFailures ?? 0) <= 2);
});
