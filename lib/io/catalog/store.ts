import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { sql, type Kysely } from 'kysely';
import { VideoError } from '../../base/errors.ts';
import { makeFolder } from '../files/make-folder.ts';
import { isPostgresUrl, withoutPassword } from './postgres-url.ts';
import type { CatalogTables } from './schema.ts';
import { catalogMigrations, openSqliteDatabase, sqliteTables } from './sqlite.ts';
import { sqlitePathOf, unknownCatalog } from './urls.ts';
import { runMigrations, type Migrations } from './usable.ts';

/** A database of a catalogue, below what a `Catalog` promises: for moving it as a whole. */
export interface CatalogStore extends AsyncDisposable {
  /** As it may be shown. */
  readonly url: string;
  readonly db: Kysely<CatalogTables>;
  readonly migrations: Migrations;
  /** Brings the tables to this program's schema. */
  migrate(): Promise<void>;
  /** Names of the tables that are there. */
  tables(): Promise<ReadonlySet<string>>;
  /** To be called after rows were written that had numbers of their own: the next number is after them. */
  settle(): Promise<void>;
}

/**
 * Opens the database as it is, whatever is in it. A SQLite file is made when it is not there, unless it `mustExist`.
 *
 * @throws VideoError `invalid_flag` for another kind of URL, `catalog_unavailable`
 */
export async function openStore(url: string, { flag, mustExist = false }: { readonly flag: string; readonly mustExist?: boolean }): Promise<CatalogStore> {
  if (isPostgresUrl(url)) return openPostgresStore(url);
  const path = sqlitePathOf(url);
  if (path === undefined) throw unknownCatalog(flag, url);
  if (!mustExist) await makeFolder(dirname(path));
  else if (!(await isFile(path))) throw new VideoError('catalog_unavailable', { url });
  return openSqliteStore(path, url);
}

async function openSqliteStore(path: string, url: string): Promise<CatalogStore> {
  try {
    const db = openSqliteDatabase(path);
    return {
      url,
      db,
      migrations: catalogMigrations,
      migrate: () => runMigrations(db, catalogMigrations),
      tables: () => sqliteTables(db),
      // AUTOINCREMENT looks at what is there.
      settle: async () => undefined,
      [Symbol.asyncDispose]: () => db.destroy(),
    };
  } catch (error) {
    throw new VideoError('catalog_unavailable', { url }, { cause: error });
  }
}

async function openPostgresStore(url: string): Promise<CatalogStore> {
  const { bringPostgresUpToDate, openPostgresDatabase, postgresMigrations, postgresTables } = await import('./postgres.ts');
  const db = openPostgresDatabase(url);
  return {
    url: withoutPassword(url),
    db,
    migrations: postgresMigrations,
    migrate: () => bringPostgresUpToDate(url),
    tables: () => postgresTables(db),
    settle: () => settleNumbers(db),
    [Symbol.asyncDispose]: () => db.destroy(),
  };
}

async function settleNumbers(db: Kysely<CatalogTables>): Promise<void> {
  const { rows } = await sql<{ table: string; column: string }>`
    SELECT table_name AS "table", column_name AS "column" FROM information_schema.columns
    WHERE table_schema = current_schema() AND is_identity = 'YES'
  `.execute(db);
  for (const { table, column } of rows) {
    await sql`
      SELECT setval(pg_get_serial_sequence(${table}, ${column}), coalesce(max(${sql.ref(column)}), 0) + 1, false) FROM ${sql.table(table)}
    `.execute(db);
  }
  // What searches are planned by; the database would find the time for it only later.
  await sql`ANALYZE`.execute(db);
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(found => found.isFile(), () => false);
}
