import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import test from 'ava';
import { emptyStatistics } from '../../../lib/apps/client/statistics.ts';
import { StatisticsKeeper, type StatisticsStore } from '../../../lib/apps/client/statistics-keeper.ts';
import { systemClock, type Clock } from '../../../lib/base/clock.ts';
import { createLog, silentLog } from '../../../lib/base/log.ts';
import type { ClientStatistics, DownloadRecord } from '../../../lib/domain/statistics.ts';
import { isClientStatistics } from '../../../lib/domain/statistics-guards.ts';
import { changeStatistics } from '../../../lib/io/stats/statistics-change.ts';
import { loadStatistics } from '../../../lib/io/stats/statistics-file.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const record: DownloadRecord = {
  name: 'v',
  id: 'a'.repeat(64),
  sizeBytes: 1,
  path: 'v',
  outcome: 'done',
  startedAt: '2026-01-31T23:59:58.000Z',
  elapsedMs: 1,
  waitedMs: 0,
  rate: 1,
  parts: 1,
  receivedBytes: 1,
  resumedBytes: 0,
  duplicateBytes: 0,
  retries: 0,
  sources: [],
};

async function downloadsIn(path: string): Promise<number> {
  return (JSON.parse(await readFile(path, 'utf8')) as ClientStatistics).totals.downloads;
}

test('keepers of one name that save at once lose nothing of each other', async t => {
  const directory = await temporaryDirectory(t);
  const store: StatisticsStore = {
    load: path => loadStatistics(path, isClientStatistics, { log: silentLog }),
    change: (path, change) => changeStatistics(path, isClientStatistics, change, { log: silentLog }),
  };
  const keepers = Array.from({ length: 4 }, () => new StatisticsKeeper('ana', { directory, store, clock: systemClock, log: silentLog }));
  for (const keeper of keepers) keeper.add(record);
  t.deepEqual(await Promise.all(keepers.map(keeper => keeper.save())), [true, true, true, true]);
  t.is(await downloadsIn(keepers[0]!.path), 4);
  t.deepEqual(await readdir(directory), ['cliente-ana.json']);
});

test('a process waits while another one changes the file, and then adds to what that one saved', async t => {
  const directory = await temporaryDirectory(t);
  const path = join(directory, 'stats.json');
  const script = join(directory, 'changer.mjs');
  const lib = (name: string) => JSON.stringify(new URL(`../../../lib/${name}`, import.meta.url).href);
  // Says what it does, and goes on with its change when it is told to.
  await writeFile(
    script,
    `import { readSync } from 'node:fs';
     import { emptyStatistics, withDownload } from ${lib('apps/client/statistics.js')};
     import { systemClock } from ${lib('base/clock.js')};
     import { silentLog } from ${lib('base/log.js')};
     import { isClientStatistics } from ${lib('domain/statistics-guards.js')};
     import { changeStatistics } from ${lib('io/stats/statistics-change.js')};
     const addOne = (saved = emptyStatistics('ana')) => {
       console.log('changing');
       readSync(0, Buffer.alloc(1));
       return withDownload(saved, ${JSON.stringify(record)});
     };
     const sleep = (ms, options) => (console.log('waiting'), systemClock.sleep(ms, options));
     await changeStatistics(${JSON.stringify(path)}, isClientStatistics, addOne, { log: silentLog, clock: { ...systemClock, sleep } });`,
  );
  const start = () => {
    const changer = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
    t.teardown(() => changer.kill());
    const lines = createInterface(changer.stdout)[Symbol.asyncIterator]();
    return {
      next: async () => (await lines.next()).value as string,
      goOn: () => changer.stdin.write('.'),
      ended: once(changer, 'exit'),
    };
  };
  const first = start();
  t.is(await first.next(), 'changing');
  const second = start();
  second.goOn();
  t.is(await second.next(), 'waiting');
  first.goOn();
  t.deepEqual(await Promise.all([first.ended, second.ended]), [[0, null], [0, null]]);
  t.is(await downloadsIn(path), 2);
  t.deepEqual((await readdir(directory)).sort(), ['changer.mjs', 'stats.json']);
});

test('a file that is never free is told, left as it is, and changed later', async t => {
  const directory = await temporaryDirectory(t);
  const told: unknown[] = [];
  const log = createLog((_level, event, fields) => told.push([event, fields]));
  const clock = hurriedClock();
  const keeper = new StatisticsKeeper('ana', {
    directory,
    store: { load: async () => undefined, change: (path, change) => changeStatistics(path, isClientStatistics, change, { log, clock }) },
    clock,
    log,
  });
  const saved = emptyStatistics('ana');
  await writeFile(keeper.path, JSON.stringify(saved));
  await writeFile(`${keeper.path}.lock`, `1 another-${hostname()}\n`);
  keeper.add(record);
  t.false(await keeper.save());
  t.deepEqual(told, [['statistics.failed', { path: keeper.path, reason: 'path_in_use' }]]);
  t.deepEqual(JSON.parse(await readFile(keeper.path, 'utf8')), saved);
  await writeFile(`${keeper.path}.lock`, `${process.pid} ${hostname()}\n`);
  t.true(await keeper.save());
  t.is(await downloadsIn(keeper.path), 1);
});

/** Its sleeps are over at once, and take all their time. */
function hurriedClock(): Clock {
  let nowMs = 0;
  return {
    now: () => nowMs,
    date: () => systemClock.date(),
    sleep: async ms => {
      nowMs += ms;
    },
  };
}
