import { sql } from 'kysely';
import { VideoError } from '../../base/errors.ts';
import type { CatalogDb } from './schema.ts';

/** A table without rows, in a catalogue that is being filled from another one: it goes when everything is there. */
export const UNFINISHED_TABLE = 'unfinished_move';
const MIGRATIONS_TABLE = 'kysely_migration';

export interface FoundSchema {
  /** For the errors. */
  readonly url: string;
  /** That this program knows, by name. */
  readonly migrations: object;
  /** Names of the tables that are there. */
  readonly tables: ReadonlySet<string>;
}

/** @throws VideoError `catalog_unfinished`, `catalog_too_new` */
export async function refuseUnusable(db: CatalogDb, { url, migrations, tables }: FoundSchema): Promise<void> {
  if (tables.has(UNFINISHED_TABLE)) throw new VideoError('catalog_unfinished', { url });
  if (!tables.has(MIGRATIONS_TABLE)) return;
  const { rows } = await sql<{ name: string }>`SELECT name FROM kysely_migration`.execute(db);
  if (rows.some(({ name }) => !(name in migrations))) throw new VideoError('catalog_too_new', { url });
}
