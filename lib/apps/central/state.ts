import type { Clock } from '../../base/clock.ts';
import { VideoError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { Admission } from '../../domain/admission.ts';
import type { Catalog, Video } from '../../domain/catalog.ts';
import type { Damage } from '../../domain/damage.ts';
import type { HotFiles } from '../../domain/hot-files.ts';
import type { ChannelRegistry } from '../../domain/live/channel-registry.ts';
import type { NodeRegistry, NodeReport, NodeStatus, Reach } from '../../domain/node-registry.ts';
import type { PeerRegistry } from '../../domain/peer-registry.ts';
import type { Replication } from '../../domain/replication.ts';
import type { Returns } from '../../domain/returns.ts';
import type { AccessRules } from '../../domain/roles.ts';
import type { Surplus } from '../../domain/surplus.ts';
import type { UploadPlaces } from '../../domain/upload-places.ts';
import type { Verifications } from '../../domain/verifications.ts';
import { limits } from '../../protocol/limits.ts';
import type { LackingFiles } from './lacking-files.ts';
import type { PeerInspections } from './peer-inspections.ts';
import type { RepairDuty } from './repair-duty.ts';
import type { CentralSettings } from './settings.ts';
import type { SharedNodes } from './shared-nodes.ts';
import type { DownloadBook } from './statistics.ts';
import type { TokenMint } from './token-mint.ts';

const COPY_REQUESTS = 2;

/** What the parts of a running central share. */
export interface CentralState {
  readonly settings: CentralSettings;
  readonly catalog: Catalog;
  readonly registry: NodeRegistry;
  readonly admission: Admission;
  readonly replication: Replication;
  readonly returns: Returns;
  readonly surplus: Surplus;
  readonly lacking: LackingFiles;
  /** Whether replicas are for this central to plan, and what was ordered by whoever does. */
  readonly duty: RepairDuty;
  readonly sharedNodes: SharedNodes;
  readonly hotFiles: HotFiles;
  readonly uploadPlaces: UploadPlaces;
  readonly damage: Damage;
  readonly verifications: Verifications;
  readonly peers: PeerRegistry;
  readonly inspections: PeerInspections;
  readonly channels: ChannelRegistry;
  readonly book: DownloadBook;
  readonly clock: Clock;
  readonly log: Log;
  readonly startedAtMs: number;
  /** Who may ask for what, and the secrets; undefined where only this machine can ask. */
  readonly access: AccessRules | undefined;
  /** Gives the tokens that nodes ask for. */
  readonly mint: TokenMint;
  /** Asks a node whether it is the one that it says, where it says it is. */
  readonly reachNode: (node: Pick<NodeReport, 'number' | 'identity' | 'url'>) => Promise<Reach>;
  /** The same of a peer. */
  readonly reachPeer: (peer: { readonly address: string; readonly identity: string }) => Promise<Reach>;
  /** Gives back the memory of what is gone. */
  readonly collectGarbage: () => void;
}

/** What of it the planning of replicas needs. */
export type PlannedState = Pick<CentralState, 'registry' | 'replication' | 'returns' | 'surplus' | 'hotFiles' | 'clock' | 'log'> & {
  readonly catalog: Pick<CentralState['catalog'], 'underReplicated' | 'overReplicated' | 'findById' | 'returning'>;
  readonly settings: Pick<CentralState['settings'], 'replicas' | 'repairDelayMs'>;
};

/** Those of the video's nodes that can be asked now, the least busy first. */
export function availableNodes({ registry, clock }: CentralState, video: Video): readonly NodeStatus[] {
  const nowMs = clock.now();
  return video.nodes
    .flatMap(number => (registry.isAvailable(number, nowMs) ? [registry.get(number, nowMs)!] : []))
    .sort(byLoad);
}

/** Those that are silent for a moment come last, the least busy first. */
export function byLoad(a: NodeStatus, b: NodeStatus): number {
  return Number(a.state === 'suspect') - Number(b.state === 'suspect') || loadOf(a) - loadOf(b);
}

/** Requests that a node serves; a copy that it writes takes about as much of its disk and its line as `COPY_REQUESTS` of them. */
function loadOf({ activeRequests, copying }: NodeStatus): number {
  return activeRequests + COPY_REQUESTS * copying.length;
}

/** The error for a name that the catalogue lacks, with the names most like it. */
export async function notFound({ catalog }: CentralState, name: string): Promise<VideoError<'file_not_found'>> {
  const near = name.length > limits.askedNameMaxLength ? [] : await catalog.nearNames(name, limits.nearNames);
  return new VideoError('file_not_found', { name, near });
}
