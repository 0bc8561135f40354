import type { NodeNumber } from '../../domain/file.ts';
import { splitNodes } from './holders.ts';
import type { CatalogDb } from './schema.ts';
import { holderSets, smallestVideos } from './under-replicated.ts';
import type { VideoColumns } from './video-rows.ts';

/** `Catalog.overReplicated`, by sets of holders as its counterpart. */
export async function overReplicatedRows(
  db: CatalogDb,
  wanted: number,
  countedNodes: readonly NodeNumber[],
  limit: number,
): Promise<readonly VideoColumns[]> {
  const counted = new Set(countedNodes);
  const crowded = (await holderSets(db))
    .map(holders => ({ holders, copies: splitNodes(holders).filter(node => counted.has(node)).length }))
    .filter(({ copies }) => copies > wanted)
    .sort((a, b) => b.copies - a.copies || (a.holders < b.holders ? -1 : 1));
  const rows: VideoColumns[] = [];
  for (const { holders } of crowded) {
    if (rows.length === limit) break;
    rows.push(...(await smallestVideos(db, holders, Infinity, limit - rows.length)));
  }
  return rows;
}
