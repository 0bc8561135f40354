import { copyFile, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { sql } from 'kysely';
import Database from 'libsql';
import { isVideoError } from '../../../lib/base/errors.ts';
import { openCatalog } from '../../../lib/io/catalog/open.ts';
import { openSqliteDatabase } from '../../../lib/io/catalog/sqlite.ts';
import { createNameIndex, forgetNames, indexPairs } from '../../../lib/io/catalog/sqlite-name-index.ts';
import { announced, catalogContract, inventory, withdrawal } from '../../contracts/catalog.ts';
import { nameSearchContract } from '../../contracts/name-search.ts';
import { sharedStateContract } from '../../contracts/shared-state.ts';
import { trashContract } from '../../contracts/trash.ts';
import { manifestNamed, manifestWithPieces } from '../../helpers/manifests.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';
import { addTitledVideos, findsTitles } from '../../helpers/titled-videos.ts';

async function newPath(t: ExecutionContext): Promise<string> {
  return join(await temporaryDirectory(t), 'datos', 'catálogo 1.sqlite');
}

const openNew = async (t: ExecutionContext) => openCatalog(`sqlite:${await newPath(t)}`);
catalogContract(test, 'sqlite', openNew);
nameSearchContract(test, 'sqlite', openNew);
sharedStateContract(test, 'sqlite', openNew);
trashContract(test, 'sqlite', openNew);

const faro = manifestNamed('faro.mp4', 1);
const nothing = { inventoryId: 'a', fromRevision: 1, toRevision: 1, isComplete: true, added: [], removed: [] };

test('what was written is there after closing and opening again, and the migrations do not run twice', async t => {
  const path = await newPath(t);
  {
    await using catalog = await openCatalog(`sqlite:${path}`);
    await catalog.putManifest(faro, 1);
    await catalog.applyInventory(1, inventory('a', [announced(faro)]), 2);
  }
  await using catalog = await openCatalog(`sqlite:${path}`);
  t.like(await catalog.findByName('faro.mp4'), { id: faro.id, nodes: [1] });
  t.deepEqual(await catalog.manifest(faro.id), faro);
  t.is(await catalog.applyInventory(1, nothing, 3), 1);
});

test('a closed catalogue is whole in its one file', async t => {
  const path = await newPath(t);
  {
    await using catalog = await openCatalog(`sqlite:${path}`);
    await catalog.putManifest(faro, 1);
  }
  await copyFile(path, `${path}-copy`);
  await using copy = await openCatalog(`sqlite:${path}-copy`);
  t.deepEqual(await copy.manifest(faro.id), faro);
});

test('two handles of one file see what the other writes', async t => {
  const url = `sqlite:${await newPath(t)}`;
  await using one = await openCatalog(url);
  await using two = await openCatalog(url);
  await one.putManifest(faro, 1);
  await two.applyInventory(1, inventory('a', [announced(faro)]), 2);
  t.like(await one.findByName('faro.mp4'), { nodes: [1] });
  await one.applyInventory(1, withdrawal('a', 1, 'faro.mp4'), 3);
  t.like(await two.findByName('faro.mp4'), { nodes: [] });
});

test('a heartbeat that brings nothing new writes nothing', async t => {
  const path = await newPath(t);
  await using catalog = await openCatalog(`sqlite:${path}`);
  await catalog.applyInventory(1, inventory('a', [announced(faro)]), 2);
  const { size, mtimeMs } = await stat(`${path}-wal`);
  t.is(await catalog.applyInventory(1, nothing, 3), 1);
  t.like(await stat(`${path}-wal`), { size, mtimeMs });
});

/** Makes the database one of a program that searched names only. */
async function takeBackTitles(path: string): Promise<void> {
  const db = openSqliteDatabase(path);
  for (const name of ['video_indexed', 'video_forgotten', 'video_retitled']) await sql`DROP TRIGGER ${sql.ref(name)}`.execute(db);
  await sql`DROP TABLE video_names`.execute(db);
  await sql`ALTER TABLE videos DROP COLUMN folded_title`.execute(db);
  for (const { up } of [createNameIndex, forgetNames, indexPairs]) await up(db);
  await sql`INSERT INTO video_names (video_names) VALUES ('rebuild')`.execute(db);
  await sql`DELETE FROM kysely_migration WHERE name >= '0010'`.execute(db);
  await db.destroy();
}

/** How each migration before that is undone which cannot be done twice, the last one first. */
const undoing: Readonly<Record<string, string>> = {
  '0008': 'DROP TABLE leases; DROP TABLE node_reports',
  '0007': 'DROP TABLE details',
  '0006': `
    DROP TRIGGER video_forgotten; DROP TRIGGER video_paired; DROP TRIGGER video_unpaired;
    DROP TABLE video_pairs; DROP TABLE letter_places; DROP TABLE trash; DROP TABLE departures;
    DROP INDEX videos_by_date; DROP INDEX videos_by_size;
  `,
  '0005': 'ALTER TABLE nodes DROP COLUMN mode',
  '0003': 'ALTER TABLE manifests DROP COLUMN piece_hashes; ALTER TABLE manifests DROP COLUMN piece_layer',
};

/** Makes the database one of a program that did not know the migration, nor those that followed. */
async function takeBack(path: string, migration: string): Promise<void> {
  await takeBackTitles(path);
  const database = new Database(path);
  for (const [name, statements] of Object.entries(undoing)) if (name >= migration) database.exec(statements);
  database.exec(`DELETE FROM kysely_migration WHERE name >= '${migration}'`);
  database.close();
}

test('a catalogue made before there were piece hashes keeps its manifests, and takes new ones', async t => {
  const path = await newPath(t);
  {
    await using before = await openCatalog(`sqlite:${path}`);
    await before.putManifest(faro, 1);
  }
  await takeBack(path, '0003');
  await using catalog = await openCatalog(`sqlite:${path}`);
  t.deepEqual(await catalog.manifest(faro.id), faro);
  const mar = manifestWithPieces(Buffer.from('mar'), 'mar.mp4');
  await catalog.putManifest(mar, 2);
  t.deepEqual(await catalog.manifest(mar.id), mar);
});

test('nodes of a catalogue made before anything could be decided about them take part', async t => {
  const path = await newPath(t);
  const node = { number: 1, identity: 'x', url: 'http://127.0.0.1:1', seenAtMs: 1, mode: 'draining' } as const;
  {
    await using before = await openCatalog(`sqlite:${path}`);
    await before.saveNode(node);
  }
  await takeBack(path, '0005');
  await using catalog = await openCatalog(`sqlite:${path}`);
  t.deepEqual(await catalog.nodes(), [{ ...node, mode: 'active' }]);
});

test('a catalogue made before there was a trash has its names in every index, and takes them out again', async t => {
  const path = await newPath(t);
  {
    await using before = await openCatalog(`sqlite:${path}`);
    await before.putManifest(faro, 1);
    await before.applyInventory(1, inventory('a', [announced(faro)]), 2);
  }
  await takeBack(path, '0006');
  await using catalog = await openCatalog(`sqlite:${path}`);
  const found = async (text: string) => (await catalog.search(text, { limit: 9 })).items.length;
  for (const text of ['faro', 'fa', 'f', '4 faro']) t.is(await found(text), 1, text);
  t.is((await catalog.remove('faro.mp4', { nowMs: 3, keptMs: 1 }))?.id, faro.id);
  for (const text of ['faro', 'fa', 'f', '4 faro']) t.is(await found(text), 0, text);
  t.deepEqual((await catalog.replicaOrders(1, 9)).map(({ type }) => type), ['trash']);
});

test('a catalogue made before titles were searched finds those it has, under every name, and forgets them', async t => {
  const path = await newPath(t);
  {
    await using before = await openCatalog(`sqlite:${path}`);
    await addTitledVideos(before);
  }
  await takeBackTitles(path);
  await using catalog = await openCatalog(`sqlite:${path}`);
  await findsTitles(t, catalog);
});

test('a database of a newer program is refused, not changed', async t => {
  const path = await newPath(t);
  await (await openCatalog(`sqlite:${path}`))[Symbol.asyncDispose]();
  const database = new Database(path);
  database.exec("INSERT INTO kysely_migration (name, timestamp) VALUES ('9999-of-the-future', '2030'); PRAGMA wal_checkpoint(PASSIVE)");
  database.close();
  const before = await readFile(path);
  const error = await t.throwsAsync(openCatalog(`sqlite:${path}`));
  t.true(isVideoError(error, 'catalog_too_new'));
  t.deepEqual(await readFile(path), before);
});

test('a file that is no database is refused and left as it is', async t => {
  const path = join(await temporaryDirectory(t), 'letter.txt');
  const letter = 'this is a letter, not a database'.repeat(100);
  await writeFile(path, letter);
  const error = await t.throwsAsync(openCatalog(`sqlite:${path}`));
  t.true(isVideoError(error, 'catalog_unavailable'));
  t.is(await readFile(path, 'utf8'), letter);
});

test('a damaged database is told as such', async t => {
  const path = await newPath(t);
  await (await openCatalog(`sqlite:${path}`))[Symbol.asyncDispose]();
  await rm(`${path}-wal`, { force: true });
  const { size } = await stat(path);
  {
    await using file = await open(path, 'r+');
    await file.write(Buffer.alloc(size - 100, 0xa5), 0, size - 100, 100);
  }
  const error = await t.throwsAsync(openCatalog(`sqlite:${path}`));
  t.true(isVideoError(error, 'catalog_unavailable'));
});

test('a folder that cannot be made is told by its path', async t => {
  const folder = await temporaryDirectory(t);
  await writeFile(join(folder, 'file'), '');
  const error = await t.throwsAsync(openCatalog(`sqlite:${join(folder, 'file', 'c.sqlite')}`));
  t.true(isVideoError(error, 'not_a_directory'));
});

test('an unknown kind of database is a wrong flag, and nothing is opened for who has gone', async t => {
  for (const url of ['mysql://localhost', 'sqlite:', '', 'catalogo.sqlite']) {
    const error = await t.throwsAsync(openCatalog(url));
    t.true(isVideoError(error, 'invalid_flag') && error.facts.flag === '--base-datos');
  }
  const path = await newPath(t);
  await t.throwsAsync(openCatalog(`sqlite:${path}`, { signal: AbortSignal.abort() }), { any: true, name: 'AbortError' });
  await t.throwsAsync(stat(path), { code: 'ENOENT' });
});
