import type { DamagedFile, Verification } from '../../domain/damaged-file.ts';
import { limits } from '../../protocol/limits.ts';
import type { Complaint } from './complaints.ts';
import type { NodeReport } from './heartbeat.ts';

/** What a heartbeat tells of damage, as much as one may carry: what is bad here, what came of ordered verifications, and who else sent what is bad. */
export function damageReport(
  damaged: Iterable<DamagedFile>,
  results: readonly Verification[],
  complaints: readonly Complaint[],
): Pick<NodeReport, 'damaged' | 'verified' | 'complaints'> {
  const replicas = [...damaged].slice(0, limits.damagedReplicasListed).map(toldOf);
  return {
    ...(replicas.length > 0 && { damaged: replicas }),
    ...(results.length > 0 && { verified: results.map(toldOf) }),
    ...(complaints.length > 0 && { complaints: [...complaints] }),
  };
}

function toldOf({ id, name, badParts }: Verification): { id: string; name: string; badParts: number[] } {
  return { id, name, badParts: badParts.slice(0, limits.badPartsListed) };
}
