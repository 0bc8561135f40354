import type { FileId } from '../../domain/file.ts';
import type { VideoDetails } from '../../domain/media.ts';
import { batchesOf } from './batches.ts';
import type { CatalogDb, DetailsRow } from './schema.ts';
import { retitle } from './titles.ts';

/** `Catalog.putDetails`: one statement, so that what two write at once is merged; with a title inside a transaction. */
export async function saveDetails(db: CatalogDb, id: FileId, details: VideoDetails): Promise<void> {
  const columns = {
    ...(details.contentType !== undefined && { content_type: details.contentType }),
    ...(details.durationMs !== undefined && { duration_ms: details.durationMs }),
    ...(details.width !== undefined && { width: details.width }),
    ...(details.height !== undefined && { height: details.height }),
    ...(details.title !== undefined && { title: details.title }),
    ...(details.description !== undefined && { description: details.description }),
  };
  if (Object.keys(columns).length === 0) return;
  await db
    .insertInto('details')
    .values({ file_id: id, ...columns })
    .onConflict(conflict => conflict.column('file_id').doUpdateSet(columns))
    .execute();
  if (details.title !== undefined) await retitle(db, id, details.title);
}

/** `Catalog.details`. */
export async function findDetails(db: CatalogDb, ids: readonly FileId[]): Promise<ReadonlyMap<FileId, VideoDetails>> {
  const found = new Map<FileId, VideoDetails>();
  for await (const batch of batchesOf(ids)) {
    const rows = await db.selectFrom('details').selectAll().where('file_id', 'in', batch).execute();
    for (const row of rows) found.set(row.file_id, detailsOf(row));
  }
  return found;
}

function detailsOf({ content_type, duration_ms, width, height, title, description }: DetailsRow): VideoDetails {
  return {
    ...(content_type !== null && { contentType: content_type }),
    ...(duration_ms !== null && { durationMs: duration_ms }),
    ...(width !== null && { width }),
    ...(height !== null && { height }),
    ...(title && { title }),
    ...(description && { description }),
  };
}
