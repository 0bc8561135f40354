import { dirname, resolve } from 'node:path';
import { Kysely, sql, type Migration } from 'kysely';
import Database from 'libsql';
import { VideoError } from '../../base/errors.ts';
import type { Catalog } from '../../domain/catalog.ts';
import { makeFolder } from '../files/make-folder.ts';
import { KyselyCatalog, type CatalogWork } from './kysely-catalog.ts';
import { addDetails, addNodeModes, addPieces, createTables, indexSizes } from './migrations.ts';
import type { CatalogTables } from './schema.ts';
import { createSharedState } from './shared-state.ts';
import { LibsqlDialect } from './sqlite-dialect.ts';
import { createNameIndex, forgetNames, indexPairs, indexTitles } from './sqlite-name-index.ts';
import { sqliteNames } from './sqlite-names.ts';
import { addFoldedTitles } from './titles.ts';
import { createTrash } from './trash-tables.ts';
import { refuseUnusable, runMigrations } from './usable.ts';

/** How long a writer waits for another process's. */
const BUSY_TIMEOUT_MS = 5000;
const CACHE_KIB = 32 * 1024;
/** 16 MiB. A slice of an inventory touches more pages than the default of 1000: they would be written twice each time. */
const CHECKPOINT_PAGES = 4096;

/** In order of name; what they say in common words is for every database. */
export const catalogMigrations = {
  '0001-tables': createTables,
  '0002-name-index': createNameIndex,
  '0003-pieces': addPieces,
  '0004-sizes': indexSizes,
  '0005-node-modes': addNodeModes,
  '0006-trash': createTrash,
  '0006-trash-names': forgetNames,
  '0006-trash-pairs': indexPairs,
  '0007-details': addDetails,
  '0008-centrals': createSharedState,
  '0010-titles': addFoldedTitles,
  '0011-title-index': indexTitles,
} satisfies Readonly<Record<string, Migration>>;

/**
 * Opens the catalogue in a SQLite file and brings it to this program's schema; makes the file, and its folder, when
 * there is none.
 *
 * @throws VideoError `catalog_too_new`, `catalog_unfinished`, `catalog_unavailable`, `path_not_writable`, `not_a_directory`, `disk_full`
 */
export async function openSqliteCatalog(path: string, { signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<Catalog> {
  const url = `sqlite:${path}`;
  const unavailable = (cause: unknown) => new VideoError('catalog_unavailable', { url }, { cause });
  await makeFolder(dirname(path)).catch((error: unknown) => {
    throw error instanceof VideoError ? error : unavailable(error);
  });
  signal?.throwIfAborted();
  let db: Kysely<CatalogTables> | undefined;
  try {
    db = openSqliteDatabase(path);
    await refuseUnusable(db, { url, migrations: catalogMigrations, tables: await sqliteTables(db) });
    await runMigrations(db, catalogMigrations);
    return new KyselyCatalog(db, url, sqliteNames, { work: asItIs(db), nowMs: systemNow });
  } catch (error) {
    await db?.destroy();
    throw error instanceof VideoError ? error : unavailable(error);
  }
}

/** Makes the file when there is none, in a folder that has to be there. */
export function openSqliteDatabase(path: string): Kysely<CatalogTables> {
  // A whole path: libsql would take `http://…` or `file:…` for an address.
  const database = new Database(resolve(path), { timeout: BUSY_TIMEOUT_MS });
  try {
    // With WAL, NORMAL does not sync each commit: a loss of power may take the last ones, never the database, and the
    // heartbeats that follow tell again what was lost.
    database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      PRAGMA foreign_keys = ON;
      PRAGMA cache_size = -${CACHE_KIB};
      PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
    `);
    return new Kysely<CatalogTables>({ dialect: new LibsqlDialect(database) });
  } catch (error) {
    database.close();
    throw error;
  }
}

export async function sqliteTables(db: Kysely<CatalogTables>): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ name: string }>`SELECT name FROM sqlite_master WHERE type = 'table'`.execute(db);
  return new Set(rows.map(({ name }) => name));
}

/** SQLite lets one writer work at a time, and each of our transactions says at its beginning that it will write. */
function asItIs(db: Kysely<CatalogTables>): CatalogWork {
  const alone: CatalogWork['write'] = work => db.transaction().execute(work);
  return { read: work => work(), snapshot: alone, write: alone };
}

/** All who share the file are on one machine. */
const systemNow = sql<number>`CAST(unixepoch('subsec') * 1000 AS INTEGER)`;
