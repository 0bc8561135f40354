import { sql } from 'kysely';
import type { NodeNumber } from '../../domain/file.ts';
import { groupBy, inTurns } from './groups.ts';
import { splitNodes } from './holders.ts';
import type { CatalogDb } from './schema.ts';
import { selectVideos, type VideoColumns } from './video-rows.ts';

/** Holders of some files, and the most room that there is for one of these elsewhere. */
interface WantingSet {
  readonly holders: string;
  readonly roomBytes: number | undefined;
}

/**
 * `Catalog.underReplicated`. Files with the same holders stand together in the index, and there are far fewer sets of
 * holders than files: the sets are judged, and the files of those that are wanting are read until there are enough.
 */
export async function underReplicatedRows(
  db: CatalogDb,
  wanted: number,
  countedNodes: readonly NodeNumber[],
  limit: number,
  { sources, rooms }: { readonly sources?: readonly NodeNumber[]; readonly rooms?: ReadonlyMap<NodeNumber, number> },
): Promise<readonly VideoColumns[]> {
  const counted = new Set(countedNodes);
  const wanting = (await holderSets(db))
    .map(holders => ({ holders, nodes: splitNodes(holders) }))
    .filter(({ nodes }) => nodes.some(node => sources?.includes(node) ?? true))
    .map(({ holders, nodes }) => ({ holders, all: nodes.length, copies: nodes.filter(node => counted.has(node)).length, roomBytes: roomBeside(nodes, rooms) }))
    .filter(({ copies, roomBytes }) => copies < wanted && roomBytes !== undefined)
    .sort((a, b) => a.copies - b.copies || a.all - b.all || (a.holders < b.holders ? -1 : 1));
  const rows: VideoColumns[] = [];
  for (const sets of groupBy(wanting, ({ copies, all }) => `${copies}/${all}`).values()) {
    if (rows.length === limit) break;
    rows.push(...(await videosOfAll(db, sets, limit - rows.length)));
  }
  return rows;
}

/**
 * From each set in turn, as long as it has some: those of one set have the same few places to go to, and while they are first in
 * line the other nodes would wait for them now, and have nothing left to do in the end.
 */
async function videosOfAll(db: CatalogDb, sets: readonly WantingSet[], limit: number): Promise<readonly VideoColumns[]> {
  const share = Math.ceil(limit / sets.length);
  const shares: (readonly VideoColumns[])[] = [];
  for (const { holders, roomBytes } of sets) shares.push(await smallestVideos(db, holders, roomBytes!, share));
  let missing = limit - shares.flat().length;
  for (const [index, { holders, roomBytes }] of sets.entries()) {
    if (missing <= 0) break;
    if (shares[index]!.length < share) continue;
    shares[index] = await smallestVideos(db, holders, roomBytes!, share + missing);
    missing -= shares[index].length - share;
  }
  return inTurns(shares).slice(0, limit);
}

/** The most room that a node beside the holders has; undefined when there is no other node. Without rooms, no end of it. */
function roomBeside(holders: readonly NodeNumber[], rooms: ReadonlyMap<NodeNumber, number> | undefined): number | undefined {
  if (!rooms) return Infinity;
  const others = [...rooms].filter(([node]) => !holders.includes(node));
  return others.length === 0 ? undefined : Math.max(...others.map(([, bytes]) => bytes));
}

/** Each set that some video has. One step of the index for each, where DISTINCT would read a row for each video. */
export async function holderSets(db: CatalogDb): Promise<readonly string[]> {
  const { rows } = await sql<{ holders: string }>`
    WITH RECURSIVE sets (holders) AS (
      SELECT min(holders) FROM videos
      UNION ALL
      SELECT (SELECT min(videos.holders) FROM videos WHERE videos.holders > sets.holders) FROM sets WHERE sets.holders IS NOT NULL
    )
    SELECT holders FROM sets WHERE holders IS NOT NULL
  `.execute(db);
  return rows.map(({ holders }) => holders);
}

/** In the index's own order: most files are safe soonest. A file with several names counts once, under the first. */
export function smallestVideos(db: CatalogDb, holders: string, maxBytes: number, limit: number): Promise<readonly VideoColumns[]> {
  return selectVideos(db)
    .where('videos.holders', '=', holders)
    .where('videos.size_bytes', '<=', Math.min(maxBytes, Number.MAX_SAFE_INTEGER))
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('videos as first')
            .select('first.name')
            .whereRef('first.file_id', '=', 'videos.file_id')
            .whereRef('first.name', '<', 'videos.name'),
        ),
      ),
    )
    .orderBy('videos.size_bytes')
    .limit(limit)
    .execute();
}
