import type { FileId, NodeNumber } from '../../domain/file.ts';
import { batchesOf } from './batches.ts';
import type { CatalogDb } from './schema.ts';

/** `VideoTrash.returning` */
export async function findReturning(db: CatalogDb, ids: readonly FileId[]): Promise<ReadonlyMap<FileId, readonly NodeNumber[]>> {
  const returning = new Map<FileId, NodeNumber[]>();
  for await (const batch of batchesOf(ids)) {
    const rows = await db
      .selectFrom('departures')
      .innerJoin('videos', 'videos.file_id', 'departures.file_id')
      .select(['departures.file_id', 'departures.node'])
      .distinct()
      .where('departures.file_id', 'in', batch)
      .where('departures.state', '!=', 'unsure')
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('replicas')
              .select('replicas.seq')
              .whereRef('replicas.node', '=', 'departures.node')
              .where(({ or, eb }) => or([eb('replicas.file_id', '=', eb.ref('departures.file_id')), eb('replicas.name', '=', eb.ref('videos.name'))])),
          ),
        ),
      )
      .orderBy('departures.node')
      .execute();
    for (const { file_id, node } of rows) returning.set(file_id, [...(returning.get(file_id) ?? []), node]);
  }
  return returning;
}
