import type { NodeTransition } from '../../domain/node-registry.ts';
import { Shrinkage } from '../../domain/shrinkage.ts';
import { limits } from '../../protocol/limits.ts';
import { expireChannels } from './channels.ts';
import { planReplicas } from './repairs.ts';
import type { CentralState } from './state.ts';

/** Planning replicas takes about this share of the time at most, however many files and nodes there are… */
const PLANNING_SHARE = 1 / 20;
/** …and is put off for no more ticks than these. */
const RESTING_TICKS_MAX = 20;

/**
 * What a central does without being asked, each tick: notices who fell silent, frees the places of clients that
 * vanished, tells the other centrals what it heard, empties the trash of what expired, and, when that is for it to do, orders
 * the copies that are missing and frees those that are too many. Resolves
 * when the signal aborts.
 */
export async function runLoops(state: CentralState, signal: AbortSignal): Promise<void> {
  const { clock, settings, log } = state;
  const plan = restingPlanner(state);
  const shrinkage = new Shrinkage();
  let lastFailure: string | undefined;
  while (!signal.aborted) {
    await clock.sleep(settings.tickMs, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    watchNodes(state);
    expireTickets(state);
    await expirePeers(state, signal);
    expireChannels(state);
    state.inspections.turn();
    if (shrinkage.note(state.peers.counts.names)) state.collectGarbage();
    try {
      await state.sharedNodes.share(state);
      await expireTrash(state);
      await state.duty.turn(plan);
      // Last: whatever becomes of keys, files are looked after.
      await state.mint.rotateWhenDue(settings.rotateKeysEveryMs);
      lastFailure = undefined;
    } catch (error) {
      const reason = String(error);
      // The next tick is likely to fail as this one did: once is enough to know.
      if (reason !== lastFailure) log.error('request.failed', { operation: 'replication', reason });
      lastFailure = reason;
    }
  }
}

/** Only planning is put off: who does not hear for so long what the other centrals heard takes all their nodes for lost. */
function restingPlanner(state: CentralState): () => Promise<void> {
  const { clock, settings } = state;
  let restingTicks = 0;
  return async () => {
    if (restingTicks > 0) {
      restingTicks -= 1;
      return;
    }
    const startedAtMs = clock.now();
    try {
      await planReplicas(state);
    } finally {
      const tookMs = clock.now() - startedAtMs;
      restingTicks = Math.min(RESTING_TICKS_MAX, Math.floor(tookMs / PLANNING_SHARE / settings.tickMs));
    }
  };
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
    book.note(ticket, { outcome: 'expired', receivedBytes: ticket.doneBytes });
    log.warn('ticket.expired', { client: ticket.client, name: ticket.name });
  }
}

/** Thousands may have died at once: the others are answered in between. */
async function expirePeers({ peers, clock, log }: CentralState, signal: AbortSignal): Promise<void> {
  for (let lost = [...expired()]; lost.length > 0 && !signal.aborted; lost = [...expired()]) {
    for (const address of lost) log.info('peer.lost', { address });
    await clock.sleep(0, { signal }).catch(() => undefined);
  }

  function expired(): readonly string[] {
    return peers.expire(clock.now(), limits.peerNamesForgottenAtOnce);
  }
}

/** Who restores in the same moment is either in time or too late: the catalogue decides. */
async function expireTrash({ catalog, clock, log }: CentralState): Promise<void> {
  for (const { name } of await catalog.expireTrash(clock.date())) log.info('trash.expired', { name });
}
