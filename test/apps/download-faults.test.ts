import test from 'ava';
import { systemClock } from '../../lib/base/clock.ts';
import { VideoError } from '../../lib/base/errors.ts';
import { Latest } from '../../lib/base/latest.ts';
import { seededRandom } from '../../lib/base/random.ts';
import { KIB, MIB } from '../../lib/base/units.ts';
import { download } from '../../lib/domain/download/download.ts';
import type { DownloadObserver } from '../../lib/domain/download/progress.ts';
import type { Source } from '../../lib/domain/download/source.ts';
import { downloadFrom, impatientScheduler, MemorySink } from '../helpers/download-from.ts';
import { startFaultyServer, type Fault } from '../helpers/faulty-server.ts';
import { manifestOf } from '../helpers/manifests.ts';
import { randomBytes } from '../helpers/random-bytes.ts';

const bytes = randomBytes(12 * MIB + 77, 12);
const manifest = manifestOf(bytes);
const IN_THE_MIDDLE = 2 * MIB + 100 * KIB;

/** What a source may do to a download that runs, beside what `download.test.ts` has; `code` is what is told of it. */
const faults: readonly { readonly title: string; readonly fault: Fault; readonly code: string }[] = [
  { title: 'becomes silent', fault: { type: 'hang', afterBytes: IN_THE_MIDDLE }, code: 'source_stalled' },
  { title: 'redirects', fault: { type: 'status', status: 302, headers: { Location: '/elsewhere' } }, code: 'source_protocol' },
  { title: 'redirects to itself', fault: { type: 'status', status: 307, headers: { Location: `/files/${manifest.id}` } }, code: 'source_protocol' },
  { title: 'is busy', fault: { type: 'status', status: 503, headers: { 'Retry-After': '3600' } }, code: 'source_refused' },
  { title: 'is busy until a date', fault: { type: 'status', status: 503, headers: { 'Retry-After': 'Fri, 31 Dec 2100 23:59:59 GMT' } }, code: 'source_refused' },
  { title: 'sends its head a byte at a time', fault: { type: 'slow_head', everyMs: 50 }, code: 'source_stalled' },
  { title: 'sends a head without end', fault: { type: 'endless_head' }, code: 'source_protocol' },
  { title: 'compresses with gzip', fault: { type: 'encoded' }, code: 'source_protocol' },
  { title: 'gets another version of the file', fault: { type: 'replaced', afterBytes: IN_THE_MIDDLE }, code: 'source_protocol' },
  { title: 'speaks TLS', fault: { type: 'tls' }, code: 'source_unreachable' },
];

for (const { title, fault, code } of faults) {
  test.serial(`the file is whole although a source ${title}`, async t => {
    const good = await startFaultyServer(t, manifest, bytes);
    const bad = await startFaultyServer(t, manifest, bytes, fault);
    const { result, sink } = await downloadFrom(t, manifest, [good.url, bad.url]);
    t.is(result.outcome, 'done');
    t.true(sink.bytes.equals(bytes));
    t.true(sink.kept.every(times => times === 1));
  });

  test.serial(`a file whose only source ${title} ends in one error, and is not finished`, async t => {
    const bad = await startFaultyServer(t, manifest, bytes, fault);
    const told = new Set<string>();
    const stallMs = code === 'source_stalled' ? 300 : 10_000;
    const observer: DownloadObserver = { onSourceFailed: (_id, error) => void told.add(error.code) };
    const { result, sink } = await downloadFrom(t, manifest, [bad.url], { patienceMs: 700, observer, settings: { ...impatientScheduler, stallMs } });
    t.is(result.outcome, 'failed');
    t.is(result.error?.code, 'no_sources');
    t.false(sink.isFinished);
    t.deepEqual([...told], [code]);
    for (const [part, times] of sink.kept.entries()) t.true(times === 0 || (await sink.verify(part)));
  });
}

for (const afterBytes of [0, IN_THE_MIDDLE]) {
  test.serial(`a source that trickles from byte ${afterBytes} on does not hold the end: another brings its parts`, async t => {
    const good = await startFaultyServer(t, manifest, bytes);
    const slow = await startFaultyServer(t, manifest, bytes, { type: 'trickle', afterBytes, everyMs: 100 });
    const { result, sink } = await downloadFrom(t, manifest, [slow.url, good.url]);
    t.is(result.outcome, 'done');
    t.true(sink.bytes.equals(bytes));
    t.true(sink.kept.every(times => times === 1));
    t.true(result.duplicateBytes <= manifest.partSizeBytes, `${result.duplicateBytes} bytes twice`);
  });
}

test.serial('a source that says for how long it is busy is left alone for that long, and used then', async t => {
  const server = await startFaultyServer(t, manifest, bytes, { type: 'status', status: 503, headers: { 'Retry-After': '1' } });
  const events: string[] = [];
  let refusedAtMs = 0;
  let askedAgainAtMs = 0;
  const { result, sink } = await downloadFrom(t, manifest, [server.url], {
    observer: {
      onSourceFailed(_id, { code }) {
        refusedAtMs = performance.now();
        events.push(code);
        server.setFault({ type: 'none' });
      },
      onSourceRetried() {
        askedAgainAtMs ||= performance.now();
        events.push('retried');
      },
      onSourceReturned: () => void events.push('returned'),
    },
  });
  t.is(result.outcome, 'done');
  t.true(sink.bytes.equals(bytes));
  t.deepEqual([...new Set(events)], ['source_refused', 'retried', 'returned']);
  t.true(askedAgainAtMs - refusedAtMs >= 999, `asked again after ${askedAgainAtMs - refusedAtMs} ms`);
});

test.serial('a source that is left alone is shown as paused', async t => {
  const good = await startFaultyServer(t, manifest, bytes);
  const busy = await startFaultyServer(t, manifest, bytes, { type: 'status', status: 503, headers: { 'Retry-After': '60' } });
  let state: string | undefined;
  const { result } = await downloadFrom(t, manifest, [good.url, busy.url], {
    observer: { onProgress: ({ sources }) => void (state = sources.find(({ id }) => id === 'source-2')?.state) },
  });
  t.is(result.outcome, 'done');
  t.is(state, 'cooling');
  t.is(busy.requested.length, 1);
});

test.serial('a source that was taken away and is offered again fails anew, and that is told again', async t => {
  const refused = new VideoError('source_refused', { source: 'peer', status: 403 });
  const bad: Source = { id: 'peer', read: () => Promise.reject(refused), [Symbol.asyncDispose]: async () => undefined };
  const current = new Latest<readonly Source[]>([bad]);
  const stop = new AbortController();
  let told = 0;
  const result = download(manifest, current, new MemorySink(manifest), {
    clock: systemClock,
    random: seededRandom(1),
    signal: stop.signal,
    settings: impatientScheduler,
    observer: {
      onSourceFailed() {
        told += 1;
        current.set([]);
        if (told === 3) stop.abort();
      },
      onSourceLeft: () => current.set([bad]),
    },
  });
  t.is((await result).outcome, 'cancelled');
  t.is(told, 3);
  current.end();
});
