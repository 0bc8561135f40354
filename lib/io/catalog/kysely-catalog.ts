import type { Expression, Kysely, Transaction } from 'kysely';
import { VideoError } from '../../base/errors.ts';
import type { Catalog, CatalogCounts, HolderSet, InventorySlice, NameConflict, NodeRecord, Page, Video, VideoOrder } from '../../domain/catalog.ts';
import type { ReplicaOrder } from '../../domain/departures.ts';
import type { FileId, NodeNumber } from '../../domain/file.ts';
import type { Leases } from '../../domain/lease.ts';
import type { Manifest } from '../../domain/manifest.ts';
import type { VideoDetails } from '../../domain/media.ts';
import type { NodeMode } from '../../domain/node-mode.ts';
import type { NodeReports } from '../../domain/node-reports.ts';
import type { NameOutcome, NodeSight, RemoveOptions, TrashedVideo } from '../../domain/trash.ts';
import { findConflicts } from './conflicts.ts';
import { findDetails, saveDetails } from './details.ts';
import { countHolderSets } from './holders.ts';
import { findManifest, findMissingManifests, insertManifest } from './manifests.ts';
import { findNearNames, searchNames, type NameIndex } from './name-search.ts';
import { hasDepartureNews, settleDepartures } from './node-sights.ts';
import { overReplicatedRows } from './over-replicated.ts';
import { findReplicaOrders, hasDepartures } from './replica-orders.ts';
import { findReturning } from './returning.ts';
import type { CatalogTables } from './schema.ts';
import { settleNames } from './settlement.ts';
import type { Attempt } from './shared-state.ts';
import { applySlice, revisionWithout } from './slices.ts';
import { SqlLeases } from './sql-leases.ts';
import { SqlNodeReports } from './sql-node-reports.ts';
import { expireTrash, hasExpired, removeVideo, renameVideo, restoreVideo, trashPage } from './trash.ts';
import { underReplicatedRows } from './under-replicated.ts';
import { listVideos } from './video-list.ts';
import { selectVideos, videoOf } from './video-rows.ts';

/** How work reaches the database. */
export interface CatalogWork {
  /** Alone among writers: what it reads stays true until it is done. It may be done again from its beginning. */
  write<T>(work: (db: Transaction<CatalogTables>) => Promise<T>): Promise<T>;
  /** Everything that it reads is of one moment. */
  snapshot<T>(work: (db: Transaction<CatalogTables>) => Promise<T>): Promise<T>;
  read<T>(work: () => Promise<T>): Promise<T>;
}

interface CatalogOptions {
  readonly work: CatalogWork;
  /** Milliseconds since 1970, of one clock for all who share the database; for statements to ask. */
  readonly nowMs: Expression<number>;
}

interface PageOptions {
  readonly after?: string | undefined;
  readonly limit: number;
}

/**
 * The catalogue in a SQL database: what is here and in the files it calls is what databases have in common. Owns `db`.
 */
export class KyselyCatalog implements Catalog {
  readonly #db: Kysely<CatalogTables>;
  readonly #url: string;
  readonly #names: NameIndex;
  readonly #work: CatalogWork;
  readonly leases: Leases;
  readonly nodeReports: NodeReports;

  constructor(db: Kysely<CatalogTables>, url: string, names: NameIndex, { work, nowMs }: CatalogOptions) {
    this.#db = db;
    this.#url = url;
    this.#names = names;
    this.#work = work;
    const attempt: Attempt = asked => this.#attempt(asked);
    this.leases = new SqlLeases(db, { nowMs, attempt });
    this.nodeReports = new SqlNodeReports(db, { nowMs, attempt });
  }

  list({ order = 'name', ...page }: PageOptions & { readonly order?: VideoOrder | undefined }): Promise<Page<Video>> {
    return order === 'name' ? this.search('', page) : this.#attempt(() => listVideos(this.#db, order, page));
  }

  search(text: string, options: PageOptions): Promise<Page<Video>> {
    return this.#attempt(() => searchNames(this.#db, this.#names, text, options));
  }

  async findByName(name: string): Promise<Video | undefined> {
    const query = selectVideos(this.#db).where('videos.name', '=', name);
    const row = await this.#attempt(() => query.executeTakeFirst());
    return row && videoOf(row);
  }

  async findById(id: FileId): Promise<Video | undefined> {
    const query = selectVideos(this.#db).where('videos.file_id', '=', id).orderBy('videos.name').limit(1);
    const row = await this.#attempt(() => query.executeTakeFirst());
    return row && videoOf(row);
  }

  nearNames(name: string, limit: number): Promise<readonly string[]> {
    return this.#attempt(() => findNearNames(this.#db, this.#names, name, limit));
  }

  async counts(): Promise<CatalogCounts> {
    const query = this.#db
      .selectFrom('videos')
      .select(({ fn }) => [fn.countAll<number>().as('videos'), fn.sum<number | null>('size_bytes').as('bytes')]);
    const { videos, bytes } = await this.#attempt(() => query.executeTakeFirstOrThrow());
    return { videos, bytes: bytes ?? 0 };
  }

  manifest(id: FileId): Promise<Manifest | undefined> {
    return this.#attempt(() => findManifest(this.#db, id));
  }

  putManifest(manifest: Manifest, nowMs: number): Promise<void> {
    return this.#transaction(async db => {
      if (!(await insertManifest(db, manifest))) return;
      const announced = await db.selectFrom('replicas').select('name').where('file_id', '=', manifest.id).execute();
      await settleNames(db, announced.map(({ name }) => name), nowMs);
    });
  }

