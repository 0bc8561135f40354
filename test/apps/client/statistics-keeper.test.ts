import test from 'ava';
import { StatisticsKeeper, type StatisticsStore } from '../../../lib/apps/client/statistics-keeper.ts';
import { systemClock } from '../../../lib/base/clock.ts';
import { createLog, silentLog } from '../../../lib/base/log.ts';
import type { ClientStatistics, DownloadRecord } from '../../../lib/domain/statistics.ts';
import { createGate } from '../../helpers/gate.ts';

const record = { name: 'v', outcome: 'done', receivedBytes: 1, elapsedMs: 1 } as DownloadRecord;

function openStore() {
  const files = new Map<string, ClientStatistics>();
  const store: StatisticsStore = {
    load: async path => files.get(path),
    change: async (path, change) => void files.set(path, change(files.get(path))),
  };
  return { files, store };
}

const keep = (name: string, store: StatisticsStore) =>
  new StatisticsKeeper(name, { directory: 'stats', store, clock: systemClock, log: silentLog });

test('two clients of one name and their later runs lose nothing of each other', async t => {
  const { files, store } = openStore();
  const [one, two] = [keep('ana', store), keep('ana', store)];
  one.add(record);
  two.add(record);
  t.true(await one.save());
  t.true(await two.save());
  t.true(await one.save());
  const later = keep('ana', store);
  later.add(record);
  await later.save();
  t.is(files.get('stats/cliente-ana.json')!.totals.downloads, 3);
});

test('a client that takes another name leaves to each what was downloaded under it', async t => {
  const { files, store } = openStore();
  const keeper = keep('ana', store);
  keeper.add(record);
  keeper.rename('eva');
  keeper.add(record);
  await keeper.save();
  t.deepEqual([...files.values()].map(({ clientes }) => clientes), [{ ana: 1 }, { eva: 1 }]);
  t.is(keeper.path, 'stats/cliente-eva.json');
});

test('what could not be saved is told and saved later', async t => {
  const { files, store } = openStore();
  const told: string[] = [];
  let isFull = true;
  const keeper = new StatisticsKeeper('ana', {
    directory: 'stats',
    clock: systemClock,
    log: createLog((_level, event) => told.push(event)),
    store: {
      ...store,
      change: async (path, change) => {
        if (isFull) throw Object.assign(new Error('full'), { code: 'ENOSPC' });
        await store.change(path, change);
      },
    },
  });
  keeper.add(record);
  t.false(await keeper.save());
  t.deepEqual(told, ['statistics.failed']);
  isFull = false;
  t.true(await keeper.save());
  t.is(files.get(keeper.path)!.totals.downloads, 1);
});

test('saves go one after another, and what comes meanwhile is saved by the next', async t => {
  const { files, store } = openStore();
  const [begun, gate] = [createGate(), createGate()];
  let changing = 0;
  const keeper = keep('ana', {
    ...store,
    change: async (path, change) => {
      t.is((changing += 1), 1);
      begun.open();
      await gate.opened;
      await store.change(path, change);
      changing -= 1;
    },
  });
  keeper.add(record);
  const first = keeper.save();
  await begun.opened;
  keeper.rename('eva');
  keeper.add(record);
  const second = keeper.save();
  gate.open();
  t.deepEqual(await Promise.all([first, second]), [true, true]);
  t.deepEqual([...files].map(([path, { name, totals }]) => [path, name, totals.downloads]), [
    ['stats/cliente-ana.json', 'ana', 1],
    ['stats/cliente-eva.json', 'eva', 1],
  ]);
});

test('what was downloaded under a name is known before and after it is saved, and to later runs', async t => {
  const { store } = openStore();
  const keeper = keep('ana', store);
  keeper.add({ ...record, name: 'first' });
  const names = async (of = keeper) => (await of.downloads()).map(({ name }) => name);
  t.deepEqual(await names(), ['first']);
  await keeper.save();
  keeper.add({ ...record, name: 'second' });
  t.deepEqual(await names(), ['first', 'second']);
  await keeper.save();
  t.deepEqual(await names(keep('ana', store)), ['first', 'second']);
  t.deepEqual(await names(keep('eva', store)), []);
  const broken = keep('ana', { ...store, load: async () => Promise.reject(new Error('EIO')) });
  broken.add(record);
  t.deepEqual(await names(broken), ['v']);
});

test('what was given to others is added once, and survives downloads', async t => {
  const { files, store } = openStore();
  const keeper = keep('ana', store);
  const shared = () => files.get('stats/cliente-ana.json')!.totals.sharedBytes;
  await keeper.save();
  t.is(shared(), undefined);
  keeper.addShared(10);
  await keeper.save();
  await keeper.save();
  keeper.add(record);
  await keeper.save();
  t.is(shared(), 10);
  const later = keep('ana', store);
  later.addShared(5);
  await later.save();
  t.is(shared(), 15);
});
