import { sql, type Expression, type ExpressionBuilder, type Kysely, type SqlBool, type Transaction } from 'kysely';
import { VideoError } from '../../base/errors.ts';
import type {
  Catalog,
  CatalogCounts,
  InventorySlice,
  NameConflict,
  NodeRecord,
  Page,
  Video,
} from '../../domain/catalog.ts';
import type { FileId, NodeNumber } from '../../domain/file.ts';
import type { Manifest } from '../../domain/manifest.ts';
import { nearestNames } from '../../domain/near-names.ts';
import { foldText, searchWords } from '../../domain/search-text.ts';
import { joinHashes, splitHashes } from './part-hashes.ts';
import type { CatalogTables } from './schema.ts';

type Db = Kysely<CatalogTables> | Transaction<CatalogTables>;

/** What one database does its own way. */
export interface CatalogDialect {
  readonly url: string;
  /** A condition on `videos` that holds for names that contain every word. */
  readonly containsWords: (words: readonly string[]) => Expression<SqlBool>;
  /** Names that share a piece with `name`; at most `limit`, for a closer look. */
  readonly candidates: (db: Db, name: string, limit: number) => Promise<readonly string[]>;
}

const NEAR_CANDIDATES = 200;

/** The catalogue in a SQL database; what is said here is what SQLite and its relatives have in common. */
export class KyselyCatalog implements Catalog {
  readonly #db: Kysely<CatalogTables>;
  readonly #dialect: CatalogDialect;

  constructor(db: Kysely<CatalogTables>, dialect: CatalogDialect) {
    this.#db = db;
    this.#dialect = dialect;
  }

  list(options: { readonly after?: string | undefined; readonly limit: number }): Promise<Page<Video>> {
    return this.search('', options);
  }

  search(text: string, { after, limit }: { readonly after?: string | undefined; readonly limit: number }): Promise<Page<Video>> {
    return this.#attempt(async () => {
      const words = searchWords(text);
      const rows = await this.#videos()
        .$if(after !== undefined, query => query.where('videos.name', '>', after!))
        .$if(words.length > 0, query => query.where(this.#dialect.containsWords(words)))
        .orderBy('videos.name')
        .limit(limit + 1)
        .execute();
      const items = await this.#withNodes(rows.slice(0, limit));
      return { items, next: rows.length > limit ? items.at(-1)!.name : undefined };
    });
  }