  missingManifests(node: NodeNumber, limit: number): Promise<readonly FileId[]> {
    return this.#attempt(() => findMissingManifests(this.#db, node, limit));
  }

  async applyInventory(node: NodeNumber, slice: InventorySlice, nowMs: number): Promise<number> {
    const settled = await this.#attempt(() => revisionWithout(this.#db, node, slice));
    return settled ?? this.#transaction(db => applySlice(db, node, slice, nowMs));
  }

  async nodes(): Promise<readonly NodeRecord[]> {
    const rows = await this.#attempt(() => this.#db.selectFrom('nodes').selectAll().orderBy('number').execute());
    return rows.map(({ seen_at_ms, ...node }) => ({ ...node, seenAtMs: seen_at_ms }));
  }

  async saveNode({ number, identity, url, seenAtMs, mode }: Parameters<Catalog['saveNode']>[0]): Promise<void> {
    const row = { number, identity, url, seen_at_ms: seenAtMs };
    const query = this.#db
      .insertInto('nodes')
      .values({ ...row, mode: mode ?? 'active' })
      .onConflict(conflict =>
        conflict.column('number').doUpdateSet(({ eb, ref, val }) => ({
          ...row,
          mode: mode ?? eb.case().when('nodes.identity', '=', identity).then(ref('nodes.mode')).else(val<NodeMode>('active')).end(),
        })),
      );
    await this.#attempt(() => query.execute());
  }

  async underReplicated(
    wanted: number,
    countedNodes: readonly NodeNumber[],
    limit: number,
    places: { readonly sources?: readonly NodeNumber[]; readonly rooms?: ReadonlyMap<NodeNumber, number> } = {},
  ): Promise<readonly Video[]> {
    const rows = await this.#attempt(() => underReplicatedRows(this.#db, wanted, countedNodes, limit, places));
    return rows.map(videoOf);
  }

  async overReplicated(wanted: number, countedNodes: readonly NodeNumber[], limit: number): Promise<readonly Video[]> {
    const rows = await this.#attempt(() => overReplicatedRows(this.#db, wanted, countedNodes, limit));
    return rows.map(videoOf);
  }

  holderSets(): Promise<readonly HolderSet[]> {
    return this.#attempt(() => countHolderSets(this.#db));
  }

  conflicts(limit: number): Promise<readonly NameConflict[]> {
    return this.#attempt(() => findConflicts(this.#db, limit));
  }

  putDetails(id: FileId, details: VideoDetails): Promise<void> {
    return details.title === undefined
      ? this.#attempt(() => saveDetails(this.#db, id, details))
      : this.#transaction(db => saveDetails(db, id, details));
  }

  details(ids: readonly FileId[]): Promise<ReadonlyMap<FileId, VideoDetails>> {
    return this.#attempt(() => findDetails(this.#db, ids));
  }

  remove(name: string, options: RemoveOptions): Promise<TrashedVideo | undefined> {
    return this.#transaction(db => removeVideo(db, name, options));
  }

  restore(
    wanted: { readonly name: string } | { readonly trashId: number },
    options: { readonly as?: string | undefined; readonly nowMs: number },
  ): Promise<NameOutcome> {
    return this.#transaction(db => restoreVideo(db, wanted, options));
  }

  rename(from: string, to: string, nowMs: number): Promise<NameOutcome> {
    return this.#transaction(db => renameVideo(db, from, to, nowMs));
  }

  trash(options: PageOptions): Promise<Page<TrashedVideo>> {
    return this.#attempt(() => trashPage(this.#db, options));
  }

  async expireTrash(nowMs: number): Promise<readonly TrashedVideo[]> {
    const isNews = await this.#attempt(() => hasExpired(this.#db, nowMs));
    return isNews ? this.#transaction(db => expireTrash(db, nowMs)) : [];
  }

  async settleDepartures(node: NodeNumber, sight: NodeSight, nowMs: number): Promise<void> {
    const isNews = await this.#attempt(() => hasDepartureNews(this.#db, node, sight));
    if (isNews) await this.#transaction(db => settleDepartures(db, node, sight, nowMs));
  }

  returning(ids: readonly FileId[]): Promise<ReadonlyMap<FileId, readonly NodeNumber[]>> {
    return this.#attempt(() => findReturning(this.#db, ids));
  }

  async replicaOrders(node: NodeNumber, limit: number): Promise<readonly ReplicaOrder[]> {
    const mayBeSome = await this.#attempt(() => hasDepartures(this.#db, node));
    return mayBeSome ? this.#wrap(() => this.#work.snapshot(db => findReplicaOrders(db, node, limit))) : [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#db.destroy();
  }

  #transaction<T>(work: (db: Transaction<CatalogTables>) => Promise<T>): Promise<T> {
    return this.#wrap(() => this.#work.write(work));
  }

  #attempt<T>(work: () => Promise<T>): Promise<T> {
    return this.#wrap(() => this.#work.read(work));
  }

  async #wrap<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw new VideoError('catalog_unavailable', { url: this.#url }, { cause: error });
    }
  }
}
