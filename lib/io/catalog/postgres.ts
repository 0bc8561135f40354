import { Kysely, Migrator, sql } from 'kysely';
import { VideoError } from '../../base/errors.ts';
import type { Catalog } from '../../domain/catalog.ts';
import { KyselyCatalog, type CatalogWork } from './kysely-catalog.ts';
import { CatalogPostgresDialect } from './postgres-dialect.ts';
import { createTrigramIndex, postgresNames } from './postgres-names.ts';
import { openPostgresPool } from './postgres-pool.ts';
import { retryPassing } from './postgres-retry.ts';
import { withoutPassword } from './postgres-url.ts';
import type { CatalogTables } from './schema.ts';
import { catalogMigrations } from './sqlite.ts';
import { refuseUnusable } from './usable.ts';

/** SQLite's, but for the index of names, which is made at each start. */
const { '0002-name-index': _sqliteNames, ...migrations } = catalogMigrations;
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
    await migratePostgres(db, shownUrl);
    const hasTrigrams = await createTrigramIndex(db);
    return new KyselyCatalog(db, shownUrl, postgresNames({ hasTrigrams }), { work: oneWriterAtATime(db), nowMs: databaseNow });
  } catch (error) {
    await db.destroy();
    throw error instanceof VideoError ? error : new VideoError('catalog_unavailable', { url: shownUrl }, { cause: error });
  }
}

/** Connects when the first statement is run. */
export function openPostgresDatabase(url: string): Kysely<CatalogTables> {
  return new Kysely<CatalogTables>({ dialect: new CatalogPostgresDialect({ pool: async () => openPostgresPool(url) }) });
}

/** @throws VideoError `catalog_too_new`, `catalog_unfinished`; whatever the database says */
export async function migratePostgres(db: Kysely<CatalogTables>, url: string): Promise<void> {
  await refuseUnusable(db, { url, migrations, tables: await postgresTables(db) });
  // Kysely lets one program at a time migrate.
  const { error } = await new Migrator({ db, provider: { getMigrations: async () => migrations } }).migrateToLatest();
  if (error) throw error;
}

export async function postgresTables(db: Kysely<CatalogTables>): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ name: string }>`SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema()`.execute(db);
  return new Set(rows.map(({ name }) => name));
}

/**
 * What is written follows from what is read, in tables that a row lock does not cover: writers of all centrals take turns,
 * as they do in SQLite. What is read waits for nobody.
 */
function oneWriterAtATime(db: Kysely<CatalogTables>): CatalogWork {
  return {
    read: retryPassing,
    write: work =>
      retryPassing(() =>
        db.transaction().execute(async transaction => {
          await sql`SELECT pg_advisory_xact_lock(${sql.lit(WRITERS_LOCK)})`.execute(transaction);
          return work(transaction);
        }),
      ),
  };
}

/** Of the one clock that all centrals share. */
const databaseNow = sql<number>`(extract(epoch FROM clock_timestamp()) * 1000)::bigint`;
