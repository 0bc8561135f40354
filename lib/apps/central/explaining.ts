import { explain, type Explanation } from '../../domain/explanation.ts';
import { censusOf } from './repairs.ts';
import { notFound, type CentralState } from './state.ts';

/**
 * Why the video of that name has the replicas that it has.
 *
 * @throws VideoError `file_not_found`
 */
export async function explainVideo(state: CentralState, name: string): Promise<Explanation> {
  const { catalog, registry, replication, surplus, clock, settings } = state;
  const video = await catalog.findByName(name);
  if (!video) throw await notFound(state, name);
  const nowMs = clock.now();
  const nodes = registry.all(nowMs);
  return explain(video, {
    census: censusOf(state),
    nodes,
    obstacles: replication.obstaclesTo(video, nodes, nowMs),
    copies: replication.standing,
    drops: surplus.standing,
    graceLeftMs: number => registry.graceLeftMs(number, nowMs, settings.repairDelayMs),
    nowMs,
  });
}
