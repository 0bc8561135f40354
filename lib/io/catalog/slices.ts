import type { AnnouncedFile, InventorySlice } from '../../domain/catalog.ts';
import type { NodeNumber } from '../../domain/file.ts';
import { batchesOf } from './batches.ts';
import { departingNames } from './departures.ts';
import type { CatalogDb, Unsettled } from './schema.ts';
import { settleReplicas } from './settlement.ts';

/** `Catalog.applyInventory`, inside a transaction. A slice that brings nothing new writes nothing. */
export async function applySlice(db: CatalogDb, node: NodeNumber, slice: InventorySlice, nowMs: number): Promise<number> {
  const { inventoryId, toRevision, isComplete } = slice;
  const known = await knownInventory(db, node, inventoryId);
  const settled = settledRevision(known, slice);
  if (settled !== undefined) return settled;
  const isFirstWhole = isComplete && known.is_complete === 0;

  const changed = await takeChanges(db, node, slice);
  const swept = isFirstWhole ? await sweep(db, node, inventoryId) : [];
  await settleReplicas(db, [...changed, ...swept], nowMs);
  const row = {
    node,
    inventory_id: inventoryId,
    revision: toRevision,
    is_complete: isComplete || known.is_complete === 1 ? (1 as const) : (0 as const),
  };
  await db
    .insertInto('inventories')
    .values(row)
    .onConflict(conflict => conflict.column('node').doUpdateSet(row))
    .execute();
  return toRevision;
}

/** The answer of `applySlice` where there is nothing to write, which most heartbeats are; undefined where there is. */
export async function revisionWithout(db: CatalogDb, node: NodeNumber, slice: InventorySlice): Promise<number | undefined> {
  return settledRevision(await knownInventory(db, node, slice.inventoryId), slice);
}

interface KnownInventory {
  /** Of another run nothing is known. */
  readonly isSameRun: boolean;
  readonly revision: number;
  readonly is_complete: 0 | 1;
}

async function knownInventory(db: CatalogDb, node: NodeNumber, inventoryId: string): Promise<KnownInventory> {
  const last = await db.selectFrom('inventories').selectAll().where('node', '=', node).executeTakeFirst();
  return last?.inventory_id === inventoryId ? { ...last, isSameRun: true } : { isSameRun: false, revision: 0, is_complete: 0 };
}

function settledRevision(known: KnownInventory, { fromRevision, toRevision, isComplete, added, removed }: InventorySlice): number | undefined {
  if (fromRevision !== known.revision) return known.revision;
  const isQuiet = toRevision === fromRevision && added.length + removed.length === 0;
  const isFirstWhole = isComplete && known.is_complete === 0;
  return known.isSameRun && isQuiet && !isFirstWhole ? toRevision : undefined;
}

interface ChangedReplica {
  readonly name: string;
  readonly file_id: string;
}

/** What was announced before with the same content keeps its place in the order of announcements. */
async function takeChanges(db: CatalogDb, node: NodeNumber, slice: InventorySlice): Promise<ChangedReplica[]> {
  const added = new Map(slice.added.map(file => [file.name, file]));
  const gone: (ChangedReplica & { readonly seq: number })[] = [];
  for await (const names of batchesOf([...slice.removed, ...added.keys()])) {
    const rows = await db
      .selectFrom('replicas')
      .select(['seq', 'name', 'file_id'])
      .where('node', '=', node)
      .where('name', 'in', names)
      .execute();
    const same = rows.filter(({ name, file_id }) => added.get(name)?.id === file_id);
    gone.push(...rows.filter(row => !same.includes(row)));
    for (const { name } of same) added.delete(name);
    await keepReplicas(db, same.map(({ seq }) => seq), slice.inventoryId);
  }
  await deleteReplicas(db, gone.map(({ seq }) => seq));
  await insertReplicas(db, node, [...added.values()], slice.inventoryId);
  return [...gone, ...[...added.values()].map(({ name, id }) => ({ name, file_id: id }))];
}

async function keepReplicas(db: CatalogDb, seqs: readonly number[], inventoryId: string): Promise<void> {
  if (seqs.length === 0) return;
  await db.updateTable('replicas').set({ inventory_id: inventoryId }).where('seq', 'in', seqs).execute();
}

async function deleteReplicas(db: CatalogDb, seqs: readonly number[]): Promise<void> {
  for await (const batch of batchesOf(seqs)) await db.deleteFrom('replicas').where('seq', 'in', batch).execute();
}

async function insertReplicas(
  db: CatalogDb,
  node: NodeNumber,
  files: readonly AnnouncedFile[],
  inventoryId: string,
): Promise<void> {
  for await (const batch of batchesOf(files)) {
    const markOf = await marksFor(db, node, batch);
    const rows = batch.map(file => ({
      node,
      name: file.name,
      file_id: file.id,
      size_bytes: file.sizeBytes,
      inventory_id: inventoryId,
      unsettled: markOf(file),
    }));
    await db.insertInto('replicas').values(rows).execute();
  }
}

async function marksFor(db: CatalogDb, node: NodeNumber, files: readonly AnnouncedFile[]): Promise<(file: AnnouncedFile) => Unsettled | null> {
  const names = files.map(({ name }) => name);
  const videos = await db.selectFrom('videos').select(['name', 'file_id']).where('name', 'in', names).execute();
  const contents = new Map(videos.map(({ name, file_id }) => [name, file_id]));
  // What stands behind a name has a manifest.
  const others = files.filter(({ name, id }) => contents.get(name) !== id).map(({ id }) => id);
  const manifests = others.length > 0 ? await db.selectFrom('manifests').select('id').where('id', 'in', others).execute() : [];
  const known = new Set(manifests.map(({ id }) => id));
  const departing = await departingNames(db, names);
  return ({ name, id }) => {
    if (contents.get(name) === id) return null;
    if (!known.has(id)) return 'no_manifest';
    if (departing.has(node, name, id)) return 'removed';
    return contents.has(name) ? 'conflict' : null;
  };
}

/** Forgets what the node had announced under other inventories. */
async function sweep(db: CatalogDb, node: NodeNumber, inventoryId: string): Promise<ChangedReplica[]> {
  const gone = await db
    .selectFrom('replicas')
    .select(['seq', 'name', 'file_id'])
    .where('node', '=', node)
    .where('inventory_id', '!=', inventoryId)
    .execute();
  await deleteReplicas(db, gone.map(({ seq }) => seq));
  return gone;
}
