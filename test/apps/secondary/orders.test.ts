import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { Copies } from '../../../lib/apps/secondary/orders.ts';
import { Folder } from '../../../lib/apps/shared-folder/folder.ts';
import { systemClock, type Clock } from '../../../lib/base/clock.ts';
import type { EventFields, EventName } from '../../../lib/base/events.ts';
import { createLog } from '../../../lib/base/log.ts';
import { systemRandom as random } from '../../../lib/base/random.ts';
import { CopyRate } from '../../../lib/domain/copy-rate.ts';
import { Inventory } from '../../../lib/domain/inventory.ts';
import type { DiskSpace } from '../../../lib/domain/local-folder.ts';
import type { Manifest } from '../../../lib/domain/manifest.ts';
import { openReplicaFolder } from '../../../lib/io/files/replica-folder.ts';
import { openResumableFile } from '../../../lib/io/files/resumable-file.ts';
import { startFileServer } from '../../../lib/io/http/file-server.ts';
import { openNodeSources } from '../../../lib/io/http/node-sources.ts';
import type { ControlClient, Order } from '../../../lib/protocol/control.ts';
import { eventually } from '../../helpers/eventually.ts';
import { ForwardClock } from '../../helpers/forward-clock.ts';
import { manifestOf } from '../../helpers/manifests.ts';
import { randomBytes } from '../../helpers/random-bytes.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const LARGE = 3_500_000;

interface Site {
  readonly directory: string;
  readonly folder: Folder;
  readonly copies: Copies;
  readonly rate: CopyRate;
  readonly ends: readonly { readonly isDone: boolean; readonly bytes: number }[];
  readonly said: readonly { readonly event: EventName; readonly reason?: string }[];
}

interface SiteOptions {
  readonly space?: DiskSpace;
  readonly clock?: Clock;
}

/** A node's folder and its copies, without heartbeats: the test is the central. */
async function openSite(t: ExecutionContext, manifests: readonly Manifest[], { space, clock = systemClock }: SiteOptions = {}): Promise<Site> {
  const directory = await temporaryDirectory(t);
  const disk = await openReplicaFolder(directory, { clock });
  const ends: Site['ends'][number][] = [];
  const said: Site['said'][number][] = [];
  const log = createLog((_level, event, fields: EventFields[EventName]) => void said.push({ ...fields, event }));
  const files = { ...disk.files, ...(space && { space: async () => space }) };
  const quick = { settleMs: 20, rescanMs: 50, retryMs: 1000 };
  const folder = new Folder(quick, { ...disk, files, inventory: new Inventory('run'), clock, log, onChange: () => undefined });
  await folder.load();
  const rate = new CopyRate(clock);
  const copies = new Copies({
    central: { manifests: { get: async ({ id }: { id: string }) => manifests.find(manifest => manifest.id === id) } } as unknown as ControlClient,
    folder,
    files,
    openSink: (manifest, name, signal) =>
      openResumableFile({ manifest, finalPath: disk.pathOf(name), partialPath: disk.incomingPathOf(manifest.id), isDurable: true, signal }),
    openSources: manifest => openNodeSources(manifest),
    rate,
    clock,
    random,
    log,
    onCopied: bytes => void ends.push({ isDone: true, bytes }),
    onFailed: () => void ends.push({ isDone: false, bytes: 0 }),
  });
  const stop = new AbortController();
  const running = folder.run(stop.signal);
  t.teardown(async () => {
    stop.abort();
    await running;
    await copies[Symbol.asyncDispose]();
    await disk[Symbol.asyncDispose]();
  });
  return { directory, folder, copies, rate, ends, said };
}

/** Nodes that serve these bytes; they tell their order. */
async function serve(t: ExecutionContext, bytes: Buffer, name: string, nodes = 2): Promise<{ manifest: Manifest; order: Order }> {
  const manifest = manifestOf(bytes, name);
  const sources = [];
  for (let node = 1; node <= nodes; node += 1) {
    const site = await openSite(t, []);
    await writeFile(join(site.directory, name), bytes);
    await eventually(`node ${node} holds the file`, () => site.folder.files.has(name));
    const server = await startFileServer({ ip: '127.0.0.1', port: 0 }, site.folder);
    t.teardown(() => server[Symbol.asyncDispose]());
    sources.push({ node, url: server.url });
  }
  return { manifest, order: { type: 'copy', id: manifest.id, name, sizeBytes: bytes.byteLength, sources } };
}

const failuresOf = ({ said }: Site) => said.filter(({ event }) => event === 'copy.failed').map(({ reason }) => reason);

