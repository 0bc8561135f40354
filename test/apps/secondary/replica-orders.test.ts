import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { Folder } from '../../../lib/apps/shared-folder/folder.ts';
import { ReplicaOrders } from '../../../lib/apps/secondary/replica-orders.ts';
import { systemClock as clock, type Clock } from '../../../lib/base/clock.ts';
import { createLog } from '../../../lib/base/log.ts';
import { DAY_MS } from '../../../lib/base/units.ts';
import { Inventory } from '../../../lib/domain/inventory.ts';
import { openReplicaFolder } from '../../../lib/io/files/replica-folder.ts';
import { eventually } from '../../helpers/eventually.ts';
import { manifestOf } from '../../helpers/manifests.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const bytes = Buffer.from('faro');
const { id } = manifestOf(bytes);
const other = 'f'.repeat(64);

/** A node's folder that has `faro.mp4`, read, and its orders, without heartbeats: the test is the central. */
async function openSite(t: ExecutionContext) {
  const directory = await temporaryDirectory(t);
  const disk = await openReplicaFolder(directory, { clock });
  const events: string[] = [];
  const log = createLog((_level, event) => void events.push(event));
  const inventory = new Inventory('run');
  const folder = new Folder({ settleMs: 0, rescanMs: 20, retryMs: 1000 }, { ...disk, inventory, clock, log, onChange: () => undefined });
  await writeFile(join(directory, 'faro.mp4'), bytes);
  await folder.load();
  const stop = new AbortController();
  const running = folder.run(stop.signal);
  t.teardown(async () => {
    stop.abort();
    await running;
    await disk[Symbol.asyncDispose]();
  });
  t.false(folder.isAllRead);
  await eventually('the file is read', () => folder.files.has('faro.mp4') && folder.isAllRead);
  const orders = new ReplicaOrders({ folder, files: disk.files, manifests: disk.manifests, moves: disk.moves, clock, log });
  const told = () => inventory.slice(0, 100).added.map(({ name }) => name);
  const shown = async () => (await readdir(directory)).filter(name => !name.startsWith('.')).sort();
  return { directory, disk, folder, orders, events, told, shown };
}

test('a replica goes to the trash and comes back, served and announced at once', async t => {
  const { disk, folder, orders, told, shown } = await openSite(t);
  await orders.take([{ type: 'trash', id, name: 'faro.mp4' }]);
  t.deepEqual([await shown(), told(), folder.holds(id), disk.moves.holds(id)], [[], [], false, true]);
  t.is(await folder.open(id), undefined);
  await orders.take([{ type: 'restore', id, name: 'torre.mp4' }]);
  t.deepEqual([await shown(), told()], [['torre.mp4'], ['torre.mp4']]);
  t.deepEqual(orders.obeyed, [{ type: 'restore', id, name: 'torre.mp4' }]);
  await using served = await folder.open(id);
  t.is(served?.manifest.id, id);
});

test('a machine that sleeps between two orders leaves the second, which is of long ago', async t => {
  const { disk, folder, shown } = await openSite(t);
  let asleepMs = 0;
  const log = createLog((_level, event) => {
    if (event === 'replica.trashed') asleepMs = DAY_MS;
  });
  const sleepy: Clock = { now: () => clock.now(), date: () => clock.date() + asleepMs, sleep: (ms, options) => clock.sleep(ms, options) };
  const orders = new ReplicaOrders({ folder, files: disk.files, manifests: disk.manifests, moves: disk.moves, clock: sleepy, log });
  await orders.take([{ type: 'trash', id, name: 'faro.mp4' }, { type: 'drop', id, name: 'faro.mp4', reason: 'removed' }]);
  t.true(disk.moves.holds(id));
  await orders.take([{ type: 'restore', id, name: 'faro.mp4' }]);
  t.deepEqual(await shown(), ['faro.mp4']);
});

test('who reads it while it goes to the trash reads it to the end', async t => {
  const { folder, orders } = await openSite(t);
  await using served = await folder.open(id);
  await orders.take([{ type: 'trash', id, name: 'faro.mp4' }]);
  const buffer = Buffer.alloc(bytes.byteLength);
  t.is(await served!.read(buffer, 0), bytes.byteLength);
  t.deepEqual(buffer, bytes);
});

test('a replica is renamed without being read again', async t => {
  const { folder, orders, events, told, shown } = await openSite(t);
  await orders.take([{ type: 'rename', id, name: 'faro.mp4', to: 'mar.mp4' }]);
  t.deepEqual([await shown(), told(), [...folder.files.keys()]], [['mar.mp4'], ['mar.mp4'], ['mar.mp4']]);
  t.is(events.filter(event => event === 'file.indexed').length, 1);
});

test('a surplus one is freed where it is; a removed one only in the trash', async t => {
  const { disk, orders, shown } = await openSite(t);
  await orders.take([{ type: 'drop', id, name: 'faro.mp4', reason: 'removed' }]);
  t.deepEqual(await shown(), ['faro.mp4'], 'a person may have put it there again');
  t.deepEqual(orders.obeyed, [{ type: 'drop', id, name: 'faro.mp4' }]);
  await orders.take([{ type: 'drop', id, name: 'faro.mp4', reason: 'surplus' }]);
  t.deepEqual([await shown(), orders.obeyed, disk.moves.holds(id)], [[], [], false]);
});

test('an order that does not fit any more is void', async t => {
  const { directory, disk, orders, shown, events } = await openSite(t);
  await orders.take([
    { type: 'trash', id: other, name: 'faro.mp4' },
    { type: 'drop', id: other, name: 'faro.mp4', reason: 'surplus' },
    { type: 'rename', id: other, name: 'faro.mp4', to: 'x.mp4' },
    { type: 'rename', id, name: 'faro.mp4', to: 'faro.mp4' },
    { type: 'trash', id, name: 'nada.mp4' },
    { type: 'restore', id, name: 'faro.mp4' },
  ]);
  t.deepEqual([await shown(), orders.obeyed], [['faro.mp4'], []]);
  await writeFile(join(directory, 'mar.mp4'), 'mar');
  await orders.take([{ type: 'rename', id, name: 'faro.mp4', to: 'mar.mp4' }]);
  t.deepEqual(await shown(), ['faro.mp4', 'mar.mp4']);
  await orders.take([{ type: 'trash', id, name: 'faro.mp4' }]);
  for (let time = 0; time < 2; time += 1) await orders.take([{ type: 'restore', id, name: 'mar.mp4' }]);
  t.deepEqual([await shown(), orders.obeyed, disk.moves.holds(id)], [['mar.mp4'], [], true]);
  t.is(events.filter(event => event === 'replica.failed').length, 1, 'told once');
});

test('a file that was changed in the trash is read again before it is announced', async t => {
  const { directory, orders, told, folder } = await openSite(t);
  await orders.take([{ type: 'trash', id, name: 'faro.mp4' }]);
  const trash = join(directory, '.videopartes', 'trash');
  await writeFile(join(trash, (await readdir(trash))[0]!, 'faro.mp4'), 'otra cosa');
  await orders.take([{ type: 'restore', id, name: 'faro.mp4' }]);
  await eventually('it is what it is', () => told().includes('faro.mp4'));
  t.not(folder.files.get('faro.mp4')?.id, id);
});
