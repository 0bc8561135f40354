import { copyFile, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import anyTest, { type ExecutionContext, type TestFn } from 'ava';
import { isVideoError } from '../../../lib/base/errors.ts';
import { backUpCatalog } from '../../../lib/io/catalog/backup.ts';
import { moveCatalog } from '../../../lib/io/catalog/move.ts';
import { movedTables } from '../../../lib/io/catalog/moved-tables.ts';
import { openCatalog } from '../../../lib/io/catalog/open.ts';
import { openStore } from '../../../lib/io/catalog/store.ts';
import { announced, inventory } from '../../contracts/catalog.ts';
import { everythingIn, fillCatalog, FILLED_VIDEOS } from '../../helpers/filled-catalog.ts';
import { manifestNamed } from '../../helpers/manifests.ts';
import { sharedPostgres, withPostgres } from '../../helpers/postgres.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const test = anyTest as TestFn;

async function newUrl(t: ExecutionContext): Promise<string> {
  return `sqlite:${join(await temporaryDirectory(t), 'catálogo.sqlite')}`;
}

let filled: Promise<string> | undefined;
test.after.always('the catalogue that the others begin with is removed', async () => {
  if (filled) await rm(dirname(await filled), { recursive: true, force: true });
});

/** Puts a catalogue there that has more than a batch of every kind. */
async function fill(url: string): Promise<void> {
  filled ??= makeFilled();
  await copyFile(await filled, url.slice('sqlite:'.length));
}

async function makeFilled(): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'videopartes-')), 'catalog.sqlite');
  await fillCatalog(`sqlite:${path}`);
  return path;
}

async function move(from: string, to: string, options?: Parameters<typeof moveCatalog>[2]) {
  await using original = await openStore(from, { flag: '--de', mustExist: true });
  await using copy = await openStore(to, { flag: '--a' });
  return await moveCatalog(original, copy, options);
}

/** Moves there and finds the same; what comes next goes on from there. */
async function provesEqual(t: ExecutionContext, from: string, to: string): Promise<void> {
  const rows = await move(from, to);
  t.is(rows.get('videos'), FILLED_VIDEOS - 1);
  await using original = await openCatalog(from);
  await using copy = await openCatalog(to);
  t.deepEqual(await everythingIn(copy), await everythingIn(original));
  const mar = manifestNamed('mar.mp4', 9999);
  for (const catalog of [original, copy]) {
    await catalog.putManifest(mar, 9);
    await catalog.applyInventory(3, inventory('c', [announced(mar), announced(mar, 'otro mar.mp4')]), 10);
  }
  t.deepEqual(await everythingIn(copy), await everythingIn(original));
  t.deepEqual((await copy.search('otro mar', { limit: 2 })).items.map(({ name }) => name), ['otro mar.mp4']);
}

/** Killed in the middle, as far as the copy can tell. */
async function leaveUnfinished(from: string, to: string): Promise<void> {
  const stop = new AbortController();
  const onRows = (table: string) => table === 'videos' && stop.abort();
  await move(from, to, { signal: stop.signal, onRows }).catch(error => {
    if (error !== stop.signal.reason) throw error;
  });
}

async function refuses(t: ExecutionContext, code: Parameters<typeof isVideoError>[1], work: Promise<unknown>): Promise<void> {
  const error = await t.throwsAsync(work);
  t.true(isVideoError(error, code!), String(error));
}

test('a catalogue is moved whole from one SQLite file to another', async t => {
  const from = await newUrl(t);
  await fill(from);
  await provesEqual(t, from, await newUrl(t));
});

test('a move that is cut leaves a copy on which no central starts, and the same order does it again', async t => {
  const [from, to] = [await newUrl(t), await newUrl(t)];
  await fill(from);
  await leaveUnfinished(from, to);
  await refuses(t, 'catalog_unfinished', openCatalog(to));
  await refuses(t, 'catalog_unfinished', move(to, await newUrl(t)));
  await provesEqual(t, from, to);
});

