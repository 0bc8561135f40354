import type { NameConflict } from '../../domain/catalog.ts';
import { groupBy } from './groups.ts';
import type { CatalogDb } from './schema.ts';

/** `Catalog.conflicts`, in order of name. */
export async function findConflicts(db: CatalogDb, limit: number): Promise<readonly NameConflict[]> {
  const conflicts = await db
    .selectFrom('replicas')
    .innerJoin('videos', 'videos.name', 'replicas.name')
    .select(['replicas.name', 'videos.file_id as kept', 'replicas.file_id as other'])
    .distinct()
    .where('replicas.unsettled', '=', 'conflict')
    .orderBy('replicas.name')
    .orderBy('other')
    .limit(limit)
    .execute();
  if (conflicts.length === 0) return [];
  const replicas = await db
    .selectFrom('replicas')
    .select(['name', 'file_id', 'node'])
    .where('unsettled', '=', 'conflict')
    .where('name', 'in', conflicts.map(({ name }) => name))
    .orderBy('node')
    .execute();
  const announced = groupBy(replicas, ({ name, file_id }) => keyOf(name, file_id));
  return conflicts.flatMap(({ name, kept, other }) => {
    const nodes = announced.get(keyOf(name, other))?.map(({ node }) => node);
    // It may have been settled between the two questions.
    return nodes ? [{ name, keptId: kept, otherId: other, nodes }] : [];
  });
}

function keyOf(name: string, id: string): string {
  return `${id} ${name}`;
}
