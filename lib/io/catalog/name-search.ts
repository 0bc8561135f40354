import type { Expression, SqlBool } from 'kysely';
import type { Page, Video } from '../../domain/catalog.ts';
import { nearestNames, telltalePieces } from '../../domain/near-names.ts';
import { searchWords } from '../../domain/search-text.ts';
import type { CatalogDb } from './schema.ts';
import { pageOf, selectVideos, videoOf } from './video-rows.ts';

/** What each database does its own way. */
export interface NameIndex {
  /** That `videos.folded_name` or `videos.folded_title` contains the word, which is data: nothing in it is an operator. */
  readonly contains: (word: string) => Expression<SqlBool>;
  /**
   * `videos.seq` of all that have every word in their name or title (and perhaps of others), at most `most`; undefined when
   * there are more, or when the index cannot tell.
   */
  readonly matches: (db: CatalogDb, words: readonly string[], most: number) => Promise<readonly number[] | undefined>;
  /**
   * The next `most` that have every word, in order of `seq`, without looking at all that do; undefined when the index cannot
   * tell exactly.
   */
  readonly arrivals: (db: CatalogDb, words: readonly string[], afterSeq: number, most: number) => Promise<readonly number[] | undefined>;
  /**
   * Names that contain one of the pieces, at most `most` for each piece; perhaps not all, where many more have it in their title: it
   * looks at `LOOKED_AT_FOR_ONE` times as many.
   */
  readonly containingAny: (db: CatalogDb, pieces: readonly string[], most: number) => Promise<readonly string[]>;
}

/** The indexes do not tell names from titles, and a piece may be in every title. */
export const LOOKED_AT_FOR_ONE = 10;

/** More matches than this are not collected and sorted. */
const FEW_MATCHES = 1000;
/** Begins the cursor of a page in order of arrival; no name has it. */
const ARRIVAL = '/';
const NEIGHBOURS = 50;
const MATCHES_PER_PIECE = 30;

/**
 * `Catalog.search`. Rare words are found by the index and sorted. Nothing ever collects and sorts every match of common ones:
 * they come in order of arrival, which the index has; where it cannot tell, by walking the names in order from `after` on.
 * (Such a walk goes far where all that match stand together: everything that begins with `Serie`.)
 */
export async function searchNames(
  db: CatalogDb,
  index: NameIndex,
  text: string,
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
): Promise<Page<Video>> {
  const words = searchWords(text);
  if (after?.startsWith(ARRIVAL)) return searchArrivals(db, index, words, Number(after.slice(ARRIVAL.length)), limit);
  const matches = words.length > 0 ? await index.matches(db, words, FEW_MATCHES) : undefined;
  if (matches?.length === 0) return { items: [], next: undefined };
  const isFirstOfMany = words.length > 0 && !matches && after === undefined;
  const arrivals = isFirstOfMany ? await index.arrivals(db, words, 0, limit + 1) : undefined;
  if (arrivals) return arrivalsPage(db, arrivals, limit);
  let query = selectVideos(db).orderBy('videos.name').limit(limit + 1);
  if (after !== undefined) query = query.where('videos.name', '>', after);
  if (matches) query = query.where('videos.seq', 'in', matches);
  for (const word of words) query = query.where(index.contains(word));
  return pageOf(await query.execute(), limit);
}

async function searchArrivals(db: CatalogDb, index: NameIndex, words: readonly string[], afterSeq: number, limit: number): Promise<Page<Video>> {
  const arrivals = Number.isSafeInteger(afterSeq) ? await index.arrivals(db, words, afterSeq, limit + 1) : undefined;
  return arrivalsPage(db, arrivals ?? [], limit);
}

async function arrivalsPage(db: CatalogDb, arrivals: readonly number[], limit: number): Promise<Page<Video>> {
  const seqs = arrivals.slice(0, limit);
  const rows = seqs.length === 0 ? [] : await selectVideos(db).where('videos.seq', 'in', seqs).orderBy('videos.seq').execute();
  return { items: rows.map(videoOf), next: arrivals.length > limit ? `${ARRIVAL}${seqs.at(-1)}` : undefined };
}

/** `Catalog.nearNames`. Compares a bounded number of names: the neighbours in order, and those that share a piece. */
export async function findNearNames(db: CatalogDb, index: NameIndex, name: string, limit: number): Promise<readonly string[]> {
  const names = db.selectFrom('videos').select('name').limit(NEIGHBOURS);
  const after = await names.where('name', '>=', name).orderBy('name').execute();
  const before = await names.where('name', '<', name).orderBy('name', 'desc').execute();
  const pieces = telltalePieces(name);
  const alike = pieces.length > 0 ? await index.containingAny(db, pieces, MATCHES_PER_PIECE) : [];
  return nearestNames(name, new Set([...[...before, ...after].map(row => row.name), ...alike]), limit);
}
