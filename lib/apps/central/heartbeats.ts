import { isVideoError } from '../../base/errors.ts';
import { MINUTE_MS } from '../../base/units.ts';
import { isLoopback } from '../../domain/access.ts';
import type { Video } from '../../domain/catalog.ts';
import type { CopyOrder } from '../../domain/copy-orders.ts';
import { isFileName } from '../../domain/file.ts';
import type { NodeReport } from '../../domain/node-registry.ts';
import type { Heartbeat, HeartbeatAnswer, Order } from '../../protocol/control.ts';
import { limits } from '../../protocol/limits.ts';
import { copyingOf, damageOrders, takeDamage } from './damage.ts';
import { replicaOrdersFor } from './replica-orders.ts';
import type { RequestContext } from './request-context.ts';
import { learnModes } from './shared-nodes.ts';
import { sourcesOf } from './tickets.ts';
import type { CentralState } from './state.ts';

/** Takes a node's sign of life and inventory; answers with what the central wants of it. */
export function heartbeatHandler(state: CentralState) {
  const { catalog, registry, clock, log, settings } = state;
  const savedAtMs = new Map<number, number>();
  /** Identities that keep asking for a number that is taken; a person hears of each once. */
  const refused = new Set<string>();

  return async (heartbeat: Heartbeat, context: RequestContext): Promise<HeartbeatAnswer> => {
    const node = { ...reportOf(heartbeat, context), copying: copyingOf(state, heartbeat) };
    const { number } = node;
    const hasToBeReached = register(node);
    if (hasToBeReached) await reach(node);
    await saveNowAndThen(node, hasToBeReached);

    const { added, removed, ...slice } = heartbeat.inventory;
    const isListable = ({ name }: { name: string }) => isFileName(name);
    const revision = await catalog.applyInventory(number, { ...slice, added: added.filter(isListable), removed }, clock.date());
    if (added.length + removed.length > 0) {
      log.info('heartbeat.received', { number, added: added.length, removed: removed.length });
      for (const { name } of added) log.debug('video.announced', { name, number });
    }
    await takeDamage(state, heartbeat);
    const wantedManifests = await catalog.missingManifests(number, limits.wantedManifestsPerHeartbeat);
    const isKnown = slice.isComplete && revision === slice.toRevision;
    const replicaOrders = isKnown ? await replicaOrdersFor(state, heartbeat) : [];
    const isInAHurry = wantedManifests.length > 0 || !isKnown;
    // What its trash has, and what it is to put there, it need not copy.
    const copies = (await ordersFor(number)).filter(({ id }) => !replicaOrders.some(order => order.id === id));
    return {
      revision,
      wantedManifests: [...wantedManifests],
      orders: [...replicaOrders, ...copies, ...(await damageOrders(state, number, copies))],
      tokenKeys: state.mint.publicKeys,
      ...(settings.repairBytesPerSecond !== undefined && { copyBytesPerSecond: settings.repairBytesPerSecond }),
      nextInMs: isInAHurry ? 0 : settings.heartbeatEveryMs,
    };
  };

  function register(node: NodeReport): boolean {
    const { number, identity, url } = node;
    try {
      const hasToBeReached = registry.heartbeat(node, clock.now());
      refused.delete(identity);
      return hasToBeReached;
    } catch (error) {
      if (isVideoError(error, 'node_conflict', 'node_retired') && !refused.has(identity)) {
        refused.add(identity);
        log.warn(error.code === 'node_retired' ? 'node.rejected' : 'node.refused', { number, url });
      }
      throw error;
    }
  }

  /** A node is offered only after it answered where it says it is. */
  async function reach(node: NodeReport): Promise<void> {
    const { number, url } = node;
    const reach = await state.reachNode(node);
    const isReachable = reach === 'reached';
    if (!registry.reached(node, isReachable)) return;
    if (!isReachable) return log.warn('node.unreachable', { number, url, reason: reach });
    log.info('node.joined', { number, url });
    if (isLoopback(hostOf(url)) && !isLoopback(settings.ip)) log.warn('node.secluded', { number, url });
  }

  async function saveNowAndThen({ number, identity, url }: NodeReport, isNews: boolean): Promise<void> {
    const seenAtMs = clock.date();
    if (!isNews && seenAtMs - (savedAtMs.get(number) ?? 0) < MINUTE_MS) return;
    savedAtMs.set(number, seenAtMs);
    await catalog.saveNode({ number, identity, url, seenAtMs });
  }

  async function ordersFor(number: number): Promise<Order[]> {
    const copies = (await Promise.all(state.duty.copiesFor(number).map(copyOrder))).flat();
    return [...copies, ...(await dropsFor(number))];
  }

  /** An order that was planned before others lost the file, or were told to leave, would take one too many. */
  async function dropsFor(number: number): Promise<Order[]> {
    const orders = state.duty.dropsFor(number).slice(0, limits.replicaOrdersPerHeartbeat);
    const videos = await Promise.all(orders.map(({ video }) => catalog.findById(video.id)));
    if (videos.length === 0) return [];
    await learnModes(state);
    const nodes = registry.all(clock.now());
    const isSpare = (video: Video) => state.surplus.canSpare(number, { video, wanted: settings.replicas }, nodes);
    return videos.flatMap(video => (video && isSpare(video) ? [{ type: 'drop', id: video.id, name: video.name, reason: 'surplus' }] : []));
  }

  /**
   * An order that was given before its name was taken away would bring the name back. It is looked up after the departures
   * were settled: a name that is taken away later finds the node copying.
   */
  async function copyOrder({ node: number, video: { id, name } }: CopyOrder): Promise<Order[]> {
    const video = await catalog.findByName(name);
    if (video?.id !== id) return [];
    const sources = sourcesOf(state, video).filter(({ node }) => node !== number);
    return sources.length > 0 ? [{ type: 'copy', id, name, sizeBytes: video.sizeBytes, sources }] : [];
  }
}

function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[|\]$/g, '');
}

function reportOf(heartbeat: Heartbeat, { remoteAddress }: RequestContext): NodeReport {
  const { number, identity, freeBytes, totalBytes, files, activeRequests, copying, receiving = [], zone, port, isTls = false, isGuarded = false } = heartbeat;
  const host = heartbeat.host ?? remoteAddress.replace(/^::ffff:/, '');
  const url = `${isTls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
  return { number, identity, url, isGuarded, freeBytes, totalBytes, files, activeRequests, copying, receiving, zone };
}
