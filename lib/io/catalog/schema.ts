import type { ColumnType, Generated } from 'kysely';

/** The tables as Kysely sees them; `migrations.ts` makes them. */
export interface CatalogTables {
  manifests: ManifestRow;
  videos: VideoRow;
  replicas: ReplicaRow;
  nodes: NodeRow;
  inventories: InventoryRow;
}

export interface ManifestRow {
  readonly id: string;
  readonly name: string;
  readonly size_bytes: number;
  readonly part_size_bytes: number;
  /** 32 bytes a part, one after another. */
  readonly part_hashes: ColumnType<ArrayBuffer, Buffer, Buffer>;
  readonly sha256: string;
  readonly created_at_ms: number;
}

export interface VideoRow {
  readonly name: string;
  readonly folded_name: string;
  readonly file_id: string;
  readonly added_at_ms: number;
}

/** What a node announced: one row a name. */
export interface ReplicaRow {
  readonly seq: Generated<number>;
  readonly node: number;
  readonly name: string;
  readonly file_id: string;
  readonly size_bytes: number;
  readonly inventory_id: string;
}

export interface NodeRow {
  readonly number: number;
  readonly identity: string;
  readonly url: string;
  readonly seen_at_ms: number;
}

/** How far the catalogue has taken a node's inventory. */
export interface InventoryRow {
  readonly node: number;
  readonly inventory_id: string;
  readonly revision: number;
}
