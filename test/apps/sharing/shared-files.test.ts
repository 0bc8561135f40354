import { readdir, readFile, rename, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { sharedSink } from '../../../lib/apps/sharing/shared-sink.ts';
import { SharedFiles } from '../../../lib/apps/sharing/shared-files.ts';
import { systemClock as clock } from '../../../lib/base/clock.ts';
import { createLog, silentLog } from '../../../lib/base/log.ts';
import { MIB } from '../../../lib/base/units.ts';
import { partRange, type Manifest } from '../../../lib/domain/manifest.ts';
import type { ServedFile } from '../../../lib/domain/served-files.ts';
import { partialPathFor } from '../../../lib/io/files/partial-name.ts';
import { openResumableFile } from '../../../lib/io/files/resumable-file.ts';
import { createShareStore } from '../../../lib/io/files/share-store.ts';
import { manifestOf } from '../../helpers/manifests.ts';
import { randomBytes } from '../../helpers/random-bytes.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const bytes = randomBytes(2 * MIB + 100, 5);
const manifest = manifestOf(bytes, 'faro.mp4');

/** A folder whose downloads are shared, and a run that shares them. */
const CENTRAL = 'http://127.0.0.1:50000';

async function openFolder(t: ExecutionContext) {
  const directory = await temporaryDirectory(t);
  const begin = async (centralUrl = CENTRAL) => {
    const store = createShareStore(directory, { clock, centralUrl });
    const state = { changes: 0 };
    const files = new SharedFiles({ store, clock, log: silentLog, onChange: () => void (state.changes += 1) });
    await files.load();
    const fetch = async (of: Manifest = manifest, finalPath = join(directory, of.name)) => {
      const partialPath = partialPathFor(finalPath);
      const sink = await sharedSink(await openResumableFile({ manifest: of, finalPath, partialPath }), { manifest: of, partialPath, finalPath }, { files, store, log: silentLog });
      t.teardown(() => sink[Symbol.asyncDispose]());
      return sink;
    };
    return { files, state, fetch, names: () => [...files.offered.keys()] };
  };
  return { directory, begin, run: await begin() };
}

type Run = Awaited<ReturnType<typeof openFolder>>['run'];

async function keep(sink: Awaited<ReturnType<Run['fetch']>>, ...parts: readonly number[]): Promise<void> {
  for (const part of parts) {
    const { start, end } = partRange(manifest, part);
    await sink.write(part, 0, bytes.subarray(start, end));
    await sink.keep(part);
  }
}

/** A whole download. */
async function complete(run: Run, of: Manifest = manifest, finalPath?: string): Promise<void> {
  await using sink = await run.fetch(of, finalPath);
  await keep(sink, ...manifest.partHashes.keys());
  await sink.finish();
}

async function readAll(file: ServedFile): Promise<Buffer> {
  const buffer = Buffer.alloc(file.manifest.sizeBytes);
  for (let at = 0; at < buffer.length; ) {
    const count = await file.read(buffer.subarray(at), at);
    if (count === 0) break;
    at += count;
  }
  return buffer;
}

test('a file is offered from its first part on, and only parts that were kept are held', async t => {
  const { run } = await openFolder(t);
  const sink = await run.fetch();
  t.deepEqual(run.names(), []);
  await sink.write(0, 0, bytes.subarray(0, 1000));
  await using early = (await run.files.open(manifest.id))!;
  t.is(early.held!.size, 0);
  await keep(sink, 1);
  t.deepEqual([...run.files.offered.values()], [{ name: manifest.name, id: manifest.id, sizeBytes: bytes.length }]);
  await using file = (await run.files.open(manifest.id))!;
  t.deepEqual([0, 1, 2].map(part => file.held!.has(part)), [false, true, false]);
  const told = run.state.changes;
  await keep(sink, 2);
  t.true(file.held!.has(2), 'who has it open learns of more');
  t.is(run.state.changes, told, 'the central needs to know of the first part only');
});

test('a download that is put down is not served any more, and what was open goes on', async t => {
  const { run } = await openFolder(t);
  const sink = await run.fetch();
  await keep(sink, 0);
  await using file = (await run.files.open(manifest.id))!;
  await sink[Symbol.asyncDispose]();
  t.deepEqual(run.names(), []);
  t.is(await run.files.open(manifest.id), undefined);
  const buffer = Buffer.alloc(1000);
  t.is(await file.read(buffer, 0), 1000);
  t.true(buffer.equals(bytes.subarray(0, 1000)));
  const again = await run.fetch();
  t.deepEqual([...again.present], [0]);
  t.deepEqual(run.names(), [manifest.name], 'the parts that were there are given at once');
});

test('a whole file is served in this run and in the next, by id and by name', async t => {
  const { begin, run } = await openFolder(t);
  await complete(run);
  for (const one of [run, await begin()]) {
    t.deepEqual(one.names(), [manifest.name]);
    await using file = (await one.files.open(manifest.id))!;
    t.is(file.held, undefined);
    t.true((await readAll(file)).equals(bytes));
    t.like(await one.files.manifestNamed(manifest.name), { id: manifest.id, name: manifest.name });
  }
});

test('a file that is touched, replaced or led elsewhere is not the one that was fetched', async t => {
  const changes: readonly ((path: string) => Promise<void>)[] = [
    path => utimes(path, 1, 1),
    async path => writeFile(path, Buffer.alloc((await stat(path)).size)),
    async path => {
      await rename(path, `${path}.otro`);
      await symlink(`${path}.otro`, path);
    },
    async path => {
      // The same bytes and dates, but another file.
      const { mtime } = await stat(path);
      await writeFile(`${path}.otro`, await readFile(path));
      await utimes(`${path}.otro`, mtime, mtime);
      await rename(`${path}.otro`, path);
    },
  ];
  for (const [index, change] of changes.entries()) {
    const { directory, begin, run } = await openFolder(t);
    await complete(run);
    await change(join(directory, manifest.name));
    t.is(await run.files.open(manifest.id), undefined, `change ${index}`);
    t.deepEqual(run.names(), [], `change ${index}`);
    t.deepEqual((await begin()).names(), [], `change ${index}, later`);
  }
});

test('what has another name, is elsewhere, hidden or like an unfinished file is not remembered', async t => {
  const { directory, begin, run } = await openFolder(t);
  const elsewhere = await temporaryDirectory(t);
  await complete(run, manifest, join(directory, 'otro.mp4'));
  await complete(run, manifest, join(elsewhere, manifest.name));
  for (const name of ['.oculto.mp4', 'faro.partial']) {
    const sink = await run.fetch({ ...manifest, name });
    await keep(sink, 0);
    t.deepEqual(run.names(), [], name);
    t.is(await run.files.open(manifest.id), undefined, name);
    await keep(sink, 1, 2);
    await sink.finish();
    await sink[Symbol.asyncDispose]();
  }
  t.deepEqual(run.names(), []);
  t.deepEqual((await begin()).names(), []);
});

test('what one central let somebody have is not offered to another', async t => {
  const { begin, run } = await openFolder(t);
  await complete(run);
  t.is((await begin()).names().length, 1);
  t.deepEqual((await begin('http://otra:50000')).names(), []);
});

test('an index that is damaged is as good as none', async t => {
  const { directory, begin, run } = await openFolder(t);
  await complete(run);
  const shared = join(directory, '.videopartes', 'compartido');
  const [own] = await readdir(shared);
  await writeFile(join(shared, own!, 'index.json'), '{"version":1,"files":[{"name":"../x"}]}');
  const later = await begin();
  t.deepEqual(later.names(), []);
  await complete(later, { ...manifest, name: 'otra vez.mp4' });
  t.deepEqual((await begin()).names(), ['otra vez.mp4']);
});

test('where a file is in the way of the folder, or of what is remembered in it, it is named, and nothing else fails', async t => {
  const { directory } = await openFolder(t);
  for (const folder of [join(directory, 'd'), directory]) {
    const inTheWay = folder === directory ? join(directory, '.videopartes') : folder;
    await writeFile(inTheWay, 'ordinary');
    const told: unknown[] = [];
    const log = createLog((level, event, fields) => void told.push([level, event, fields]), 'info');
    const files = new SharedFiles({ store: createShareStore(folder, { clock, centralUrl: CENTRAL }), clock, log, onChange: () => undefined });
    await files.load();
    t.deepEqual(told, [['warn', 'file.unreadable', { name: inTheWay, reason: 'not_a_directory' }]]);
    t.is(files.offered.size, 0);
  }
});

test('of two downloads of one content the one that has more is asked, and both end apart', async t => {
  const { run } = await openFolder(t);
  const one = await run.fetch();
  const other = await run.fetch({ ...manifest, name: 'copia.mp4' });
  await keep(one, 0);
  await keep(other, 1, 2);
  await using file = (await run.files.open(manifest.id))!;
  t.is(file.held!.size, 2);
  await other[Symbol.asyncDispose]();
  t.deepEqual(run.names(), [manifest.name]);
});
