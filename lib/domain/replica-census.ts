import type { HolderSet } from './catalog.ts';
import type { NodeNumber } from './file.ts';

export interface ReplicaCount {
  readonly replicas: number;
  readonly videos: number;
  readonly bytes: number;
}

/** How many videos have how many replicas among the nodes that count, fewest first; none for a number that no video has. */
export function countReplicas(sets: readonly HolderSet[], countedNodes: readonly NodeNumber[]): readonly ReplicaCount[] {
  const counts = new Map<number, ReplicaCount>();
  for (const { nodes, videos, bytes } of sets) {
    const replicas = nodes.filter(node => countedNodes.includes(node)).length;
    const known = counts.get(replicas);
    counts.set(replicas, { replicas, videos: videos + (known?.videos ?? 0), bytes: bytes + (known?.bytes ?? 0) });
  }
  return [...counts.values()].sort((a, b) => a.replicas - b.replicas);
}
