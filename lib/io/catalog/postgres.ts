import { Kysely, sql } from 'kysely';
import pLimit from 'p-limit';
import { VideoError } from '../../base/errors.ts';
import type { Catalog } from '../../domain/catalog.ts';
import { KyselyCatalog, type CatalogWork } from './kysely-catalog.ts';
import { CatalogPostgresDialect } from './postgres-dialect.ts';
import { indexNameGrams, indexTitleGrams } from './postgres-name-index.ts';
import { postgresNames } from './postgres-names.ts';
import { openPostgresPool } from './postgres-pool.ts';
import { retryPassing } from './postgres-retry.ts';
import { withoutPassword } from './postgres-url.ts';
import { reasonOf } from './reason.ts';
import type { CatalogTables } from './schema.ts';
import { catalogMigrations } from './sqlite.ts';
import { refuseUnusable, runMigrations, type Migrations } from './usable.ts';

/** SQLite's, but for the indexes of names. */
const { '0002-name-index': _names, '0006-trash-names': _goneNames, '0006-trash-pairs': _pairs, '0011-title-index': _titles, ...others } = catalogMigrations;
export const postgresMigrations: Migrations = { ...others, '0009-name-grams': indexNameGrams, '0011-title-grams': indexTitleGrams };
/** Any number; the advisory lock that the writers of a catalogue take has it. */
export const WRITERS_LOCK = 7_120_150;

/**
 * Opens the catalogue in a PostgreSQL database and brings it to this program's schema. Any number of centrals may have the
 * same one open. It connects again by itself when the database comes back.
 *
 * @throws VideoError `catalog_too_new`, `catalog_unfinished`, `catalog_unavailable`; their `url` has no password
 */
export async function openPostgresCatalog(url: string, { signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<Catalog> {
  signal?.throwIfAborted();
  const shownUrl = withoutPassword(url);
  const db = openPostgresDatabase(url);
  try {
    await refuseUnusable(db, { url: shownUrl, migrations: postgresMigrations, tables: await postgresTables(db) });
    await bringPostgresUpToDate(url);
    return new KyselyCatalog(db, shownUrl, postgresNames, { work: oneWriterAtATime(db), nowMs: databaseNow });
  } catch (error) {
    await db.destroy();
    throw error instanceof VideoError ? error : new VideoError('catalog_unavailable', { url: shownUrl, reason: reasonOf(error) }, { cause: error });
  }
}

/** Connects when the first statement is run. */
export function openPostgresDatabase(url: string, options: Parameters<typeof openPostgresPool>[1] = {}): Kysely<CatalogTables> {
  return new Kysely<CatalogTables>({ dialect: new CatalogPostgresDialect({ pool: async () => openPostgresPool(url, options) }) });
}

/** Makes or changes the tables. */
export async function bringPostgresUpToDate(url: string): Promise<void> {
  const db = openPostgresDatabase(url, { isPatient: true });
  try {
    await runMigrations(db, postgresMigrations);
  } finally {
    await db.destroy();
  }
}

export async function postgresTables(db: Kysely<CatalogTables>): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ name: string }>`SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema()`.execute(db);
  return new Set(rows.map(({ name }) => name));
}

/**
 * What is written follows from what is read, in tables that a row lock does not cover: writers of all centrals take turns,
 * as they do in SQLite. Those of this one wait here, where waiting takes no connection from who only reads.
 */
function oneWriterAtATime(db: Kysely<CatalogTables>): CatalogWork {
  const inTurn = pLimit(1);
  return {
    read: retryPassing,
    snapshot: work => retryPassing(() => db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(work)),
    write: work =>
      inTurn(() =>
        retryPassing(() =>
          db.transaction().execute(async transaction => {
            await sql`SELECT pg_advisory_xact_lock(${sql.lit(WRITERS_LOCK)})`.execute(transaction);
            return work(transaction);
          }),
        ),
      ),
  };
}

/** Of the one clock that all centrals share. */
const databaseNow = sql<number>`(extract(epoch FROM clock_timestamp()) * 1000)::bigint`;
