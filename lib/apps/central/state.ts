import type { Clock } from '../../base/clock.ts';
import { VideoError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { Admission } from '../../domain/admission.ts';
import type { Catalog, Video } from '../../domain/catalog.ts';
import type { NodeRegistry, NodeReport } from '../../domain/node-registry.ts';
import type { Replication } from '../../domain/replication.ts';
import { limits } from '../../protocol/limits.ts';
import type { RepairDuty } from './repair-duty.ts';
import type { CentralSettings } from './settings.ts';
import type { SharedNodes } from './shared-nodes.ts';
import type { DownloadBook } from './statistics.ts';

/** What the parts of a running central share. */
export interface CentralState {
  readonly settings: CentralSettings;
  readonly catalog: Catalog;
  readonly registry: NodeRegistry;
  readonly admission: Admission;
  readonly replication: Replication;
  /** Whether copies are for this central to plan, and what was ordered by whoever does. */
  readonly duty: RepairDuty;
  readonly sharedNodes: SharedNodes;
  readonly book: DownloadBook;
  readonly clock: Clock;
  readonly log: Log;
  readonly startedAtMs: number;
  /** What nodes and people must prove; undefined where only this machine can ask. */
  readonly secret: string | undefined;
  /** Asks a node whether it is the one that it says, where it says it is. */
  readonly reachNode: (node: Pick<NodeReport, 'number' | 'identity' | 'url'>) => Promise<boolean>;
}

/** Those of the video's nodes that can be asked now, the least busy first. */
export function availableNodes({ registry, clock }: CentralState, video: Video): readonly { readonly number: number; readonly url: string }[] {
  const nowMs = clock.now();
  return video.nodes
    .flatMap(number => (registry.isAvailable(number, nowMs) ? [registry.get(number, nowMs)!] : []))
    .sort((a, b) => Number(a.state === 'suspect') - Number(b.state === 'suspect') || a.activeRequests - b.activeRequests);
}

/** The error for a name that the catalogue lacks, with the names most like it. */
export async function notFound({ catalog }: CentralState, name: string): Promise<VideoError<'file_not_found'>> {
  return new VideoError('file_not_found', { name, near: await catalog.nearNames(name, limits.nearNames) });
}
