import type { Page, Video } from '../../domain/catalog.ts';
import { splitNodes } from './holders.ts';
import type { CatalogDb, VideoRow } from './schema.ts';

export type VideoColumns = Pick<VideoRow, 'name' | 'file_id' | 'size_bytes' | 'added_at_ms' | 'holders'>;

export function selectVideos(db: CatalogDb) {
  return db
    .selectFrom('videos')
    .select(['videos.name', 'videos.file_id', 'videos.size_bytes', 'videos.added_at_ms', 'videos.holders']);
}

export function videoOf({ name, file_id, size_bytes, added_at_ms, holders }: VideoColumns): Video {
  return { name, id: file_id, sizeBytes: size_bytes, addedAtMs: added_at_ms, nodes: splitNodes(holders) };
}

/** Of the rows of a query that asked for one more than `limit`. */
export function pageOf(rows: readonly VideoColumns[], limit: number): Page<Video> {
  const items = rows.slice(0, limit).map(videoOf);
  return { items, next: rows.length > limit ? items.at(-1)?.name : undefined };
}
