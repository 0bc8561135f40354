import { sql } from 'kysely';
import type { Page, Video, VideoOrder } from '../../domain/catalog.ts';
import { formatPageCursor, parsePageCursor } from '../../domain/page-cursor.ts';
import type { CatalogDb } from './schema.ts';
import { pageOf, selectVideos } from './video-rows.ts';

const columns = { date: 'added_at_ms', size: 'size_bytes' } as const;

/**
 * `Catalog.list` in another order than of name. Both columns go down, so that an index has the order and one comparison of
 * rows finds where a page begins, however many videos are alike.
 */
export async function listVideos(
  db: CatalogDb,
  order: Exclude<VideoOrder, 'name'>,
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
): Promise<Page<Video>> {
  const column = columns[order];
  let query = selectVideos(db).orderBy(`videos.${column}`, 'desc').orderBy('videos.name', 'desc').limit(limit + 1);
  const cursor = after === undefined ? undefined : parsePageCursor(after);
  if (cursor) query = query.where(sql<boolean>`(${sql.ref(`videos.${column}`)}, videos.name) < (${cursor.value}, ${cursor.name})`);
  const rows = await query.execute();
  const { items, next } = pageOf(rows, limit);
  const last = rows[items.length - 1];
  return { items, next: next === undefined || !last ? undefined : formatPageCursor({ value: last[column], name: last.name }) };
}