  findByName(name: string): Promise<Video | undefined> {
    return this.#attempt(async () => {
      const rows = await this.#videos().where('videos.name', '=', name).execute();
      return (await this.#withNodes(rows))[0];
    });
  }

  findById(id: FileId): Promise<Video | undefined> {
    return this.#attempt(async () => {
      const rows = await this.#videos().where('videos.file_id', '=', id).orderBy('videos.name').limit(1).execute();
      return (await this.#withNodes(rows))[0];
    });
  }

  nearNames(name: string, limit: number): Promise<readonly string[]> {
    return this.#attempt(async () =>
      nearestNames(name, await this.#dialect.candidates(this.#db, name, NEAR_CANDIDATES), limit),
    );
  }

  counts(): Promise<CatalogCounts> {
    return this.#attempt(() =>
      this.#db
        .selectFrom('videos')
        .innerJoin('manifests', 'manifests.id', 'videos.file_id')
        .select(({ fn }) => [
          fn.countAll<number>().as('videos'),
          fn.coalesce(fn.sum<number>('manifests.size_bytes'), sql<number>`0`).as('bytes'),
        ])
        .executeTakeFirstOrThrow(),
    );
  }

  manifest(id: FileId): Promise<Manifest | undefined> {
    return this.#attempt(async () => {
      const row = await this.#db.selectFrom('manifests').selectAll().where('id', '=', id).executeTakeFirst();
      return (
        row && {
          id: row.id,
          name: row.name,
          sizeBytes: row.size_bytes,
          partSizeBytes: row.part_size_bytes,
          partHashes: splitHashes(row.part_hashes),
          sha256: row.sha256,
          createdAtMs: row.created_at_ms,
        }
      );
    });
  }

  putManifest(manifest: Manifest, nowMs: number): Promise<void> {
    return this.#transaction(async db => {
      await db
        .insertInto('manifests')
        .values({
          id: manifest.id,
          name: manifest.name,
          size_bytes: manifest.sizeBytes,
          part_size_bytes: manifest.partSizeBytes,
          part_hashes: joinHashes(manifest.partHashes),
          sha256: manifest.sha256,
          created_at_ms: manifest.createdAtMs,
        })
        .onConflict(conflict => conflict.column('id').doNothing())
        .execute();
      const announced = await db
        .selectFrom('replicas')
        .select('name')
        .where('file_id', '=', manifest.id)
        .distinct()
        .execute();
      await settleNames(db, announced.map(({ name }) => name), [], nowMs);
    });
  }

  missingManifests(node: NodeNumber, limit: number): Promise<readonly FileId[]> {
    return this.#attempt(async () => {
      const rows = await this.#db
        .selectFrom('replicas')
        .leftJoin('manifests', 'manifests.id', 'replicas.file_id')
        .select(({ fn }) => ['replicas.file_id', fn.min('replicas.seq').as('first')])
        .where('replicas.node', '=', node)
        .where('manifests.id', 'is', null)
        .groupBy('replicas.file_id')
        .orderBy('first')
        .limit(limit)
        .execute();
      return rows.map(({ file_id }) => file_id);
    });
  }

  applyInventory(node: NodeNumber, slice: InventorySlice, nowMs: number): Promise<number> {
    return this.#transaction(async db => {
      const { inventoryId, fromRevision, toRevision, isComplete } = slice;
      const known = await db.selectFrom('inventories').selectAll().where('node', '=', node).executeTakeFirst();
      const isSame = known?.inventory_id === inventoryId;
      const revision = isSame ? known.revision : 0;
      if (fromRevision !== revision) return isSame ? revision : 0;

      const names = [...slice.removed, ...slice.added.map(({ name }) => name)];
      const gone = await deleteReplicas(db, node, eb => eb('name', 'in', names.length > 0 ? names : ['']));
      for (const { name, id, sizeBytes } of slice.added) {
        await db
          .insertInto('replicas')
          .values({ node, name, file_id: id, size_bytes: sizeBytes, inventory_id: inventoryId })
          .execute();
      }
      if (isComplete) gone.push(...(await deleteReplicas(db, node, eb => eb('inventory_id', '!=', inventoryId))));
      await settleNames(db, [...names, ...gone.map(({ name }) => name)], gone.map(({ file_id }) => file_id), nowMs);
      const row = { node, inventory_id: inventoryId, revision: toRevision };
      await db
        .insertInto('inventories')
        .values(row)
        .onConflict(conflict => conflict.column('node').doUpdateSet(row))
        .execute();
      return toRevision;
    });
  }

  forgetReplica(node: NodeNumber, id: FileId, nowMs: number): Promise<void> {
    return this.#transaction(async db => {
      const gone = await deleteReplicas(db, node, eb => eb('file_id', '=', id));
      await settleNames(db, gone.map(({ name }) => name), [id], nowMs);
    });
  }

  nodes(): Promise<readonly NodeRecord[]> {
    return this.#attempt(async () => {
      const rows = await this.#db.selectFrom('nodes').selectAll().orderBy('number').execute();
      return rows.map(({ number, identity, url, seen_at_ms }) => ({ number, identity, url, seenAtMs: seen_at_ms }));
    });
  }

  saveNode({ number, identity, url, seenAtMs }: NodeRecord): Promise<void> {
    return this.#transaction(async db => {
      const row = { number, identity, url, seen_at_ms: seenAtMs };
      await db
        .insertInto('nodes')
        .values(row)
        .onConflict(conflict => conflict.column('number').doUpdateSet(row))
        .execute();
    });
  }

  underReplicated(wanted: number, countedNodes: readonly NodeNumber[], limit: number): Promise<readonly Video[]> {
    return this.#attempt(async () => {
      const counted = sql<number>`(
        SELECT count(DISTINCT replicas.node) FROM replicas
        WHERE replicas.file_id = videos.file_id AND replicas.node IN (${sql.join(countedNodes.length > 0 ? countedNodes : [-1])})
      )`;
      const rows = await this.#videos()
        .where(({ exists, selectFrom }) =>
          exists(selectFrom('replicas').select('replicas.node').whereRef('replicas.file_id', '=', 'videos.file_id')),
        )
        .where(counted, '<', wanted)
        .orderBy(counted)
        .orderBy('videos.name')
        .limit(limit)
        .execute();
      return this.#withNodes(rows);
    });
  }

  conflicts(limit: number): Promise<readonly NameConflict[]> {
    return this.#attempt(async () => {
      const rows = await this.#db
        .selectFrom('replicas')
        .innerJoin('videos', 'videos.name', 'replicas.name')
        .select(['replicas.name', 'videos.file_id as kept', 'replicas.file_id as other', 'replicas.node'])
        .whereRef('replicas.file_id', '!=', 'videos.file_id')
        .orderBy('replicas.name')
        .orderBy('other')
        .orderBy('replicas.node')
        .execute();
      const conflicts = new Map<string, NameConflict & { nodes: NodeNumber[] }>();
      for (const { name, kept, other, node } of rows) {
        const key = `${name}/${other}`;
        if (!conflicts.has(key)) conflicts.set(key, { name, keptId: kept, otherId: other, nodes: [] });
        conflicts.get(key)!.nodes.push(node);
      }
      return [...conflicts.values()].slice(0, limit);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#db.destroy();
  }

  #videos() {
    return this.#db
      .selectFrom('videos')
      .innerJoin('manifests', 'manifests.id', 'videos.file_id')
      .select(['videos.name', 'videos.file_id', 'manifests.size_bytes', 'videos.added_at_ms']);
  }

  async #withNodes(
    rows: readonly { name: string; file_id: string; size_bytes: number; added_at_ms: number }[],
  ): Promise<Video[]> {
    if (rows.length === 0) return [];
    const replicas = await this.#db
      .selectFrom('replicas')
      .select(['file_id', 'node'])
      .distinct()
      .where('file_id', 'in', [...new Set(rows.map(({ file_id }) => file_id))])
      .orderBy('node')
      .execute();
    const nodes = new Map<string, NodeNumber[]>();
    for (const { file_id, node } of replicas) {
      if (!nodes.has(file_id)) nodes.set(file_id, []);
      nodes.get(file_id)!.push(node);
    }
    return rows.map(({ name, file_id, size_bytes, added_at_ms }) => ({
      name,
      id: file_id,
      sizeBytes: size_bytes,
      addedAtMs: added_at_ms,
      nodes: nodes.get(file_id) ?? [],
    }));
  }

  #transaction<T>(work: (db: Transaction<CatalogTables>) => Promise<T>): Promise<T> {
    return this.#attempt(() => this.#db.transaction().execute(work));
  }

  async #attempt<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof VideoError) throw error;
      throw new VideoError('catalog_unavailable', { url: this.#dialect.url }, { cause: error });
    }
  }
}

