import { replicaOrderFor, type Departure, type DepartureState, type ReplicaOrder } from '../../domain/departures.ts';
import type { NodeNumber } from '../../domain/file.ts';
import { groupBy } from './groups.ts';
import type { CatalogDb } from './schema.ts';

/** Nearly never: a snapshot is not worth it to find out. */
export async function hasDepartures(db: CatalogDb, node: NodeNumber): Promise<boolean> {
  const row = await db.selectFrom('departures').select('seq').where('node', '=', node).where('state', 'in', ['leaving', 'left']).limit(1).executeTakeFirst();
  return row !== undefined;
}

/**
 * `VideoTrash.replicaOrders`, in a snapshot: a name that is given back between two of these questions would be taken to the
 * trash by one answer and freed there by the other.
 */
export async function findReplicaOrders(db: CatalogDb, node: NodeNumber, limit: number): Promise<readonly ReplicaOrder[]> {
  const departures = [...(await leaving(db, node, limit)), ...(await left(db, node, limit))];
  if (departures.length === 0) return [];
  const ids = [...new Set(departures.map(({ id }) => id))];
  const replicas = await db.selectFrom('replicas').select(['name', 'file_id']).where('node', '=', node).where('file_id', 'in', ids).execute();
  const videos = await db.selectFrom('videos').select(['name', 'file_id']).where('file_id', 'in', ids).orderBy('name').execute();
  const trashed = await db.selectFrom('trash').select('file_id').distinct().where('file_id', 'in', ids).execute();
  const heldNames = groupBy(replicas, ({ file_id }) => file_id);
  const liveNames = groupBy(videos, ({ file_id }) => file_id);
  const inTrash = new Set(trashed.map(({ file_id }) => file_id));
  const taken = await takenNames(db, node, videos.map(({ name }) => name));
  const namesOf = (rows: readonly { readonly name: string }[] = []) => rows.map(({ name }) => name);
  return departures
    .flatMap(departure => {
      const { id } = departure;
      const facts = {
        heldNames: namesOf(heldNames.get(id)),
        liveNames: namesOf(liveNames.get(id)),
        isInTrash: inTrash.has(id),
        isNameTaken: (name: string) => taken.has(name),
      };
      return replicaOrderFor(departure, facts) ?? [];
    })
    .slice(0, limit);
}

async function leaving(db: CatalogDb, node: NodeNumber, limit: number): Promise<Departure[]> {
  const rows = await departuresIn(db, node, 'leaving')
    .innerJoin('replicas', join =>
      join
        .onRef('replicas.node', '=', 'departures.node')
        .onRef('replicas.name', '=', 'departures.name')
        .onRef('replicas.file_id', '=', 'departures.file_id'),
    )
    .limit(limit)
    .execute();
  return rows.map(({ name, file_id }) => ({ name, id: file_id, state: 'leaving' as const }));
}

/** Those that only wait for the trash to decide would take the places of the others. */
async function left(db: CatalogDb, node: NodeNumber, limit: number): Promise<Departure[]> {
  const rows = await departuresIn(db, node, 'left')
    .where(({ or, not, exists, selectFrom }) =>
      or([
        not(exists(selectFrom('trash').select('trash.seq').whereRef('trash.file_id', '=', 'departures.file_id'))),
        exists(selectFrom('videos').select('videos.seq').whereRef('videos.file_id', '=', 'departures.file_id')),
      ]),
    )
    .limit(limit)
    .execute();
  return rows.map(({ name, file_id }) => ({ name, id: file_id, state: 'left' as const }));
}

function departuresIn(db: CatalogDb, node: NodeNumber, state: DepartureState) {
  return db
    .selectFrom('departures')
    .select(['departures.name', 'departures.file_id'])
    .where('departures.node', '=', node)
    .where('departures.state', '=', state)
    .orderBy('departures.seq');
}

async function takenNames(db: CatalogDb, node: NodeNumber, names: readonly string[]): Promise<ReadonlySet<string>> {
  if (names.length === 0) return new Set();
  const rows = await db.selectFrom('replicas').select('name').where('node', '=', node).where('name', 'in', names).execute();
  return new Set(rows.map(({ name }) => name));
}
