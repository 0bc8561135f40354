import type { DamagedFile, Verification } from '../../domain/damaged-file.ts';
import { limits } from '../../protocol/limits.ts';
import type { NodeReport } from './heartbeat.ts';

/** What a heartbeat tells of damage, as much as one may carry: what is bad now, and what came of ordered verifications. */
export function damageReport(damaged: Iterable<DamagedFile>, results: readonly Verification[]): Pick<NodeReport, 'damaged' | 'verified'> {
  const replicas = [...damaged].slice(0, limits.damagedReplicasListed).map(toldOf);
  return {
    ...(replicas.length > 0 && { damaged: replicas }),
    ...(results.length > 0 && { verified: results.map(toldOf) }),
  };
}

function toldOf({ id, name, badParts }: Verification): { id: string; name: string; badParts: number[] } {
  return { id, name, badParts: badParts.slice(0, limits.badPartsListed) };
}
