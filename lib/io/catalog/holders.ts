import type { HolderSet } from '../../domain/catalog.ts';
import type { FileId, NodeNumber } from '../../domain/file.ts';
import { batchesOf } from './batches.ts';
import { groupBy } from './groups.ts';
import type { CatalogDb } from './schema.ts';

/** Of sorted numbers; the same nodes give the same text. */
export function joinNodes(nodes: readonly NodeNumber[]): string {
  return nodes.join(',');
}

export function splitNodes(holders: string): NodeNumber[] {
  return holders === '' ? [] : holders.split(',').map(Number);
}

/** Who holds each of the files, as `replicas` tells; every id has an entry. At most a batch of ids. */
export async function holdersOf(db: CatalogDb, ids: readonly FileId[]): Promise<ReadonlyMap<FileId, string>> {
  const nodes = new Map<FileId, NodeNumber[]>(ids.map(id => [id, []]));
  const rows = await db
    .selectFrom('replicas')
    .select(['file_id', 'node'])
    .distinct()
    .where('file_id', 'in', ids)
    .orderBy('node')
    .execute();
  for (const { file_id, node } of rows) nodes.get(file_id)!.push(node);
  return new Map([...nodes].map(([id, numbers]) => [id, joinNodes(numbers)]));
}

/** Brings `videos.holders` of these files up to date, and tells which of them nobody holds. */
export async function refreshHolders(db: CatalogDb, ids: Iterable<FileId>): Promise<readonly FileId[]> {
  const abandoned: FileId[] = [];
  for await (const batch of batchesOf(ids)) {
    const groups = groupBy(await holdersOf(db, batch), ([, holders]) => holders);
    for (const [holders, members] of groups) {
      const files = members.map(([id]) => id);
      if (holders === '') abandoned.push(...files);
      // Many files have the same holders: one statement for all of them.
      await db.updateTable('videos').set({ holders }).where('file_id', 'in', files).where('holders', '!=', holders).execute();
    }
  }
  return abandoned;
}

/** `Catalog.holderSets`, from the index alone. */
export async function countHolderSets(db: CatalogDb): Promise<readonly HolderSet[]> {
  const rows = await db
    .selectFrom('videos')
    .select(({ fn }) => ['holders', fn.countAll<number>().as('videos'), fn.sum<number>('size_bytes').as('bytes')])
    .groupBy('holders')
    .execute();
  // Sorted here: databases have orders of their own for text.
  return rows.sort((a, b) => (a.holders < b.holders ? -1 : 1)).map(({ holders, videos, bytes }) => ({ nodes: splitNodes(holders), videos: Number(videos), bytes: Number(bytes) }));
}
