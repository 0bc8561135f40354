import type { CatalogTables } from './schema.ts';

export interface MovedTable {
  /** The primary key: rows are read in its order. */
  readonly key: readonly [string, ...string[]];
  /** Columns that may be long; what is read at a time is measured by them. */
  readonly blobs?: readonly string[];
}

/**
 * How each table goes from one database to another, in an order in which no row refers to one that is not there yet.
 * Undefined: it tells of the centrals that run, and stays behind.
 */
export const movedTables = {
  manifests: { key: ['id'], blobs: ['part_hashes', 'piece_hashes', 'piece_layer'] },
  videos: { key: ['seq'] },
  replicas: { key: ['seq'] },
  nodes: { key: ['number'] },
  inventories: { key: ['node'] },
  trash: { key: ['seq'] },
  departures: { key: ['seq'] },
  details: { key: ['file_id'] },
  leases: undefined,
  node_reports: undefined,
} satisfies Readonly<Record<keyof CatalogTables, MovedTable | undefined>>;

export type TableName = keyof CatalogTables;

export function tablesToMove(): readonly (readonly [TableName, MovedTable])[] {
  const entries = Object.entries(movedTables) as [TableName, MovedTable | undefined][];
  return entries.flatMap(([name, table]) => (table ? [[name, table] as const] : []));
}
