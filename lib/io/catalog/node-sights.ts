import { nextDepartureState } from '../../domain/departures.ts';
import type { NodeNumber } from '../../domain/file.ts';
import type { NodeSight } from '../../domain/trash.ts';
import { batchesOf } from './batches.ts';
import { changeStates } from './departures.ts';
import type { CatalogDb } from './schema.ts';
import { settleNames } from './settlement.ts';

/** `VideoTrash.settleDepartures`, outside of a transaction while there is nothing to write. */
export async function hasDepartureNews(db: CatalogDb, node: NodeNumber, { obeyed }: NodeSight): Promise<boolean> {
  if (obeyed.length > 0) return true;
  const open = await db.selectFrom('departures').select('seq').where('node', '=', node).where('state', 'in', ['unsure', 'leaving']).limit(1).execute();
  return open.length > 0;
}

export async function settleDepartures(db: CatalogDb, node: NodeNumber, sight: NodeSight, nowMs: number): Promise<void> {
  // What turns out to have left only now had no order that could be obeyed.
  await settleObeyed(db, node, sight, nowMs);
  await settleOpen(db, node, sight);
}

async function settleOpen(db: CatalogDb, node: NodeNumber, { copying, isAllRead }: NodeSight): Promise<void> {
  const open = await db
    .selectFrom('departures')
    .select(['departures.seq', 'departures.file_id', 'departures.state'])
    .leftJoin('replicas', join =>
      join
        .onRef('replicas.node', '=', 'departures.node')
        .onRef('replicas.name', '=', 'departures.name')
        .onRef('replicas.file_id', '=', 'departures.file_id'),
    )
    .select('replicas.seq as replica')
    .where('departures.node', '=', node)
    .where('departures.state', 'in', ['unsure', 'leaving'])
    .execute();
  const copied = new Set(copying);
  const changes = open.map(({ seq, file_id, state, replica }) => ({
    seq,
    before: state,
    state: nextDepartureState(state, { isHeld: replica !== null, mayAppear: !isAllRead || copied.has(file_id) }),
  }));
  await changeStates(db, changes.filter(({ before, state }) => before !== state));
}

/** What its trash does not have any more frees names for others that wait for them. */
async function settleObeyed(db: CatalogDb, node: NodeNumber, { obeyed }: NodeSight, nowMs: number): Promise<void> {
  for await (const ids of batchesOf(obeyed.map(({ id }) => id))) {
    await db.deleteFrom('departures').where('node', '=', node).where('state', '=', 'left').where('file_id', 'in', ids).execute();
    const bare = await db.selectFrom('videos').select('name').where('file_id', 'in', ids).where('holders', '=', '').execute();
    await settleNames(db, bare.map(({ name }) => name), nowMs);
  }
}
