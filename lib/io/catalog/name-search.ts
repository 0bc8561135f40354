import type { Expression, SqlBool } from 'kysely';
import type { Page, Video } from '../../domain/catalog.ts';
import { nearestNames, telltalePieces } from '../../domain/near-names.ts';
import { searchWords } from '../../domain/search-text.ts';
import type { CatalogDb } from './schema.ts';
import { pageOf, selectVideos } from './video-rows.ts';

/** What each database does its own way. */
export interface NameIndex {
  /** That `videos.folded_name` contains the word, which is data: nothing in it is an operator. */
  readonly contains: (word: string) => Expression<SqlBool>;
  /**
   * `videos.seq` of all names that contain every word (and perhaps of others), at most `most`; undefined when there
   * are more, or when the index cannot tell.
   */
  readonly matches: (db: CatalogDb, words: readonly string[], most: number) => Promise<readonly number[] | undefined>;
  /** Names that contain one of the pieces, at most `most` for each piece. */
  readonly containingAny: (db: CatalogDb, pieces: readonly string[], most: number) => Promise<readonly string[]>;
}

/** More matches than this are so common that a walk in order of name soon fills a page. */
const FEW_MATCHES = 1000;
const NEIGHBOURS = 50;
const MATCHES_PER_PIECE = 30;

/**
 * `Catalog.search`. Rare words are found by the index and sorted; common ones by walking the names in order from
 * `after` on, so that nothing ever collects and sorts every match of a common word.
 */
export async function searchNames(
  db: CatalogDb,
  index: NameIndex,
  text: string,
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
): Promise<Page<Video>> {
  const words = searchWords(text);
  const matches = words.length > 0 ? await index.matches(db, words, FEW_MATCHES) : undefined;
  if (matches?.length === 0) return { items: [], next: undefined };
  let query = selectVideos(db).orderBy('videos.name').limit(limit + 1);
  if (after !== undefined) query = query.where('videos.name', '>', after);
  if (matches) query = query.where('videos.seq', 'in', matches);
  for (const word of words) query = query.where(index.contains(word));
  return pageOf(await query.execute(), limit);
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
