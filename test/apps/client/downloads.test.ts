import test from 'ava';
import { Downloads, type DownloadsPorts } from '../../../lib/apps/client/downloads.ts';
import type { GetResult } from '../../../lib/apps/client/get.ts';
import { VideoError } from '../../../lib/base/errors.ts';
import { createLog, silentLog } from '../../../lib/base/log.ts';
import type { DownloadProgress } from '../../../lib/domain/download/progress.ts';
import type { DownloadRecord } from '../../../lib/domain/statistics.ts';
import { manifestNamed } from '../../helpers/manifests.ts';

const resultOf = (name: string) => ({ record: { name } as DownloadRecord }) satisfies GetResult;
const half: DownloadProgress = { sizeBytes: 2, doneBytes: 1, rate: 1, etaMs: 1000, sources: [] };
const tick = () => new Promise(resolve => setImmediate(resolve));

/** Downloads that end when the test says so. */
function harness(options: Partial<DownloadsPorts> = {}) {
  const release = new Map<string, () => void>();
  const begun: string[] = [];
  const shown = new Set<string>();
  const records: string[] = [];
  const downloads = new Downloads({
    get: async (name, { observer }) => {
      begun.push(name);
      observer.onProgress?.(half);
      await new Promise<void>(resolve => release.set(name, resolve));
      return resultOf(name);
    },
    views: {
      open(name) {
        shown.add(name);
        return { observer: {}, onWaiting() {}, close: () => shown.delete(name) };
      },
    },
    log: silentLog,
    atOnce: 2,
    signal: new AbortController().signal,
    onRecord: ({ name }) => records.push(name),
    ...options,
  });
  return { downloads, release, begun, shown, records };
}

test('some downloads run at once and the others wait for their turn', async t => {
  const { downloads, release, begun, shown, records } = harness();
  for (const name of ['a', 'b', 'c']) void downloads.start(name);
  await tick();
  t.deepEqual(begun, ['a', 'b']);
  t.deepEqual(downloads.running, [
    { name: 'a', progress: half },
    { name: 'b', progress: half },
    { name: 'c', progress: undefined },
  ]);
  release.get('a')!();
  await tick();
  t.deepEqual(begun, ['a', 'b', 'c']);
  t.false(downloads.isRunning('a'));
  t.deepEqual([...shown], ['b', 'c']);
  const settled = downloads.settled();
  release.get('b')!();
  release.get('c')!();
  await settled;
  t.deepEqual(records, ['a', 'b', 'c']);
  t.deepEqual(downloads.running, []);
});

test('a download that cannot begin rejects, closes its view and is not counted', async t => {
  const { downloads, shown, records } = harness({
    async get(name) {
      throw new VideoError('file_not_found', { name, near: [] });
    },
  });
  await t.throwsAsync(downloads.start('x'), { code: 'file_not_found' } as object);
  await downloads.settled();
  t.is(shown.size, 0);
  t.deepEqual(records, []);
});

test('those in line do not begin after the signal', async t => {
  const stop = new AbortController();
  const { downloads, release, begun } = harness({ atOnce: 1, signal: stop.signal });
  const first = downloads.start('a');
  const second = downloads.start('b');
  await tick();
  stop.abort(new VideoError('cancelled', {}));
  release.get('a')!();
  await first;
  await t.throwsAsync(second, { code: 'cancelled' } as object);
  t.deepEqual(begun, ['a']);
});

test('what happens to a download is told at the console', async t => {
  const told: string[] = [];
  const { downloads } = harness({
    log: createLog((level, event) => told.push(`${level} ${event}`)),
    async get(name, { observer }) {
      observer.onStart?.(5, manifestNamed(name, 1));
      observer.onSourceFailed?.('s1', new VideoError('source_stalled', { source: 's1', silentMs: 1 }), 2);
      observer.onPartCorrupt?.('s2', 1);
      observer.onSourcesAwaited?.();
      observer.onSourceReturned?.('s1');
      return resultOf(name);
    },
  });
  await downloads.start('a');
  t.deepEqual(told, ['info download.resumed', 'warn source.failed', 'warn source.corrupt', 'warn sources.awaited', 'info source.returned']);
});
