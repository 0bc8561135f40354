import { sql } from 'kysely';
import { VideoError } from '../../base/errors.ts';
import { movedTables, tablesToMove, type TableName } from './moved-tables.ts';
import { reasonOf } from './reason.ts';
import type { CatalogStore } from './store.ts';
import { digestOf, insertRows, rowsOf } from './table-rows.ts';
import { refuseNewer, refuseUnusable, UNFINISHED_TABLE } from './usable.ts';

/** Tables that are there besides those of the schema. */
const HELPING_TABLES = ['video_names', 'kysely_migration', 'kysely_migration_lock'];

export interface MoveOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called as rows arrive, with how many of the table there are by then. */
  readonly onRows?: (table: TableName, rows: number) => void;
}

/**
 * Copies a whole catalogue into an empty database, and compares every row of both afterwards; resolves with the number of rows of each
 * table. Until the end the copy is marked as unfinished: no central starts on it, and moving there again begins anew.
 *
 * @throws VideoError `catalog_not_empty`; `catalog_differs` when something was written to the original meanwhile; `catalog_unfinished`,
 * `catalog_too_new`, `catalog_unavailable`; the signal's reason
 */
export async function moveCatalog(from: CatalogStore, to: CatalogStore, options: MoveOptions = {}): Promise<ReadonlyMap<TableName, number>> {
  await attempt(from, async () => {
    await refuseUnusable(from.db, { ...from, tables: await from.tables() });
    await from.migrate();
  });
  await attempt(to, () => prepare(to));
  await copyRows(from, to, options);
  await attempt(to, () => to.settle());
  const counts = await compare(from, to, options);
  await attempt(to, () => sql`DROP TABLE ${sql.table(UNFINISHED_TABLE)}`.execute(to.db));
  return counts;
}

/** Leaves empty tables and the mark, or what was there. */
async function prepare(to: CatalogStore): Promise<void> {
  const tables = await to.tables();
  if (tables.has(UNFINISHED_TABLE)) await dropTables(to);
  else {
    await refuseNewer(to.db, { ...to, tables });
    for (const [name] of tablesToMove()) if (tables.has(name)) await refuseRows(to, name);
    await sql`CREATE TABLE ${sql.table(UNFINISHED_TABLE)} (mark integer)`.execute(to.db);
  }
  await to.migrate();
}

async function refuseRows({ db, url }: CatalogStore, name: TableName): Promise<void> {
  const { rows } = await sql`SELECT 1 FROM ${sql.table(name)} LIMIT 1`.execute(db);
  if (rows.length > 0) throw new VideoError('catalog_not_empty', { url });
}

/** What refers to other tables before those. */
async function dropTables({ db }: CatalogStore): Promise<void> {
  for (const name of [...HELPING_TABLES, ...Object.keys(movedTables).toReversed()]) {
    await sql`DROP TABLE IF EXISTS ${sql.table(name)}`.execute(db);
  }
}

async function copyRows(from: CatalogStore, to: CatalogStore, { signal, onRows }: MoveOptions): Promise<void> {
  for (const [name, table] of tablesToMove()) {
    let count = 0;
    const batches = rowsOf(from.db, name, table, { signal });
    for (;;) {
      const { value: rows } = await attempt(from, () => batches.next(), signal);
      if (!rows) break;
      await attempt(to, () => insertRows(to.db, name, rows));
      count += rows.length;
      onRows?.(name, count);
    }
  }
}

async function compare(from: CatalogStore, to: CatalogStore, { signal }: MoveOptions): Promise<ReadonlyMap<TableName, number>> {
  const counts = new Map<TableName, number>();
  for (const [name, table] of tablesToMove()) {
    const original = await attempt(from, () => digestOf(from.db, name, table, { signal }), signal);
    const copy = await attempt(to, () => digestOf(to.db, name, table, { signal }), signal);
    if (copy.rows !== original.rows || copy.sha256 !== original.sha256) throw new VideoError('catalog_differs', { url: to.url, table: name });
    counts.set(name, copy.rows);
  }
  return counts;
}

/** Tells in which of the two something went wrong. */
async function attempt<T>({ url }: CatalogStore, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof VideoError || error === signal?.reason ? error : new VideoError('catalog_unavailable', { url, reason: reasonOf(error) }, { cause: error });
  }
}
