import type { ColumnType, Generated, Kysely, Transaction } from 'kysely';
import type { DepartureState } from '../../domain/departures.ts';
import type { NodeMode } from '../../domain/node-mode.ts';

/** The tables as Kysely sees them; `migrations.ts` makes them. */
export interface CatalogTables {
  manifests: ManifestRow;
  videos: VideoRow;
  replicas: ReplicaRow;
  nodes: NodeRow;
  inventories: InventoryRow;
  details: DetailsRow;
  trash: TrashRow;
  departures: DepartureRow;
  leases: LeaseRow;
  node_reports: NodeReportRow;
}

export type CatalogDb = Kysely<CatalogTables> | Transaction<CatalogTables>;

export interface ManifestRow {
  readonly id: string;
  readonly name: string;
  readonly size_bytes: number;
  readonly part_size_bytes: number;
  /** 32 bytes a part, one after another. */
  readonly part_hashes: ColumnType<ArrayBuffer, Buffer, Buffer>;
  readonly sha256: string;
  readonly created_at_ms: number;
  /** 20 bytes a part. Null, as the next, in manifests without pieces. */
  readonly piece_hashes: ColumnType<ArrayBuffer | null, Buffer | null, Buffer | null>;
  /** 32 bytes a part. */
  readonly piece_layer: ColumnType<ArrayBuffer | null, Buffer | null, Buffer | null>;
}

/** Names; size and holders are repeated here, so that a page is read from this table alone. */
export interface VideoRow {
  readonly seq: Generated<number>;
  readonly name: string;
  readonly folded_name: string;
  readonly file_id: string;
  readonly size_bytes: number;
  readonly added_at_ms: number;
  /** Numbers of the nodes that hold the content, as `holders.ts` writes them; follows from `replicas`. */
  readonly holders: string;
  /** Of the content's title, for searches; empty without one. Follows from `details`. */
  readonly folded_title: Generated<string>;
}

/** What a node announced: one row a name. */
export interface ReplicaRow {
  /** Grows with each announcement. */
  readonly seq: Generated<number>;
  readonly node: number;
  readonly name: string;
  readonly file_id: string;
  readonly size_bytes: number;
  readonly inventory_id: string;
  /** What is still wrong with it, so that the few such rows are found without reading the others. */
  readonly unsettled: Unsettled | null;
}

/** Its manifest is not known; its name stands for another content; or the content lost this name. */
export type Unsettled = 'no_manifest' | 'conflict' | 'removed';

export interface NodeRow {
  readonly number: number;
  readonly identity: string;
  readonly url: string;
  readonly seen_at_ms: number;
  readonly mode: NodeMode;
}

/** How far the catalogue has taken a node's inventory. */
export interface InventoryRow {
  readonly node: number;
  readonly inventory_id: string;
  readonly revision: number;
  /** 1 once it was told whole, and what came before it forgotten. */
  readonly is_complete: 0 | 1;
}

/** What is known of a content besides its bytes. */
export interface DetailsRow {
  readonly file_id: string;
  readonly content_type: string | null;
  readonly duration_ms: number | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly title: string | null;
  readonly description: string | null;
}

/** A removed name; never one that stands for the same content in `videos`. */
export interface TrashRow {
  readonly seq: Generated<number>;
  readonly name: string;
  readonly file_id: string;
  readonly size_bytes: number;
  readonly added_at_ms: number;
  readonly removed_at_ms: number;
  readonly expires_at_ms: number;
}

/** `domain/departures.ts`: one row for each node that may still have a content under a name that it lost. */
export interface DepartureRow {
  readonly seq: Generated<number>;
  readonly node: number;
  readonly name: string;
  readonly file_id: string;
  readonly state: DepartureState;
}

/** Stays when it is released, so that its fence only grows. */
export interface LeaseRow {
  readonly name: string;
  readonly holder: string;
  readonly fence: number;
  readonly expires_at_ms: number;
  /** What its holder left for the others to read. */
  readonly left_text: string;
}

/** The last heartbeat of a node that any central heard. */
export interface NodeReportRow {
  readonly number: number;
  /** The central that heard it. */
  readonly central: string;
  readonly is_reachable: 0 | 1;
  readonly heard_at_ms: number;
  /** A `NodeReport` in JSON. */
  readonly report: string;
}
