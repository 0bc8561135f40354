import type { NodeTransition } from '../../domain/node-registry.ts';
import { limits } from '../../protocol/limits.ts';
import type { CentralState } from './state.ts';

/**
 * What a central does without being asked, each tick: notices who fell silent, frees the places of clients that
 * vanished, tells the other centrals what it heard, orders the copies that are missing when that is for it to do. Resolves
 * when the signal aborts.
 */
export async function runLoops(state: CentralState, signal: AbortSignal): Promise<void> {
  const { clock, settings, log } = state;
  let lastFailure: string | undefined;
  while (!signal.aborted) {
    await clock.sleep(settings.tickMs, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    watchNodes(state);
    expireTickets(state);
    try {
      await state.sharedNodes.share(state);
      await state.duty.turn(() => orderCopies(state));
      lastFailure = undefined;
    } catch (error) {
      const reason = String(error);
      // The next tick is likely to fail as this one did: once is enough to know.
      if (reason !== lastFailure) log.error('request.failed', { operation: 'replication', reason });
      lastFailure = reason;
    }
  }
}

function watchNodes({ registry, clock, log }: CentralState): void {
  for (const transition of registry.tick(clock.now())) {
    const { number, from, to, silentMs } = transition;
    if (to === 'suspect') log.warn('node.suspected', { number, silentMs });
    else if (to === 'down') log.error('node.lost', { number, silentMs });
    else if (isReturn(from, to)) log.info('node.returned', { number });
  }
}

function isReturn(from: NodeTransition['from'], to: NodeTransition['to']): boolean {
  return to === 'up' && (from === 'suspect' || from === 'down');
}

function expireTickets({ admission, book, clock, log }: CentralState): void {
  for (const ticket of admission.expire(clock.now())) {
    book.note(ticket, 'expired', ticket.doneBytes);
    log.warn('ticket.expired', { client: ticket.client, name: ticket.name });
  }
}

async function orderCopies({ catalog, registry, replication, clock, log, settings }: CentralState): Promise<void> {
  const nowMs = clock.now();
  const counted = registry.counted(nowMs, settings.repairDelayMs);
  const wanted = Math.min(settings.replicas, counted.length);
  const nodes = registry.all(nowMs);
  const sources = nodes.filter(({ number }) => registry.isAvailable(number, nowMs)).map(({ number }) => number);
  // Those that nobody copies although it was told to do not take the place of others.
  const limit = Math.min(limits.repairsPlanned + replication.refusedFiles, limits.repairsPlannedMax);
  const places = { sources, rooms: replication.roomsIn(nodes) };
  const videos = sources.length === 0 ? [] : await catalog.underReplicated(wanted, counted, limit, places);
  const wanting = videos.map(video => ({
    video,
    missing: wanted - video.nodes.filter(node => counted.includes(node)).length,
  }));
  for (const { node, video } of replication.plan(wanting, nodes, nowMs)) {
    log.info('copy.ordered', { name: video.name, number: node, sources: video.nodes });
  }
}
