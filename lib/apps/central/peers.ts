import { randomUUID } from 'node:crypto';
import pLimit from 'p-limit';
import { VideoError } from '../../base/errors.ts';
import { isLoopback } from '../../domain/access.ts';
import type { Reach } from '../../domain/node-registry.ts';
import type { PeerOffer } from '../../domain/peer-registry.ts';
import type { PeerAnswer, PeerJoin, PeerReport, PeerSearch, PeerUpdate } from '../../protocol/control.ts';
import { limits } from '../../protocol/limits.ts';
import { bracketed, plain } from './addresses.ts';
import type { RequestContext } from './request-context.ts';
import type { CentralState } from './state.ts';

/** Who was not reached is tried again at each of its three renewals in a lease, also when they come early, and no more often. */
const CHECKS_PER_LEASE = 6;

/** What peers say of themselves, and who has a file. */
export function peerHandlers(state: CentralState) {
  const { peers, clock, log, settings, mint, reachPeer, inspections } = state;
  const leaseMs = settings.peerLeaseMs;
  const check = pLimit(limits.peerChecksAtOnce);
  const answer = (isReachable: boolean): PeerAnswer => ({ leaseMs, isReachable, ...(!isReadingOpen(state) && { tokenKeys: mint.publicKeys }) });

  return {
    async join({ ip, port, identity, isGuarded, files }: PeerJoin, { remoteAddress }: RequestContext): Promise<PeerAnswer & { peer: string; address: string }> {
      const address = `${hostOf(ip, plain(remoteAddress))}:${port}`;
      const reach = await reachOf({ address, identity });
      const isReachable = reach === 'reached';
      const peer = randomUUID();
      peers.join({ lease: peer, address, identity, isReachable, isGuarded, files }, clock.now());
      log.info('peer.joined', { address, files: files.map(({ name }) => name) });
      if (!isReachable) log.warn('peer.unreachable', { address, reason: reach });
      return { peer, address, ...answer(isReachable) };
    },

    async update({ peer, added, removed }: PeerUpdate): Promise<PeerAnswer> {
      peers.update(peer, { added, removed }, clock.now());
      await reachAgain(peer);
      return answer(peers.get(peer, clock.now())?.isReachable ?? false);
    },

    async leave({ peer }: { readonly peer: string }): Promise<Record<string, never>> {
      const address = peers.leave(peer);
      if (address !== undefined) log.info('peer.left', { address });
      return {};
    },

    async search({ name, peer }: PeerSearch, { remoteAddress }: RequestContext) {
      const nowMs = clock.now();
      const asker = peer === undefined ? undefined : peers.get(peer, nowMs);
      log.info('peer.searched', { address: asker?.address ?? plain(remoteAddress), name });
      const found = peers.search(name, limits.peersPerSearch, nowMs);
      return { peers: found.map(({ isGuarded, ...offer }) => ({ ...offer, ...peerTokenFor(state, { ...offer, isGuarded }) })) };
    },

    async report(report: PeerReport) {
      return { isLookedInto: inspections.note(report) };
    },
  };

  /** @throws VideoError `peers_full` while too many wait for it */
  function reachOf(peer: { readonly address: string; readonly identity: string }): Promise<Reach> {
    if (check.pendingCount >= limits.peerChecksWaiting) throw new VideoError('peers_full', { what: 'checks', max: limits.peerChecksWaiting });
    return check(() => reachPeer(peer));
  }

  /** Somebody may have opened the way to it since. */
  async function reachAgain(lease: string): Promise<void> {
    const nowMs = clock.now();
    const known = peers.get(lease, nowMs);
    if (!known || known.isReachable || nowMs - known.checkedAtMs < leaseMs / CHECKS_PER_LEASE) return;
    if (check.pendingCount >= limits.peerChecksWaiting) return;
    // Before the answer: who asks often is not tried more often.
    peers.reached(lease, false, nowMs);
    const reach = await reachOf(known);
    peers.reached(lease, reach === 'reached', clock.now());
  }
}

/** Of a peer that verifies tokens, where only readers may read. */
export function peerTokenFor(state: Pick<CentralState, 'access' | 'mint'>, { id, isGuarded }: Pick<PeerOffer, 'id' | 'isGuarded'>): { readonly token?: string } {
  return isGuarded && !isReadingOpen(state) && id !== undefined ? { token: state.mint.tokenFor(id) } : {};
}

function isReadingOpen({ access }: Pick<CentralState, 'access'>): boolean {
  return access === undefined || access.isReadingOpen;
}

/**
 * Where a peer says that it is. From another machine nobody speaks for an address that is not its own.
 *
 * @throws VideoError `invalid_request`
 */
function hostOf(ip: string | undefined, seen: string): string {
  if (ip === undefined || ip === '0.0.0.0' || ip === '::') return bracketed(seen);
  const host = bracketed(plain(ip));
  if (host !== bracketed(seen) && !isLoopback(seen)) throw new VideoError('invalid_request', { reason: `ip: ${ip} is not where you ask from, ${seen} is` });
  return host;
}
