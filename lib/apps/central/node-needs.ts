import type { NodeNumber } from '../../domain/file.ts';
import type { DropOrder } from '../../domain/surplus.ts';
import type { PlannedState } from './state.ts';

/**
 * How many files would have too few replicas without the node, counting to `limit`. Only what can be asked for now counts
 * as a replica elsewhere, and nothing that was told to be freed (`drops`); every other node that is not on its way out counts as a
 * place where there should be one.
 */
export async function filesNeeding(state: PlannedState, number: NodeNumber, limit: number, drops: readonly DropOrder[] = state.surplus.standing): Promise<number> {
  const { catalog, registry, clock, settings } = state;
  const nowMs = clock.now();
  const others = registry.all(nowMs).filter(node => node.number !== number && node.mode === 'active').map(node => node.number);
  const available = others.filter(other => registry.isAvailable(other, nowMs));
  const wanted = Math.max(1, Math.min(settings.replicas, others.length));
  const needing = await catalog.underReplicated(wanted, available, limit, { sources: [number] });
  const known = new Set(needing.map(({ id }) => id));
  const losing = drops.filter(({ node, video }) => {
    const left = video.nodes.filter(other => other !== node && available.includes(other));
    return video.nodes.includes(number) && !known.has(video.id) && left.length < wanted;
  });
  return Math.min(limit, needing.length + new Set(losing.map(({ video }) => video.id)).size);
}
