import { createHash } from 'node:crypto';
import { sql, type RawBuilder } from 'kysely';
import { MIB } from '../../base/units.ts';
import type { MovedTable, TableName } from './moved-tables.ts';
import type { CatalogDb } from './schema.ts';

export type Row = Readonly<Record<string, unknown>>;

const ROWS_MAX = 500;
const BLOB_BYTES_MAX = 8 * MIB;

/** All rows in order of key, in batches of bounded size; one whose blobs are longer than that comes alone. */
export async function* rowsOf(
  db: CatalogDb,
  name: TableName,
  table: MovedTable,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): AsyncGenerator<readonly Row[]> {
  const key = sql.join(table.key.map(column => sql.ref(column)));
  let after: RawBuilder<unknown> = sql``;
  for (;;) {
    signal?.throwIfAborted();
    const limit = await rowsThatFit(db, name, table, { key, after });
    const { rows } = await sql<Row>`SELECT * FROM ${sql.table(name)} ${after} ORDER BY ${key} LIMIT ${limit}`.execute(db);
    if (rows.length === 0) return;
    yield rows.map(withBuffers);
    const last = rows.at(-1)!;
    after = sql`WHERE (${key}) > (${sql.join(table.key.map(column => last[column]))})`;
  }
}

interface Place {
  readonly key: RawBuilder<unknown>;
  readonly after: RawBuilder<unknown>;
}

async function rowsThatFit(db: CatalogDb, name: TableName, { blobs = [] }: MovedTable, { key, after }: Place): Promise<number> {
  if (blobs.length === 0) return ROWS_MAX;
  const bytes = sql.join(blobs.map(column => sql`coalesce(length(${sql.ref(column)}), 0)`), sql` + `);
  const { rows } = await sql<{ bytes: number }>`SELECT ${bytes} AS bytes FROM ${sql.table(name)} ${after} ORDER BY ${key} LIMIT ${ROWS_MAX}`.execute(db);
  let sum = 0;
  const tooMany = rows.findIndex(row => (sum += row.bytes) > BLOB_BYTES_MAX);
  return tooMany === -1 ? ROWS_MAX : Math.max(1, tooMany);
}

/** In one statement. */
export async function insertRows(db: CatalogDb, name: TableName, rows: readonly Row[]): Promise<void> {
  const columns = Object.keys(rows[0]!);
  const values = rows.map(row => sql`(${sql.join(columns.map(column => row[column]))})`);
  await sql`INSERT INTO ${sql.table(name)} (${sql.join(columns.map(column => sql.ref(column)))}) VALUES ${sql.join(values)}`.execute(db);
}

export interface TableDigest {
  readonly rows: number;
  /** The same in every database that holds the same rows. */
  readonly sha256: string;
}

export async function digestOf(db: CatalogDb, name: TableName, table: MovedTable, options: { readonly signal?: AbortSignal | undefined }): Promise<TableDigest> {
  const hash = createHash('sha256');
  let count = 0;
  for await (const rows of rowsOf(db, name, table, options)) {
    count += rows.length;
    for (const row of rows) hash.update(`${JSON.stringify(Object.keys(row).sort().map(column => [column, plainValue(row[column])]))}\n`);
  }
  return { rows: count, sha256: hash.digest('hex') };
}

function plainValue(value: unknown): unknown {
  return Buffer.isBuffer(value) ? { sha256: createHash('sha256').update(value).digest('hex') } : value;
}

/** Blobs as the drivers take them; they give them as `ArrayBuffer`s. */
function withBuffers(row: Row): Row {
  return Object.fromEntries(Object.entries(row).map(([column, value]) => [column, value instanceof ArrayBuffer ? Buffer.from(value) : value]));
}
