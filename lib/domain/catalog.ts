import type { FileId, NodeNumber } from './file.ts';
import type { Leases } from './lease.ts';
import type { Manifest } from './manifest.ts';
import type { VideoDetails } from './media.ts';
import type { NodeMode } from './node-mode.ts';
import type { NodeReports } from './node-reports.ts';
import type { VideoTrash } from './trash.ts';

/** A name of the catalogue and what stands behind it. */
export interface Video {
  readonly name: string;
  readonly id: FileId;
  readonly sizeBytes: number;
  /** When the name entered the catalogue, milliseconds since 1970. */
  readonly addedAtMs: number;
  /** Nodes that announced a whole replica, in ascending order; whether they are up is not the catalogue's to know. */
  readonly nodes: readonly NodeNumber[];
}

/** A file as a node announces it. */
export interface AnnouncedFile {
  readonly name: string;
  readonly id: FileId;
  readonly sizeBytes: number;
}

/**
 * A slice of a node's inventory, in the order of the node's own revisions.
 *
 * `inventoryId` names one run of one node. `fromRevision` is where the slice begins: 0 says that it is the first of a
 * whole inventory. When `isComplete`, everything the node had announced under another inventory id is forgotten.
 */
export interface InventorySlice {
  readonly inventoryId: string;
  readonly fromRevision: number;
  readonly toRevision: number;
  readonly isComplete: boolean;
  readonly added: readonly AnnouncedFile[];
  readonly removed: readonly string[];
}

export interface NodeRecord {
  readonly number: NodeNumber;
  /** Random id that the node keeps in its folder; tells a node that came back from another one with its number. */
  readonly identity: string;
  /** Where its bytes are served: `http://127.0.0.1:50001`. */
  readonly url: string;
  /** Last heartbeat that was saved, milliseconds since 1970. */
  readonly seenAtMs: number;
  readonly mode: NodeMode;
}

/** Videos that exactly these nodes hold. */
export interface HolderSet {
  /** In ascending order. */
  readonly nodes: readonly NodeNumber[];
  readonly videos: number;
  readonly bytes: number;
}

/** Two different contents under one name: the first kept it, this one waits for a person. */
export interface NameConflict {
  readonly name: string;
  readonly keptId: FileId;
  readonly otherId: FileId;
  readonly nodes: readonly NodeNumber[];
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Pass as `after` to get the next page; undefined on the last one. */
  readonly next: string | undefined;
}

/** By name (by code point), or the newest first, or the largest first; of two alike the later name first. */
export type VideoOrder = 'name' | 'date' | 'size';

export interface CatalogCounts {
  readonly videos: number;
  readonly bytes: number;
}

/**
 * What exists and where. Every write is atomic: after a crash it happened whole or not at all.
 *
 * A name enters the catalogue when the manifest of its content is known and somebody announced it, and is never
 * forgotten because a node is missing. The first content that takes a name keeps it while any node holds that content.
 *
 * @throws VideoError `catalog_unavailable` from any method when the store fails.
 */
export interface Catalog extends VideoTrash, AsyncDisposable {
  /** Which of the centrals that share the catalogue does what only one may do. */
  readonly leases: Leases;

  /** What those centrals heard of the nodes. */
  readonly nodeReports: NodeReports;

  /** In order of name unless told otherwise. A page follows another also while videos come and go. */
  list(options: { readonly after?: string | undefined; readonly limit: number; readonly order?: VideoOrder | undefined }): Promise<Page<Video>>;

  /**
   * Videos of which the name or the title contains each word of `text`, whatever the accents and the case; in order of name, or, where
   * they are very many, in order of arrival: the pages of one search keep to one order.
   */
  search(text: string, options: { readonly after?: string | undefined; readonly limit: number }): Promise<Page<Video>>;

  findByName(name: string): Promise<Video | undefined>;

  /** The first name, in order, of the file. */
  findById(id: FileId): Promise<Video | undefined>;

  /** Names most like `name`, the nearest first; for "did you mean". */
  nearNames(name: string, limit: number): Promise<readonly string[]>;

  counts(): Promise<CatalogCounts>;

  manifest(id: FileId): Promise<Manifest | undefined>;

  /** Idempotent; of two manifests with one id the first is kept. Names announced for it enter the catalogue now. */
  putManifest(manifest: Manifest, nowMs: number): Promise<void>;

  /** Ids that this node announced and whose manifest is not known, oldest announcement first. */
  missingManifests(node: NodeNumber, limit: number): Promise<readonly FileId[]>;

  /**
   * Takes a slice when it follows what is known, and tells up to which revision of that inventory the catalogue is
   * now; 0 asks the node to begin again from the start. A slice that was already taken changes nothing.
   */
  applyInventory(node: NodeNumber, slice: InventorySlice, nowMs: number): Promise<number>;

  nodes(): Promise<readonly NodeRecord[]>;

  /**
   * By number; an existing one is replaced. Without a mode what was decided about it stays, and of another identity nothing
   * was decided yet.
   */
  saveNode(node: Omit<NodeRecord, 'mode'> & { readonly mode?: NodeMode | undefined }): Promise<void>;

  /**
   * Files that fewer than `wanted` of `countedNodes` hold, with at least one holder among `sources`, which are all nodes
   * unless told otherwise; fewest first, and of those that are alike one of each set of holders in turn, the smallest first.
   * With `rooms`, bytes for each node, only files that one of those nodes lacks and has room for.
   */
  underReplicated(
    wanted: number,
    countedNodes: readonly NodeNumber[],
    limit: number,
    options?: { readonly sources?: readonly NodeNumber[]; readonly rooms?: ReadonlyMap<NodeNumber, number> },
  ): Promise<readonly Video[]>;

  /**
   * Files that more than `wanted` of `countedNodes` hold, most first, in an order that stays the same while they do; each
   * under its first name.
   */
  overReplicated(wanted: number, countedNodes: readonly NodeNumber[], limit: number): Promise<readonly Video[]>;

  /** Every video of the catalogue, counted by who holds it; reads all of them. */
  holderSets(): Promise<readonly HolderSet[]>;

  conflicts(limit: number): Promise<readonly NameConflict[]>;

  /**
   * What is given replaces what was known of it, and the rest stays; an empty title or description is none. A content may be
   * described before it is here.
   */
  putDetails(id: FileId, details: VideoDetails): Promise<void>;

  /** Of those of the contents that something is known of. */
  details(ids: readonly FileId[]): Promise<ReadonlyMap<FileId, VideoDetails>>;
}
