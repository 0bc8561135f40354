import anyTest, { type TestFn } from 'ava';
import { sql } from 'kysely';
import pg from 'pg';
import { isVideoError } from '../../../lib/base/errors.ts';
import type { Catalog } from '../../../lib/domain/catalog.ts';
import { openCatalog } from '../../../lib/io/catalog/open.ts';
import { openPostgresDatabase, WRITERS_LOCK } from '../../../lib/io/catalog/postgres.ts';
import { withoutPassword } from '../../../lib/io/catalog/postgres-url.ts';
import { announced, catalogContract, inventory } from '../../contracts/catalog.ts';
import { nameSearchContract } from '../../contracts/name-search.ts';
import { sharedStateContract } from '../../contracts/shared-state.ts';
import { trashContract } from '../../contracts/trash.ts';
import { eventually } from '../../helpers/eventually.ts';
import { manifestNamed } from '../../helpers/manifests.ts';
import { ownPostgres, queryPostgres, sharedPostgres, withPostgres, type PostgresServer } from '../../helpers/postgres.ts';
import { addTitledVideos, findsTitles } from '../../helpers/titled-videos.ts';

const faro = manifestNamed('faro.mp4', 1);

/** As somebody who may make tables, and no more: no extensions. */
async function openAsPlainUser(server: PostgresServer): Promise<Catalog> {
  const url = new URL(await server.database());
  const user = `user_of_${url.pathname.slice(1)}`;
  await queryPostgres(url.href, `CREATE ROLE ${user} LOGIN; GRANT CREATE ON SCHEMA public TO ${user}`);
  url.username = user;
  return openCatalog(url.href);
}

/** Makes the database one of a program that searched names only; the functions of triggers that are made again are replaced. */
async function takeBackTitles(url: string): Promise<void> {
  await queryPostgres(url, `
    DROP TRIGGER video_retitled ON videos; ALTER TABLE videos DROP COLUMN folded_title;
    DELETE FROM video_names; INSERT INTO video_names SELECT seq, folded_name FROM videos;
    DELETE FROM kysely_migration WHERE name >= '0010';
  `);
}

/** Makes the database one of a program that did not know the index of names. */
async function takeBackNameIndex(url: string): Promise<void> {
  await takeBackTitles(url);
  await queryPostgres(url, `
    DROP TRIGGER video_named ON videos; DROP TRIGGER video_forgotten ON videos; DROP TABLE video_names;
    CREATE INDEX videos_by_trigram ON videos (folded_name);
    DELETE FROM kysely_migration WHERE name >= '0009';
  `);
}

