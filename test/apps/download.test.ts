import test, { type ExecutionContext } from 'ava';
import { KIB, MIB } from '../../lib/base/units.ts';
import { download } from '../../lib/domain/download/download.ts';
import { PIECE_BYTES } from '../../lib/domain/download/source.ts';
import { systemClock } from '../../lib/base/clock.ts';
import { seededRandom } from '../../lib/base/random.ts';
import { openNodeSources } from '../../lib/io/http/node-sources.ts';
import { downloadFrom, impatientScheduler, MemorySink } from '../helpers/download-from.ts';
import { partsAsked, startFaultyServer, type Fault } from '../helpers/faulty-server.ts';
import { createGate } from '../helpers/gate.ts';
import { manifestOf } from '../helpers/manifests.ts';
import { randomBytes } from '../helpers/random-bytes.ts';

const bytes = randomBytes(24 * MIB + 321, 11);
const manifest = manifestOf(bytes);

for (const threads of [0, 2]) {
  test(`three healthy sources give the file together, with ${threads} threads beside this one`, async t => {
    const servers = await Promise.all([1, 2, 3].map(() => startFaultyServer(t, manifest, bytes)));
    const { result, sink } = await downloadFrom(t, manifest, servers.map(({ url }) => url), { threads });
    t.is(result.outcome, 'done');
    t.true(sink.isFinished);
    t.true(sink.bytes.equals(bytes));
    t.true(sink.kept.every(times => times === 1));
    t.true(result.sources.every(source => source.parts > 0));
    t.is(result.receivedBytes, bytes.length);
    t.deepEqual([...new Set(result.timeline.map(({ source }) => source))].sort(), ['source-1', 'source-2', 'source-3']);
  });
}

const faults: readonly { readonly title: string; readonly fault: Fault }[] = [
  { title: 'is cut in the middle of a part', fault: { type: 'cut', afterBytes: 3 * MIB + 100 * KIB } },
  { title: 'hangs in the middle of a part', fault: { type: 'hang', afterBytes: 3 * MIB + 100 * KIB } },
  { title: 'never answers', fault: { type: 'hang', afterBytes: 0 } },
  { title: 'corrupts every part', fault: { type: 'corrupt' } },
  { title: 'answers 200 with the whole file to a range', fault: { type: 'ignore_range' } },
  { title: 'sends too few bytes', fault: { type: 'short' } },
  { title: 'announces another length', fault: { type: 'wrong_length' } },
  { title: 'sends another range', fault: { type: 'wrong_range' } },
  { title: 'has another file', fault: { type: 'wrong_etag' } },
  { title: 'compresses', fault: { type: 'encoded' } },
  { title: 'answers 404', fault: { type: 'status', status: 404 } },
  { title: 'answers 500', fault: { type: 'status', status: 500 } },
  { title: 'does not speak HTTP', fault: { type: 'not_http' } },
];

for (const { title, fault } of faults) {
  // One after another: a busy machine must not make the good one look silent.
  test.serial(`a source that ${title} is named, and the file is whole`, async t => {
    const good = await startFaultyServer(t, manifest, bytes);
    const bad = await startFaultyServer(t, manifest, bytes, fault);
    const culprits: string[] = [];
    const observer = {
      onSourceFailed: (id: string) => void culprits.push(id),
      onPartCorrupt: (id: string) => void culprits.push(id),
    };
    const { result, sink } = await downloadFrom(t, manifest, [good.url, bad.url], { observer });
    t.is(result.outcome, 'done');
    t.true(sink.bytes.equals(bytes));
    t.true(sink.kept.every(times => times === 1));
    // Who is silent may lose its parts to the good one before that is found out.
    if (fault.type !== 'hang') t.true(culprits.includes('source-2'), result.outcome);
    t.false(culprits.includes('source-1'));
    const outcomes = new Set(result.timeline.filter(({ source }) => source === 'source-2').map(({ outcome }) => outcome));
    if (fault.type !== 'hang') t.true(outcomes.has(fault.type === 'corrupt' ? 'corrupt' : 'failed'), [...outcomes].join());
  });
}

/** Downloads from a server that falls silent in the middle of its fourth part and then, when that was noticed, from a good one too. */
async function downloadAfterSilence(t: ExecutionContext, fault: Extract<Fault, { type: 'hang' }>) {
  const [bad, good] = [await startFaultyServer(t, manifest, bytes, fault), await startFaultyServer(t, manifest, bytes)];
  const sources = openNodeSources(manifest, { threads: 0 });
  t.teardown(() => sources[Symbol.asyncDispose]());
  const silence = createGate();
  async function* feed() {
    yield [sources.source('bad', bad.url)];
    await silence.opened;
    yield [sources.source('bad', bad.url), sources.source('good', good.url)];
  }
  const sink = new MemorySink(manifest);
  const result = await download(manifest, feed(), sink, {
    clock: systemClock,
    random: seededRandom(1),
    signal: new AbortController().signal,
    // One request at a time and a long silence, so that what is left behind is always the same.
    settings: { ...impatientScheduler, requestsPerSource: 1, stallMs: 2000 },
    patienceMs: 20_000,
    observer: { onSourceFailed: () => silence.open() },
  });
  t.is(result.outcome, 'done', String(result.error));
  t.true(sink.bytes.equals(bytes));
  t.true(sink.kept.every(times => times === 1));
  const asked = [...bad.requested, ...good.requested];
  t.true(asked.some(({ start }) => start === 3 * MIB + PIECE_BYTES), 'the rest of that part was asked for');
  return { asked };
}