async function deleteReplicas(
  db: Db,
  node: NodeNumber,
  which: (eb: ExpressionBuilder<CatalogTables, 'replicas'>) => Expression<SqlBool>,
): Promise<{ name: string; file_id: FileId }[]> {
  return db.deleteFrom('replicas').where('node', '=', node).where(which).returning(['name', 'file_id']).execute();
}

/** `goneIds` lost a replica: names that stand for them may be free for another content now. */
async function settleNames(db: Db, names: readonly string[], goneIds: readonly FileId[], nowMs: number): Promise<void> {
  const touched = new Set(names);
  for (const id of new Set(goneIds)) {
    const rows = await db.selectFrom('videos').select('name').where('file_id', '=', id).execute();
    for (const { name } of rows) touched.add(name);
  }
  for (const name of touched) await settleName(db, name, nowMs);
}

/** The name goes to the content that has it while any node holds that content, else to the first announced one. */
async function settleName(db: Db, name: string, nowMs: number): Promise<void> {
  const current = await db.selectFrom('videos').select('file_id').where('name', '=', name).executeTakeFirst();
  if (current && (await isHeld(db, current.file_id))) return;
  const next = await db
    .selectFrom('replicas')
    .innerJoin('manifests', 'manifests.id', 'replicas.file_id')
    .select('replicas.file_id')
    .where('replicas.name', '=', name)
    .orderBy('replicas.seq')
    .limit(1)
    .executeTakeFirst();
  if (!next || next.file_id === current?.file_id) return;
  await db.deleteFrom('videos').where('name', '=', name).execute();
  await db
    .insertInto('videos')
    .values({ name, folded_name: foldText(name), file_id: next.file_id, added_at_ms: nowMs })
    .execute();
}

async function isHeld(db: Db, id: FileId): Promise<boolean> {
  const holder = await db.selectFrom('replicas').select('node').where('file_id', '=', id).limit(1).executeTakeFirst();
  return holder !== undefined;
}