withPostgres(anyTest as TestFn, test => {
  const postgres = sharedPostgres(test);
  const openNew = async () => openCatalog(await (await postgres()).database());
  const openPlain = async () => openAsPlainUser(await postgres());

  catalogContract(test, 'postgres', openNew);
  nameSearchContract(test, 'postgres', openNew);
  nameSearchContract(test, 'postgres of a plain user', openPlain);
  sharedStateContract(test, 'postgres', openNew);
  trashContract(test, 'postgres', openNew);

  test('postgres: what was written is there after closing and opening again, and the migrations do not run twice', async t => {
    const url = await (await postgres()).database();
    {
      await using catalog = await openCatalog(url);
      await catalog.putManifest(faro, 1);
      await catalog.applyInventory(1, inventory('a', [announced(faro)]), 2);
    }
    await using catalog = await openCatalog(url);
    t.like(await catalog.findByName('faro.mp4'), { id: faro.id, nodes: [1] });
    t.deepEqual(await catalog.manifest(faro.id), faro);
  });

  test('postgres: many centrals open a new database at once', async t => {
    const url = await (await postgres()).database();
    const catalogs = await Promise.all(Array.from({ length: 4 }, () => openCatalog(url)));
    t.teardown(() => Promise.all(catalogs.map(catalog => catalog[Symbol.asyncDispose]())));
    await catalogs[0]!.putManifest(faro, 1);
    t.deepEqual(await catalogs[3]!.manifest(faro.id), faro);
  });

  test('postgres: a catalogue made before its names had this index has them all in it, also when two centrals make it at once', async t => {
    const url = await (await postgres()).database();
    {
      await using before = await openCatalog(url);
      await before.putManifest(faro, 1);
      await before.applyInventory(1, inventory('a', [announced(faro, 'Canción.mp4')]), 2);
    }
    await takeBackNameIndex(url);
    const catalogs = await Promise.all([openCatalog(url), openCatalog(url)]);
    t.teardown(() => Promise.all(catalogs.map(catalog => catalog[Symbol.asyncDispose]())));
    const [one, two] = catalogs as [Catalog, Catalog];
    const found = async (text: string) => (await two.search(text, { limit: 9 })).items.map(({ name }) => name);
    for (const text of ['CANCION', 'nc', 'p4 on', 'c']) t.deepEqual(await found(text), ['Canción.mp4'], text);
    await one.applyInventory(1, inventory('b', [announced(faro, 'Canción.mp4'), announced(faro, 'otra.mp4')]), 3);
    t.deepEqual(await found('mp4'), ['Canción.mp4', 'otra.mp4']);
    await one.remove('Canción.mp4', { nowMs: 4, keptMs: 1 });
    t.deepEqual(await found('mp4'), ['otra.mp4']);
    t.deepEqual(await queryPostgres(url, "SELECT to_regclass('videos_by_trigram') AS former"), [{ former: null }]);
  });

  test('postgres: a catalogue made before titles were searched finds those it has, under every name, and forgets them', async t => {
    const url = await (await postgres()).database();
    {
      await using before = await openCatalog(url);
      await addTitledVideos(before);
    }
    await takeBackTitles(url);
    await using catalog = await openCatalog(url);
    await findsTitles(t, catalog);
  });

  test('postgres: a central of an earlier version goes on naming files after titles are searched', async t => {
    const url = await (await postgres()).database();
    await using catalog = await openCatalog(url);
    await catalog.putManifest(faro, 1);
    await catalog.putDetails(faro.id, { title: 'Niebla' });
    const former = `INSERT INTO videos (name, folded_name, file_id, size_bytes, added_at_ms, holders) VALUES ('tarde.mp4', 'tarde.mp4', '${faro.id}', 1, 1, '1')`;
    await queryPostgres(url, `${former} ON CONFLICT (name, folded_name) DO UPDATE SET file_id = excluded.file_id`);
    const found = async (text: string) => (await catalog.search(text, { limit: 2 })).items.map(({ name }) => name);
    t.deepEqual([await found('tarde'), await found('niebla')], [['tarde.mp4'], []]);
    await catalog.putDetails(faro.id, { title: 'Niebla' });
    t.deepEqual(await found('niebla tarde'), ['tarde.mp4']);
  });

  test('postgres: a name that an earlier program is adding while its names are indexed is found afterwards', async t => {
    const url = await (await postgres()).database();
    {
      await using before = await openCatalog(url);
      await before.putManifest(faro, 1);
    }
    await takeBackNameIndex(url);
    const writer = new pg.Client({ connectionString: url });
    await writer.connect();
    await writer.query('BEGIN');
    await writer.query(`INSERT INTO videos (name, folded_name, file_id, size_bytes, added_at_ms, holders) VALUES ('tarde.mp4', 'tarde.mp4', '${faro.id}', 1, 1, '1')`);
    const opening = openCatalog(url);
    const waiting = 'SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0';
    await eventually('the migration waits for who writes', async () => (await queryPostgres(url, waiting)).length > 0);
    await writer.query('COMMIT');
    await writer.end();
    await using catalog = await opening;
    t.deepEqual((await catalog.search('tarde', { limit: 2 })).items.map(({ name }) => name), ['tarde.mp4']);
  });

  test('postgres: a central that may write the tables and owns none of them adds names that are found', async t => {
    const server = await postgres();
    const url = new URL(await server.database());
    await using owner = await openCatalog(url.href);
    const user = `guest_of_${url.pathname.slice(1)}`;
    await queryPostgres(url.href, `CREATE ROLE ${user} LOGIN; GRANT ALL ON ALL TABLES IN SCHEMA public TO ${user}`);
    url.username = user;
    await using guest = await openCatalog(url.href);
    await guest.putManifest(faro, 1);
    await guest.applyInventory(1, inventory('a', [announced(faro)]), 2);
    t.deepEqual((await owner.search('aro', { limit: 1 })).items.map(({ name }) => name), ['faro.mp4']);
  });

  test('postgres: a heartbeat that brings nothing new waits for no writer', async t => {
    const url = await (await postgres()).database();
    await using catalog = await openCatalog(url);
    await catalog.applyInventory(1, inventory('a', [announced(faro)]), 1);
    const writer = new pg.Client({ connectionString: url });
    await writer.connect();
    await writer.query(`SELECT pg_advisory_lock(${WRITERS_LOCK})`);
    const quiet = { inventoryId: 'a', fromRevision: 1, toRevision: 1, isComplete: true, added: [], removed: [] };
    t.is(await catalog.applyInventory(1, quiet, 2), 1);
    t.is(await catalog.applyInventory(2, { ...quiet, inventoryId: 'c' }, 2), 0);
    await writer.end();
  });

  test('postgres: however many write, who only reads does not wait for them', async t => {
    const url = await (await postgres()).database();
    await using catalog = await openCatalog(url);
    const writer = new pg.Client({ connectionString: url });
    await writer.connect();
    await writer.query(`SELECT pg_advisory_lock(${WRITERS_LOCK})`);
    const writing = Promise.all(Array.from({ length: 40 }, (_, index) => catalog.putManifest(manifestNamed(`${index}.mp4`, index), 1)));
    t.deepEqual(await catalog.counts(), { videos: 0, bytes: 0 });
    t.is(await catalog.manifest(faro.id), undefined);
    await writer.end();
    await writing;
    t.truthy(await catalog.manifest(manifestNamed('39.mp4', 39).id));
  });

  test('postgres: a database of a newer program is refused', async t => {
    const url = await (await postgres()).database();
    await (await openCatalog(url))[Symbol.asyncDispose]();
    await queryPostgres(url, "INSERT INTO kysely_migration (name, timestamp) VALUES ('9999-of-the-future', '2030')");
    const error = await t.throwsAsync(openCatalog(url));
    t.true(isVideoError(error, 'catalog_too_new'));
  });

  test('postgres: a server that refuses, is away or does not know us is told without the password', async t => {
    const server = await postgres();
    const urls = [
      'postgres://ana:secreto@127.0.0.1:1/catalogo',
      'postgres://ana:secreto@no-such-host.invalid/catalogo',
      server.url('no_such_database', { password: 'secreto' }),
    ];
    for (const url of urls) {
      const error = await t.throwsAsync(openCatalog(url));
      t.true(isVideoError(error, 'catalog_unavailable'), url);
      t.notRegex(error.message, /secreto/);
    }
    const refused = await t.throwsAsync(openCatalog('postgres://ana:secreto@127.0.0.1:1/catalogo?password=secreto'));
    t.like(refused, { facts: { url: 'postgres://ana@127.0.0.1:1/catalogo', reason: 'connect ECONNREFUSED 127.0.0.1:1' } });
    t.notRegex(withoutPassword('postgres://ana:secre to@[/x?password=secreto'), /secre/);
    await t.throwsAsync(openCatalog(await server.database(), { signal: AbortSignal.abort() }), { any: true, name: 'AbortError' });
  });

  test('postgres: what fails while the server is away works when it is back', async t => {
    const server = await ownPostgres(t);
    await using catalog = await openCatalog(await server.database());
    await catalog.putManifest(faro, 1);
    await server.stop();
    const error = await t.throwsAsync(catalog.manifest(faro.id));
    t.true(isVideoError(error, 'catalog_unavailable'));
    await t.throwsAsync(catalog.applyInventory(1, inventory('a', [announced(faro)]), 2), { any: true });
    await server.resume();
    t.is(await catalog.applyInventory(1, inventory('a', [announced(faro)]), 2), 1);
    t.like(await catalog.findByName('faro.mp4'), { nodes: [1] });
  });

  test('postgres: a connection that is cut under its user is not noticed', async t => {
    const url = await (await postgres()).database();
    await using catalog = await openCatalog(url);
    await catalog.putManifest(faro, 1);
    for (let round = 0; round < 5; round += 1) {
      const [asked] = await Promise.all([
        catalog.applyInventory(1, inventory(`run ${round}`, [announced(faro)]), 2),
        queryPostgres(url, 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()'),
      ]);
      t.is(asked, 1);
    }
  });

  test('postgres: a central that is paused in the middle of a write holds the others up for seconds, not for ever', async t => {
    const db = openPostgresDatabase(await (await postgres()).database());
    t.teardown(() => db.destroy());
    const { rows } = await sql<Record<string, string>>`
      SELECT current_setting('idle_in_transaction_session_timeout') AS idle, current_setting('lock_timeout') AS lock,
        current_setting('statement_timeout') AS statement
    `.execute(db);
    t.deepEqual(rows, [{ idle: '5s', lock: '15s', statement: '30s' }]);
  });

  test('postgres: numbers are numbers for our connections alone', async t => {
    const url = await (await postgres()).database();
    await using catalog = await openCatalog(url);
    const { sizeBytes } = faro;
    await catalog.putManifest(faro, 1);
    await catalog.applyInventory(1, inventory('a', [announced(faro)]), 2);
    t.deepEqual(await catalog.counts(), { videos: 1, bytes: sizeBytes });
    t.deepEqual(await queryPostgres(url, 'SELECT 1::bigint AS one'), [{ one: '1' }]);
  });
});