const silent = { type: 'hang', afterBytes: 3 * MIB + 640 * KIB } as const;

test('what a source that falls silent in the middle of a part left behind is gone on with', async t => {
  const { asked } = await downloadAfterSilence(t, silent);
  t.is(asked.filter(({ start, end }) => start <= 3 * MIB && end >= 4 * MIB).length, 1, 'and its beginning only once');
});

test('what a source that falls silent left behind was wrong: the part is fetched whole, and the file is right', async t => {
  const { asked } = await downloadAfterSilence(t, { ...silent, wrongAfterBytes: 3 * MIB });
  t.true(asked.filter(({ start, end }) => start <= 3 * MIB && end >= 4 * MIB).length > 1);
});

test('a port where nobody listens is a failed source like any other', async t => {
  const good = await startFaultyServer(t, manifest, bytes);
  const { result, sink } = await downloadFrom(t, manifest, ['http://127.0.0.1:1', good.url]);
  t.is(result.outcome, 'done');
  t.true(sink.bytes.equals(bytes));
  t.true(result.sources.find(({ id }) => id === 'source-1')!.failures > 0);
});

test('a source that comes back is used again', async t => {
  const server = await startFaultyServer(t, manifest, bytes, { type: 'status', status: 503 });
  const events: string[] = [];
  const { result, sink } = await downloadFrom(t, manifest, [server.url], {
    observer: {
      onSourceFailed(id) {
        events.push(`failed ${id}`);
        server.setFault({ type: 'none' });
      },
      onSourcesAwaited: () => void events.push('awaited'),
      onSourceReturned: id => void events.push(`returned ${id}`),
    },
  });
  t.is(result.outcome, 'done');
  t.true(sink.bytes.equals(bytes));
  // A busy machine may make it look silent once more, and return again.
  t.deepEqual([...new Set(events.filter(event => event !== 'awaited'))], ['failed source-1', 'returned source-1']);
  t.is(events.at(-1), 'returned source-1');
});

test('when every source is gone the download gives up after its patience, naming the file', async t => {
  const { result, sink } = await downloadFrom(t, manifest, ['http://127.0.0.1:1'], { patienceMs: 300 });
  t.is(result.outcome, 'failed');
  t.is(result.error?.code, 'no_sources');
  t.false(sink.isFinished);
});

test('when every source corrupts, the error says whose part was wrong', async t => {
  const bad = await startFaultyServer(t, manifest, bytes, { type: 'corrupt' });
  const { result } = await downloadFrom(t, manifest, [bad.url], { patienceMs: 300 });
  t.is(result.outcome, 'failed');
  t.is(result.error?.code, 'part_corrupt');
});

test('parts that are present are never asked for', async t => {
  const server = await startFaultyServer(t, manifest, bytes);
  const present = new Set([0, 1, 2, 5, 24]);
  const sink = new MemorySink(manifest, present);
  const { result } = await downloadFrom(t, manifest, [server.url], { sink });
  t.is(result.outcome, 'done');
  t.deepEqual([...partsAsked(server, manifest)].filter(part => present.has(part)), []);
  t.is(result.resumedBytes, 4 * MIB + 321);
});

test('a cancelled download ends at once and says what it got', async t => {
  const server = await startFaultyServer(t, manifest, bytes, { type: 'hang', afterBytes: 4 * MIB });
  const stop = new AbortController();
  const sink = new MemorySink(manifest);
  const write = sink.write.bind(sink);
  sink.write = async (part, offset, pieceBytes) => {
    await write(part, offset, pieceBytes);
    stop.abort();
  };
  const { result } = await downloadFrom(t, manifest, [server.url], { sink, signal: stop.signal });
  t.is(result.outcome, 'cancelled');
  t.is(result.error?.code, 'cancelled');
  t.true(result.sources.every(({ failures }) => failures === 0));
});

test('sources that the feed brings later are used, those that it drops are not', async t => {
  const [first, second] = [await startFaultyServer(t, manifest, bytes, { type: 'hang', afterBytes: MIB }), await startFaultyServer(t, manifest, bytes)];
  const sources = openNodeSources(manifest, { threads: 0 });
  t.teardown(() => sources[Symbol.asyncDispose]());
  const left: string[] = [];
  let firstCame!: () => void;
  const firstBytes = new Promise<void>(resolve => {
    firstCame = resolve;
  });
  async function* feed() {
    yield [sources.source('first', first.url)];
    await firstBytes;
    yield [sources.source('second', second.url)];
  }
  const sink = new MemorySink(manifest);
  const result = await download(manifest, feed(), sink, {
    clock: systemClock,
    random: seededRandom(1),
    signal: new AbortController().signal,
    settings: { ...impatientScheduler, stallMs: 60_000 },
    observer: {
      onSourceLeft: id => void left.push(id),
      onProgress: ({ sources: [source] }) => (source?.bytes ?? 0) >= MIB && firstCame(),
    },
  });
  t.is(result.outcome, 'done');
  t.true(sink.bytes.equals(bytes));
  t.deepEqual(left, ['first']);
});
