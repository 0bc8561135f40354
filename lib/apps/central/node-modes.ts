import { randomUUID } from 'node:crypto';
import { VideoError } from '../../base/errors.ts';
import type { NodeNumber } from '../../domain/file.ts';
import type { NodeMode } from '../../domain/node-mode.ts';
import type { NodeStatus } from '../../domain/node-registry.ts';
import { limits } from '../../protocol/limits.ts';
import { filesNeeding } from './node-needs.ts';
import { learnModes } from './shared-nodes.ts';
import type { CentralState } from './state.ts';

export interface NodeDecision {
  readonly number: NodeNumber;
  /** That still need it; counted to `limits.repairsPlannedMax`. */
  readonly files: number;
}

/**
 * From now on the node gets nothing new, and what it holds is copied elsewhere. May be called twice.
 *
 * @throws VideoError `not_found`, `node_retired`
 */
export async function drainNode(state: CentralState, number: NodeNumber): Promise<NodeDecision> {
  const node = known(state, number);
  if (node.mode === 'gone') throw new VideoError('node_retired', { number });
  if (node.mode !== 'draining') await decide(state, node, 'draining');
  const files = await needing(state, number);
  if (node.mode !== 'draining') state.log.info('drain.started', { number, files });
  return { number, files };
}

/**
 * Forgets a node that no file needs; should it come back, it is told so. May be called twice.
 *
 * @throws VideoError `not_found`, `node_needed`
 */
export async function retireNode(state: CentralState, number: NodeNumber): Promise<NodeDecision> {
  const node = known(state, number);
  if (node.mode !== 'gone') await demandNotNeeded(state, node);
  await decide(state, node, 'gone');
  // An empty inventory of a run that never was: nothing counts as held there any more.
  const nothing = { inventoryId: randomUUID(), fromRevision: 0, toRevision: 1, isComplete: true, added: [], removed: [] };
  await state.catalog.applyInventory(number, nothing, state.clock.date());
  if (node.mode !== 'gone') state.log.info('node.retired', { number });
  return { number, files: 0 };
}

/**
 * While it is looked at, the node counts no more, at any central: of two that are retired at the same moment one may need the
 * other, and no file is freed on another node because of what this one has.
 */
async function demandNotNeeded(state: CentralState, node: NodeStatus): Promise<void> {
  const { number, mode } = node;
  if (mode === 'active') await decide(state, node, 'draining');
  try {
    const files = await needing(state, number);
    if (files > 0) throw new VideoError('node_needed', { number, files });
  } catch (error) {
    if (mode === 'active') await decide(state, { ...node, mode: 'draining' }, 'active');
    throw error;
  }
}

/**
 * Takes back a node that drains or was retired. May be called twice.
 *
 * @throws VideoError `not_found`
 */
export async function reactivateNode(state: CentralState, number: NodeNumber): Promise<NodeDecision> {
  const node = known(state, number);
  if (node.mode !== 'active') {
    await decide(state, node, 'active');
    state.log.info('node.reactivated', { number });
  }
  return { number, files: await needing(state, number) };
}

function known({ registry, clock }: CentralState, number: NodeNumber): NodeStatus {
  const node = registry.get(number, clock.now());
  if (!node) throw new VideoError('not_found', { what: 'node' });
  return node;
}

async function needing(state: CentralState, number: NodeNumber): Promise<number> {
  const drops = await state.duty.allDrops();
  await learnModes(state);
  return filesNeeding(state, number, limits.repairsPlannedMax, drops);
}

/** At once, so that no heartbeat that comes meanwhile saves what was; taken back when it could not be kept. */
async function decide({ registry, catalog, clock }: CentralState, node: NodeStatus, mode: NodeMode): Promise<void> {
  const { number, identity, url, silentMs = 0 } = node;
  registry.setMode(number, mode);
  try {
    await catalog.saveNode({ number, identity, url, seenAtMs: Math.round(clock.date() - silentMs), mode });
  } catch (error) {
    registry.setMode(number, node.mode);
    throw error;
  }
}