test('nothing is copied where there is something already, nor from where there is nothing', async t => {
  const [from, to] = [await newUrl(t), await newUrl(t)];
  for (const url of [from, to]) {
    await using catalog = await openCatalog(url);
    await catalog.putManifest(manifestNamed(url, 1), 1);
  }
  await refuses(t, 'catalog_not_empty', move(from, to));
  await using untouched = await openCatalog(to);
  t.truthy(await untouched.manifest(manifestNamed(to, 1).id));
  await refuses(t, 'catalog_unavailable', move(await newUrl(t), await newUrl(t)));
  await refuses(t, 'invalid_flag', move('memory:', to));
});

test('a copy that lost a race with a writer is not taken for equal', async t => {
  const [from, to] = [await newUrl(t), await newUrl(t)];
  await fill(from);
  await using writer = await openCatalog(from);
  const writes: Promise<void>[] = [];
  const onRows = (table: string) => table === 'inventories' && writes.push(writer.putManifest(manifestNamed('tarde.mp4', 77_777), 1));
  await refuses(t, 'catalog_differs', move(from, to, { onRows }));
  await Promise.all(writes);
  await refuses(t, 'catalog_unfinished', openCatalog(to));
  await provesEqual(t, from, to);
});

test('every table of a catalogue is moved, or known to stay behind', async t => {
  const url = await newUrl(t);
  await (await openCatalog(url))[Symbol.asyncDispose]();
  await using store = await openStore(url, { flag: '--de' });
  const ours = [...(await store.tables())].filter(name => !/^(kysely_|letter_places|video_pairs|sqlite_|video_names)/.test(name));
  t.deepEqual(ours.sort(), Object.keys(movedTables).sort());
});

test('a backup of a catalogue that is being written to opens as a catalogue, equal to what it was', async t => {
  const url = await newUrl(t);
  await fill(url);
  await using running = await openCatalog(url);
  const before = await everythingIn(running);
  const folder = await temporaryDirectory(t);
  const path = join(folder, 'respaldos', 'catálogo.sqlite');
  await writeFile(join(folder, 'other'), '');
  const size = await backUpCatalog(url, path);
  t.is((await stat(path)).size, size);
  await t.throwsAsync(stat(`${path}.partial`), { code: 'ENOENT' });
  await running.putManifest(manifestNamed('después.mp4', 88_888), 1);

  const restored = join(folder, 'restaurado.sqlite');
  await copyFile(path, restored);
  await using copy = await openCatalog(`sqlite:${restored}`);
  t.deepEqual(await everythingIn(copy), before);
  await copy.putManifest(manifestNamed('después.mp4', 88_888), 1);
  t.deepEqual(await everythingIn(copy), await everythingIn(running));
});

test('a backup never replaces a file, nor leaves half of one', async t => {
  const url = await newUrl(t);
  await (await openCatalog(url))[Symbol.asyncDispose]();
  const folder = await temporaryDirectory(t);
  const path = join(folder, 'copia.sqlite');
  await writeFile(`${path}.partial`, 'of a backup that was killed');
  await backUpCatalog(url, path);
  await refuses(t, 'backup_exists', backUpCatalog(url, path));
  await refuses(t, 'catalog_unavailable', backUpCatalog(await newUrl(t), join(folder, 'otra.sqlite')));
  await t.throwsAsync(stat(join(folder, 'otra.sqlite')), { code: 'ENOENT' });
  const elsewhere = await t.throwsAsync(backUpCatalog('postgres://ana:secreto@host/videos', join(folder, 'otra.sqlite')));
  t.true(isVideoError(elsewhere, 'backup_elsewhere') && elsewhere.facts.program === 'pg_dump');
  t.notRegex(elsewhere.message, /secreto/);
});

withPostgres(test, testWithPostgres => {
  const postgres = sharedPostgres(test);

  testWithPostgres('a catalogue is moved whole from SQLite to PostgreSQL and back', async t => {
    const [from, back] = [await newUrl(t), await newUrl(t)];
    const to = await (await postgres()).database();
    await fill(from);
    await leaveUnfinished(from, to);
    await refuses(t, 'catalog_unfinished', openCatalog(to));
    await move(from, to);
    await refuses(t, 'catalog_not_empty', move(from, to));
    await provesEqual(t, to, back);
    await using original = await openCatalog(to);
    await using copy = await openCatalog(back);
    t.deepEqual(await everythingIn(copy), await everythingIn(original));
  });
});