for (const size of [0, 1, LARGE]) {
  test(`copies a file of ${size} bytes from two nodes and holds it at once`, async t => {
    const bytes = randomBytes(size, 7);
    const { manifest, order } = await serve(t, bytes, 'señal 📺.mp4');
    const site = await openSite(t, [manifest]);
    site.copies.take([order]);
    site.copies.take([order]);
    t.is(site.copies.running.length, 1);
    await eventually('the copy is held', () => site.folder.files.get(order.name)?.id === manifest.id);
    await eventually('the copy ended', () => site.copies.running.length === 0);
    t.true(bytes.equals(await readFile(join(site.directory, order.name))));
    t.deepEqual(await readdir(join(site.directory, '.videopartes', 'incoming')), []);
    t.deepEqual(site.ends, [{ isDone: true, bytes: size }]);
    site.copies.take([order]);
    t.is(site.copies.running.length, 0, 'what is held is not copied again');
    t.false(site.said.some(({ event }) => event === 'file.hashing'), 'a verified copy is not read again');
  });
}

test('a name that stands for other bytes is left alone, and told once', async t => {
  const { manifest, order } = await serve(t, randomBytes(1000, 1), 'film', 1);
  const site = await openSite(t, [manifest]);
  await writeFile(join(site.directory, 'film'), 'other bytes');
  await eventually('the other file is held', () => site.folder.files.has('film'));
  site.copies.take([order]);
  await eventually('the copy ended', () => site.copies.running.length === 0);
  site.copies.take([order]);
  t.is(site.copies.running.length, 0, 'it is not tried again at once');
  t.deepEqual(failuresOf(site), ['output_exists']);
  t.is(await readFile(join(site.directory, 'film'), 'utf8'), 'other bytes');
});

test('so is a folder of that name', async t => {
  const { manifest, order } = await serve(t, randomBytes(1000, 1), 'film', 1);
  const site = await openSite(t, [manifest]);
  await mkdir(join(site.directory, 'film'));
  site.copies.take([order]);
  await eventually('the copy ended', () => site.copies.running.length === 0);
  t.deepEqual(failuresOf(site), ['output_exists']);
});

test('a copy that does not fit is not begun', async t => {
  const { manifest, order } = await serve(t, randomBytes(1000, 1), 'film', 1);
  const site = await openSite(t, [manifest], { space: { freeBytes: 1_000_000, totalBytes: 1_000_000_000 } });
  site.copies.take([order]);
  await eventually('the copy ended', () => site.copies.running.length === 0);
  t.deepEqual(failuresOf(site), ['disk_full']);
  t.deepEqual(site.ends, [{ isDone: false, bytes: 0 }]);
  t.false(site.folder.files.has('film'));
});

test('more orders than a node copies at once are left for the central to repeat', async t => {
  const served = await Promise.all(['a', 'b', 'c'].map((name, seed) => serve(t, randomBytes(LARGE, seed), name, 1)));
  const site = await openSite(t, served.map(({ manifest }) => manifest));
  const orders = served.map(({ order }) => order);
  site.copies.take(orders);
  t.deepEqual(site.copies.running.map(({ name }) => name), ['a', 'b']);
  await eventually('every file is held', () => {
    site.copies.take(orders);
    return site.folder.files.size === orders.length;
  });
  t.is(site.ends.length, orders.length);
});

test('stopping leaves a copy where it is, which is no failure, and takes no more orders', async t => {
  const { manifest, order } = await serve(t, randomBytes(LARGE, 3), 'film', 1);
  const site = await openSite(t, [manifest]);
  site.copies.take([order]);
  await site.copies[Symbol.asyncDispose]();
  t.is(site.copies.running.length, 0);
  t.deepEqual(failuresOf(site), []);
  site.copies.take([order]);
  t.is(site.copies.running.length, 0, 'a node that is stopping takes no orders');
});

test('a copy that is no longer ordered is put down, which is no failure, and goes on when it is ordered again', async t => {
  const { manifest, order } = await serve(t, randomBytes(LARGE, 4), 'film', 1);
  const clock = new ForwardClock();
  const site = await openSite(t, [manifest], { clock });
  // Slow enough to be still running, whatever the machine.
  site.rate.set(1000);
  site.copies.take([order]);
  clock.forward(18_000);
  site.copies.take([]);
  t.is(site.copies.running.length, 1, 'a few answers without it are no withdrawal');
  site.copies.take([order]);
  clock.forward(18_000);
  site.copies.take([]);
  t.is(site.copies.running.length, 1);
  clock.forward(3000);
  site.copies.take([]);
  await eventually('the copy ended', () => site.copies.running.length === 0);
  t.is(site.said.filter(({ event }) => event === 'copy.withdrawn').length, 1);
  t.deepEqual(failuresOf(site), []);
  t.deepEqual(site.ends, []);
  site.rate.set(undefined);
  site.copies.take([order]);
  await eventually('the copy is held', () => site.folder.files.get('film')?.id === manifest.id);
});

test('copies together go no faster than the central allows', async t => {
  const { manifest, order } = await serve(t, randomBytes(LARGE, 5), 'film', 1);
  const site = await openSite(t, [manifest]);
  site.rate.set(3 * LARGE);
  const startMs = performance.now();
  site.copies.take([order]);
  await eventually('the copy ended', () => site.copies.running.length === 0);
  // What was saved up passes at once: a tenth of a second's worth.
  t.true(performance.now() - startMs >= 1000 / 3 - 100 - 10);
  t.is(site.ends.length, 1);
});
