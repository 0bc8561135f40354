import { Migrator, sql, type Kysely, type Migration } from 'kysely';
import { VideoError } from '../../base/errors.ts';
import type { CatalogDb, CatalogTables } from './schema.ts';

/** A table without rows, in a catalogue that is being filled from another one: it goes when everything is there. */
export const UNFINISHED_TABLE = 'unfinished_move';
const MIGRATIONS_TABLE = 'kysely_migration';

export type Migrations = Readonly<Record<string, Migration>>;

export interface FoundSchema {
  /** For the errors. */
  readonly url: string;
  /** That this program knows, by name. */
  readonly migrations: Migrations;
  /** Names of the tables that are there. */
  readonly tables: ReadonlySet<string>;
}

/** @throws VideoError `catalog_unfinished`, `catalog_too_new` */
export async function refuseUnusable(db: CatalogDb, found: FoundSchema): Promise<void> {
  if (found.tables.has(UNFINISHED_TABLE)) throw new VideoError('catalog_unfinished', { url: found.url });
  await refuseNewer(db, found);
}

/** @throws VideoError `catalog_too_new` */
export async function refuseNewer(db: CatalogDb, { url, migrations, tables }: FoundSchema): Promise<void> {
  if (!tables.has(MIGRATIONS_TABLE)) return;
  const { rows } = await sql<{ name: string }>`SELECT name FROM kysely_migration`.execute(db);
  if (rows.some(({ name }) => !(name in migrations))) throw new VideoError('catalog_too_new', { url });
}

/** Brings the tables to this program's schema. Of programs that do so at the same time one does it, and the others wait. */
export async function runMigrations(db: Kysely<CatalogTables>, migrations: Migrations): Promise<void> {
  const { error } = await new Migrator({ db, provider: { getMigrations: async () => migrations } }).migrateToLatest();
  if (error) throw error;
}
