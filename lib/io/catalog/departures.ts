import { departureStateAtLoss, type DepartureState } from '../../domain/departures.ts';
import type { FileId, NodeNumber } from '../../domain/file.ts';
import { batchesOf } from './batches.ts';
import { groupBy } from './groups.ts';
import type { CatalogDb } from './schema.ts';

/** Replicas that do not count for the names that they are announced under. */
export interface DepartingNames {
  has(node: NodeNumber, name: string, id: FileId): boolean;
}

interface NamedContent {
  readonly name: string;
  readonly file_id: FileId;
}

/** Of at most a batch of names. */
export async function departingNames(db: CatalogDb, names: readonly string[]): Promise<DepartingNames> {
  const rows = await db.selectFrom('departures').select(['node', 'name', 'file_id']).where('name', 'in', names).where('state', '!=', 'left').execute();
  const keys = new Set(rows.map(row => keyOf(row.name, row.file_id, row.node)));
  return { has: (node, name, id) => keys.has(keyOf(name, id, node)) };
}

/** Those of the files that some node had, and perhaps still has, although it does not announce them. */
export async function departedFiles(db: CatalogDb, ids: readonly FileId[]): Promise<ReadonlySet<FileId>> {
  const departed = new Set<FileId>();
  for await (const batch of batchesOf(ids)) {
    const rows = await db.selectFrom('departures').select('file_id').distinct().where('file_id', 'in', batch).where('state', '!=', 'unsure').execute();
    for (const { file_id } of rows) departed.add(file_id);
  }
  return departed;
}

/** The content lost the name: every node that is known has to show that it no longer has it there. */
export async function loseName(db: CatalogDb, { name, file_id }: NamedContent): Promise<void> {
  const holders = await db.selectFrom('replicas').select('node').where('name', '=', name).where('file_id', '=', file_id).execute();
  const before = await db.selectFrom('departures').select(['node', 'state']).where('name', '=', name).where('file_id', '=', file_id).execute();
  const nodes = await db.selectFrom('nodes').select('number as node').union(db.selectFrom('inventories').select('node')).orderBy('node').execute();
  const states = new Map(before.map(({ node, state }) => [node, state]));
  const held = new Set(holders.map(({ node }) => node));
  const rows = nodes.map(({ node }) => ({ node, name, file_id, state: departureStateAtLoss(states.get(node), held.has(node)) }));
  for await (const batch of batchesOf(rows)) {
    await db
      .insertInto('departures')
      .values(batch)
      .onConflict(conflict => conflict.columns(['name', 'file_id', 'node']).doUpdateSet(({ ref }) => ({ state: ref('excluded.state') })))
      .execute();
  }
}

/** The contents have these names (again): they leave the trash, and what nodes announce under them counts. */
export async function reclaimNames(db: CatalogDb, contents: readonly NamedContent[]): Promise<void> {
  if (contents.length === 0) return;
  const names = contents.map(({ name }) => name);
  const ids = new Map(contents.map(({ name, file_id }) => [name, file_id]));
  const isReclaimed = ({ name, file_id }: NamedContent) => ids.get(name) === file_id;
  const removed = await db.selectFrom('trash').select(['seq', 'name', 'file_id']).where('name', 'in', names).execute();
  for await (const seqs of batchesOf(removed.filter(isReclaimed).map(({ seq }) => seq))) {
    await db.deleteFrom('trash').where('seq', 'in', seqs).execute();
  }
  const departing = await db.selectFrom('departures').select(['seq', 'name', 'file_id', 'state']).where('name', 'in', names).where('state', '!=', 'left').execute();
  // An order to take it away may be on its way to who announces it.
  const changes = departing.filter(isReclaimed).map(({ seq, state }) => ({ seq, state: state === 'leaving' ? ('left' as const) : undefined }));
  await changeStates(db, changes);
}

/** Without a state a row goes. */
export async function changeStates(db: CatalogDb, changes: readonly { readonly seq: number; readonly state: DepartureState | undefined }[]): Promise<void> {
  for (const [state, group] of groupBy(changes, change => change.state)) {
    for await (const seqs of batchesOf(group.map(({ seq }) => seq))) {
      if (state === undefined) await db.deleteFrom('departures').where('seq', 'in', seqs).execute();
      else await db.updateTable('departures').set({ state }).where('seq', 'in', seqs).execute();
    }
  }
}

function keyOf(name: string, id: FileId, node: NodeNumber): string {
  return `${node} ${id} ${name}`;
}
