import { randomUUID } from 'node:crypto';
import { VideoError } from '../../base/errors.ts';
import { isLoopback } from '../../domain/access.ts';
import type { TicketStatus } from '../../domain/admission.ts';
import type { Video } from '../../domain/catalog.ts';
import type { NodeStatus } from '../../domain/node-registry.ts';
import type { PeerOffer } from '../../domain/peer-registry.ts';
import { turnOf } from '../../domain/placement.ts';
import type { DownloadOutcome } from '../../domain/statistics.ts';
import type { GivenByNode, PeerAddress, SourceAddress, SourceProblem, Ticket } from '../../protocol/control.ts';
import { limits } from '../../protocol/limits.ts';
import { takeComplaints } from './complaints.ts';
import { peerTokenFor } from './peers.ts';
import type { RequestContext } from './request-context.ts';
import { availableNodes, byLoad, notFound, type CentralState } from './state.ts';

interface ClosedTicket {
  readonly ticketId: string;
  readonly outcome: DownloadOutcome;
  readonly receivedBytes: number;
  readonly sources?: readonly GivenByNode[] | undefined;
}

/** Opening, renewing and closing a permission to download. */
export function ticketHandlers(state: CentralState) {
  const { catalog, registry, peers, admission, book, clock, log, settings } = state;
  const told = new WeakSet<TicketStatus>();
  const timing = { leaseMs: settings.ticketLeaseMs, pollMs: settings.ticketPollMs };

  return {
    async open({ client, name, resumes }: { client: string; name: string; resumes?: string | undefined }, { remoteAddress }: RequestContext): Promise<Ticket> {
      const video = await catalog.findByName(name);
      if (!video) throw await notFound(state, name);
      const isRunning = resumes !== undefined;
      if (!isRunning && sourcesOf(state, video).length + peersOf(video, remoteAddress).length === 0) throw new VideoError('no_sources', { name, nodes: video.nodes });
      if (!isRunning) state.hotFiles.note(video.id, clock.now());
      const ticketId = randomUUID();
      const ticket = admission.open({ ticketId, client, name, fileId: video.id, sizeBytes: video.sizeBytes }, clock.now(), { isRunning });
      book.opened(ticketId, { isResumed: isRunning });
      if (isRunning && ticket.grantedAtMs !== undefined) log.info('ticket.resumed', { client, name });
      return answer(ticket, video, remoteAddress);
    },

    async progress({ ticketId, doneBytes, problems }: { ticketId: string; doneBytes: number; problems: SourceProblem[] }, { remoteAddress }: RequestContext): Promise<Ticket> {
      const { client, name, fileId } = admission.renew(ticketId, doneBytes, clock.now());
      for (const { node, kind } of problems) log.warn('source.reported', { number: node, name, problem: kind, client });
      book.progressed(ticketId, doneBytes, problems.filter(isKnown));
      const video = await catalog.findById(fileId);
      if (!video) throw await notFound(state, name);
      takeComplaints(state, problems, { ...video, name });
      // Looked up again: it may have been closed meanwhile.
      return answer(admission.get(ticketId), { ...video, name }, remoteAddress);
    },

    async close({ ticketId, outcome, receivedBytes, sources }: ClosedTicket) {
      const ticket = admission.close(ticketId, clock.now());
      book.note(ticket, { outcome, receivedBytes, sources: sources?.filter(isKnown) });
      log.info('ticket.closed', { client: ticket.client, name: ticket.name, outcome });
      return { ticketId };
    },
  };

  /** Nothing is counted of secondaries that do not exist. */
  function isKnown({ node }: { readonly node: number }): boolean {
    return registry.get(node, clock.now()) !== undefined;
  }

  function answer(ticket: TicketStatus, video: Video, remoteAddress: string): Ticket {
    const { ticketId, client, name } = ticket;
    if (ticket.grantedAtMs === undefined) {
      const position = admission.positionOf(ticketId);
      log.debug('ticket.waiting', { client, name, position });
      return { state: 'waiting', ticketId, position, ...timing };
    }
    if (!told.has(ticket)) log.info('ticket.granted', { client, name });
    told.add(ticket);
    const { id, sizeBytes } = video;
    return { state: 'granted', ticketId, id, name, sizeBytes, sources: sourcesOf(state, video), peers: peersOf(video, remoteAddress), ...timing };
  }

  /** Clients that share what they have of it; those on this machine only for who is here as well: elsewhere that is another one. */
  function peersOf({ id, name }: Video, remoteAddress: string): PeerAddress[] {
    const holders = peers.holdersOf({ id, name }, limits.peersPerDownload, clock.now());
    const isReached = ({ address }: PeerOffer) => isLoopback(remoteAddress) || !isLoopback(hostOfAddress(address));
    return holders.filter(isReached).map(holder => ({ address: holder.address, ...peerTokenFor(state, holder) }));
  }
}

/**
 * Where the video can be fetched now, the least busy first; then those that have some of its parts only. Of nodes that are alike
 * another one comes first for each file: a small file is fetched from the first alone.
 */
export function sourcesOf(state: CentralState, video: Video): SourceAddress[] {
  const addressOf = ({ number, url, isGuarded }: NodeStatus) => ({ node: number, url, ...(isGuarded && { token: state.mint.tokenFor(video.id) }) });
  const whole = availableNodes(state, video).toSorted((a, b) => byLoad(a, b) || turnOf(video.id, a.number) - turnOf(video.id, b.number));
  const damaged = state.damage.holdersOf(video.id).filter(({ node }) => !whole.some(({ number }) => number === node));
  const rest = availableNodes(state, { ...video, nodes: damaged.map(({ node }) => node) });
  const badPartsOf = (number: number) => [...damaged.find(({ node }) => node === number)!.badParts];
  return [...whole.map(addressOf), ...rest.map(node => ({ ...addressOf(node), badParts: badPartsOf(node.number) }))];
}

/** Of `IP:PORT`, an IPv6 address without its brackets. */
function hostOfAddress(address: string): string {
  return address.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
}
