import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import type { Clock } from '../../../lib/base/clock.ts';
import { createLog, silentLog, type Log } from '../../../lib/base/log.ts';
import { isSecondaryStatistics } from '../../../lib/domain/statistics-guards.ts';
import { keepStatistics, loadStatistics, saveStatistics } from '../../../lib/io/stats/statistics-file.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const DATE_MS = Date.UTC(2026, 0, 31, 23, 59, 58);

test('what was saved is loaded again, from a folder that saving creates', async t => {
  const path = join(await temporaryDirectory(t), 'a', 'b', 'stats.json');
  await saveStatistics(path, secondary(3));
  t.deepEqual(await loadStatistics(path, isSecondaryStatistics, { log: silentLog }), secondary(3));
});

test('where there is no file there are no statistics, and nothing is told', async t => {
  const { log, events } = recordingLog();
  const path = join(await temporaryDirectory(t), 'stats.json');
  t.is(await loadStatistics(path, isSecondaryStatistics, { log }), undefined);
  t.deepEqual(events, []);
});

for (const [what, text] of [
  ['cut short', '{"version": 1, "prog'],
  ['of another program', JSON.stringify({ ...secondary(1), program: 'videocentral' })],
  ['with a sum that is no number', JSON.stringify({ ...secondary(1), videos: { a: 'many' } })],
] as const) {
  test(`a file ${what} is kept aside under another name`, async t => {
    const { log, events } = recordingLog();
    const directory = await temporaryDirectory(t);
    const path = join(directory, 'stats.json');
    await writeFile(path, text);
    t.is(await loadStatistics(path, isSecondaryStatistics, { log, clock: { date: () => DATE_MS } }), undefined);
    t.deepEqual(await readdir(directory), ['stats.json.bad-20260131T235958']);
    t.is(await readFile(`${path}.bad-20260131T235958`, 'utf8'), text);
    t.deepEqual(events, ['statistics.unreadable']);
  });
}

test('a folder in the place of the file is moved aside too', async t => {
  const directory = await temporaryDirectory(t);
  const path = join(directory, 'stats.json');
  await mkdir(path);
  await loadStatistics(path, isSecondaryStatistics, { log: silentLog });
  await saveStatistics(path, secondary(1));
  t.is((await readdir(directory)).length, 2);
});

test('a folder that cannot be made has a code', async t => {
  const path = join(await temporaryDirectory(t), 'file');
  await writeFile(path, '');
  await t.throwsAsync(saveStatistics(join(path, 'stats.json'), {}), { code: 'not_a_directory' });
});

test('statistics are saved at their time when they changed, and again at the end', async t => {
  const path = join(await temporaryDirectory(t), 'stats.json');
  const clock = steppedClock();
  const { log, events } = recordingLog();
  let current = secondary(1);
  const keeper = keepStatistics({ path, read: () => current, clock, log });

  t.is(await clock.step(), 30_000);
  await clock.waiting();
  t.deepEqual(events, [], 'nothing changed yet');

  current = secondary(2);
  await clock.step();
  await clock.waiting();
  t.deepEqual(events, ['statistics.saved']);
  t.like(JSON.parse(await readFile(path, 'utf8')), { totals: { requests: 2 }, savedAt: '2026-01-31T23:59:58.000Z' });

  current = { ...current, savedAt: 'another date' };
  await clock.step();
  await clock.waiting();
  t.is(events.length, 1, 'its date alone is no change');

  current = secondary(4);
  await keeper[Symbol.asyncDispose]();
  t.like(JSON.parse(await readFile(path, 'utf8')), { totals: { requests: 4 } });
});

test('a save that fails is told and not thrown', async t => {
  const directory = await temporaryDirectory(t);
  await writeFile(join(directory, 'file'), '');
  const { log, events } = recordingLog();
  const path = join(directory, 'file', 'stats.json');
  const keeper = keepStatistics({ path, read: () => secondary(1), clock: steppedClock(), log });
  await t.notThrowsAsync(async () => keeper[Symbol.asyncDispose]());
  t.deepEqual(events, ['statistics.failed']);
});

function secondary(requests: number) {
  return {
    version: 1,
    program: 'videosecundario',
    number: 7,
    savedAt: '2026-01-01T00:00:00.000Z',
    clientes: { '127.0.0.1': requests },
    videos: { 'película.mp4': requests },
    totals: { requests, servedBytes: 0, copies: 0, copiedBytes: 0, failedCopies: 0 },
  };
}

function recordingLog(): { readonly log: Log; readonly events: readonly string[] } {
  const events: string[] = [];
  return { log: createLog((_level, event) => events.push(event), 'debug'), events };
}

/** Time that moves only when told: `step` ends the sleep that waits, `waiting` resolves when one does. */
function steppedClock(): Clock & { step(): Promise<number>; waiting(): Promise<void> } {
  let sleeping = nextSleep();
  return {
    now: () => 0,
    date: () => DATE_MS,
    sleep: (ms, { signal } = {}) =>
      new Promise((resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
        sleeping.resolve({ ms, wake: resolve });
      }),
    async step() {
      const { ms, wake } = await sleeping.promise;
      sleeping = nextSleep();
      wake();
      return ms;
    },
    async waiting() {
      await sleeping.promise;
    },
  };
}

interface Sleep {
  readonly ms: number;
  readonly wake: () => void;
}

function nextSleep() {
  let resolve: (sleep: Sleep) => void = () => undefined;
  const promise = new Promise<Sleep>(settle => (resolve = settle));
  return { promise, resolve };
}
