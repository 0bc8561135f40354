import type { Page, Video } from './catalog.ts';
import type { ReplicaOrder } from './departures.ts';
import type { FileId, NodeNumber } from './file.ts';

/** A removed name that can still be restored. Times are milliseconds since 1970. */
export interface TrashedVideo {
  /** Tells removals of one name apart; never used twice. */
  readonly trashId: number;
  readonly name: string;
  readonly id: FileId;
  readonly sizeBytes: number;
  readonly addedAtMs: number;
  readonly removedAtMs: number;
  /** From then on its bytes are freed. */
  readonly expiresAtMs: number;
}

export interface RemoveOptions {
  /** The name is taken from this content only. */
  readonly id?: FileId | undefined;
  readonly nowMs: number;
  readonly keptMs: number;
}

/** What became of a wish to give a content a name. */
export type NameOutcome =
  | { readonly outcome: 'done'; readonly video: Video }
  /** There is no such name, or nothing of it in the trash. */
  | { readonly outcome: 'absent' }
  /** The name that was wanted stands for something already. */
  | { readonly outcome: 'taken'; readonly name: string };

/** An order about a node's trash that it carried out, or found nothing to do about. */
export interface ObeyedOrder {
  readonly type: Extract<ReplicaOrder['type'], 'restore' | 'drop'>;
  readonly id: FileId;
  readonly name: string;
}

/** What a node shows in a heartbeat that brings its inventory up to date. */
export interface NodeSight {
  readonly copying: readonly FileId[];
  /** Every file of its folder was read, or tried: nothing old will be announced as if it were new. */
  readonly isAllRead: boolean;
  /** Since the last heartbeat. */
  readonly obeyed: readonly ObeyedOrder[];
}

/**
 * The part of the catalogue that takes names away and gives them back. A content loses its name at once; nodes are told
 * what follows from it when they come (`replicaOrders`), however long they were away, and until then what they announce
 * under that name does not bring it back. `domain/departures.ts` has the rules.
 *
 * @throws VideoError `catalog_unavailable` from any method when the store fails.
 */
export interface VideoTrash {
  /** Moves a name to the trash, for `keptMs`; undefined when there is no such name, or when it stands for another content than `id`. */
  remove(name: string, options: RemoveOptions): Promise<TrashedVideo | undefined>;

  /** By trash id, or the last removed of a name; under another name with `as`. */
  restore(wanted: { readonly name: string } | { readonly trashId: number }, options: { readonly as?: string | undefined; readonly nowMs: number }): Promise<NameOutcome>;

  /** The content keeps the date when it was added. */
  rename(from: string, to: string, nowMs: number): Promise<NameOutcome>;

  /** The last removed first; `next` is to be passed as `after`. */
  trash(options: { readonly after?: string | undefined; readonly limit: number }): Promise<Page<TrashedVideo>>;

  /** Empties the trash of what expired; tells what it was. May be called by several centrals. */
  expireTrash(nowMs: number): Promise<readonly TrashedVideo[]>;

  /** Takes what a node shows; to be called after the slice that completes its inventory. Writes nothing when nothing is news. */
  settleDepartures(node: NodeNumber, sight: NodeSight, nowMs: number): Promise<void>;

  /** By file, the nodes that are to bring back what they have of it in their trash; those of the files that some node is to. */
  returning(ids: readonly FileId[]): Promise<ReadonlyMap<FileId, readonly NodeNumber[]>>;

  /** What the node is to do now, at most `limit`; the same until it is done. */
  replicaOrders(node: NodeNumber, limit: number): Promise<readonly ReplicaOrder[]>;
}
