import type { Clock } from '../../base/clock.ts';
import { toVideoError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { Catalog } from '../../domain/catalog.ts';
import { PeerComplaints, type PeerLook } from '../../domain/peer-complaints.ts';
import { distrustMsFor, isWorthASecondLook, type Finding, type InspectPeer } from '../../domain/peer-inspection.ts';
import type { AnnouncedFile, PeerRegistry } from '../../domain/peer-registry.ts';
import type { PeerReport } from '../../protocol/control.ts';
import { limits } from '../../protocol/limits.ts';

export interface InspectionPorts {
  readonly peers: PeerRegistry;
  readonly catalog: Pick<Catalog, 'manifest'>;
  readonly inspectPeer: InspectPeer;
  /** What the peer wants to be shown, if anything. */
  readonly tokenFor: (file: Pick<AnnouncedFile, 'id' | 'isGuarded'>) => { readonly token?: string };
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/**
 * Looks into peers that somebody complained of. Nobody is believed, neither who complains: only what the central sees itself
 * makes it offer a peer no more. Only who is a peer at that very moment is asked anything.
 */
export class PeerInspections {
  readonly #ports: InspectionPorts;
  readonly #complaints = new PeerComplaints({
    quietMs: limits.peerInspectionQuietMs,
    gapMs: limits.peerInspectionGapMs,
    secondLookMs: limits.peerSecondLookMs,
    waitingMax: limits.peerComplaintsWaiting,
  });
  readonly #underWay = new Set<Promise<void>>();

  constructor(ports: InspectionPorts) {
    this.#ports = ports;
  }

  /** Whether the peer will be looked into: it is offered with that name, and not too many wait. */
  note({ address, name, id, kind, part }: PeerReport): boolean {
    const { peers, clock, log } = this.#ports;
    const nowMs = clock.now();
    const announced = peers.announcedAt(address, name, nowMs);
    // Of another file another part.
    const isOfAnother = id !== undefined && id !== announced?.id;
    if (!announced || !this.#complaints.note({ address, name, part: isOfAnother ? undefined : part }, nowMs)) return false;
    log.info('peer.reported', { address, name, problem: kind });
    this.turn();
    return true;
  }

  /** Begins what is due; to be called now and then. */
  turn(): void {
    const { clock, signal } = this.#ports;
    while (!signal.aborted && this.#underWay.size < limits.peerInspectionsAtOnce) {
      const look = this.#complaints.take(clock.now());
      if (!look) return;
      const inspection = this.#inspect(look).finally(() => {
        this.#underWay.delete(inspection);
        this.turn();
      });
      this.#underWay.add(inspection);
    }
  }

  /** Resolves when nothing is under way; soon, after the signal. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  /** Never rejects. */
  async #inspect(look: PeerLook): Promise<void> {
    const { peers, clock, log, signal } = this.#ports;
    const { address, name } = look;
    const before = peers.announcedAt(address, name, clock.now());
    const finding = before === undefined ? 'unclear' : await this.#findingOf(look, before);
    if (signal.aborted) return;
    const nowMs = clock.now();
    this.#complaints.ended(look, nowMs);
    if (before === undefined) return;
    // What it said itself meanwhile is no lie.
    if (finding === 'lacks' && peers.announcedAt(address, name, nowMs)?.id !== before.id) return;
    if (isWorthASecondLook(finding) && !look.isSecond) {
      this.#complaints.lookAgain(look, nowMs);
      return;
    }
    const distrustMs = distrustMsFor(finding);
    if (distrustMs > 0) {
      peers.distrust(address, distrustMs, nowMs);
      log.warn('peer.distrusted', { address, name, reason: finding, forMs: distrustMs });
    } else if (isGone(finding) && peers.reached(before.lease, false, nowMs)) {
      log.warn('peer.unreachable', { address, reason: finding });
    }
  }

  async #findingOf({ address, name, part }: PeerLook, announced: AnnouncedFile): Promise<Finding> {
    const { catalog, inspectPeer, tokenFor, log, signal } = this.#ports;
    const { identity, id, sizeBytes } = announced;
    try {
      const known = id === undefined ? undefined : await catalog.manifest(id);
      return await inspectPeer({ address, identity, name, id, sizeBytes, part, known, ...tokenFor(announced) }, { signal });
    } catch (error) {
      if (!signal.aborted) log.debug('request.failed', { operation: 'peers.report', reason: toVideoError(error).code });
      return 'unclear';
    }
  }
}

function isGone(finding: Finding): boolean {
  return finding === 'unreachable' || finding === 'somebody_else';
}
