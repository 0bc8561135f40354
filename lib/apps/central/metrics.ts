import { by, counter, gauge, type Metric } from '../../base/metric.ts';
import { NODE_STATES } from '../../domain/failure-detector.ts';
import { limits } from '../../protocol/limits.ts';
import type { CentralState } from './state.ts';

/** What a central tells Prometheus. A catalogue that does not answer is told as such, and the rest all the same. */
export async function centralMetrics(state: CentralState): Promise<readonly Metric[]> {
  return [...(await catalogMetrics(state)), ...nodeMetrics(state), ...replicaMetrics(state), ...downloadMetrics(state), ...peerMetrics(state)];
}

async function catalogMetrics({ catalog, lacking }: CentralState): Promise<readonly Metric[]> {
  const counts = await catalog.counts().catch(() => undefined);
  const up = gauge('videopartes_catalog_up', 'Whether the database answers', counts ? 1 : 0);
  if (!counts) return [up];
  const files = await lacking.count().catch(() => undefined);
  return [
    up,
    gauge('videopartes_videos', 'Videos of the catalogue', counts.videos),
    gauge('videopartes_videos_bytes', 'Their bytes, each video once', counts.bytes),
    ...(files === undefined ? [] : [gauge('videopartes_under_replicated_files', `Files with too few replicas; more than ${limits.lackingCounted} are not counted`, files)]),
  ];
}

function nodeMetrics({ registry, clock }: CentralState): readonly Metric[] {
  const nodes = registry.all(clock.now());
  const living = nodes.filter(({ state }) => state !== 'down');
  const states = Object.fromEntries(NODE_STATES.map(name => [name, nodes.filter(({ state }) => state === name).length]));
  const sum = (amountOf: (node: (typeof nodes)[number]) => number) => living.reduce((total, node) => total + amountOf(node), 0);
  return [
    gauge('videopartes_nodes', 'Secondaries, by state', by('state', states)),
    gauge('videopartes_nodes_draining', 'Secondaries that are being emptied, or are empty', nodes.filter(({ mode }) => mode === 'draining').length),
    gauge('videopartes_nodes_free_bytes', 'Room of all secondaries that are not down', sum(({ freeBytes }) => freeBytes)),
    gauge('videopartes_nodes_capacity_bytes', 'Size of the disks of all secondaries that are not down', sum(({ totalBytes }) => totalBytes)),
    gauge('videopartes_nodes_active_requests', 'Answers that run at all secondaries that are not down', sum(({ activeRequests }) => activeRequests)),
  ];
}

function replicaMetrics({ settings, surplus, duty, registry, damage, clock }: CentralState): readonly Metric[] {
  const orders = registry.all(clock.now()).flatMap(node => duty.copiesFor(node.number).map(({ video }) => node.copying.some(({ id }) => id === video.id)));
  const running = orders.filter(isRunning => isRunning).length;
  return [
    gauge('videopartes_replicas_wanted', 'Replicas that every video is to have', settings.replicas),
    gauge('videopartes_repair_copies', 'Copies that secondaries were told to make, by state', by('state', { running, ordered: orders.length - running })),
    gauge('videopartes_surplus_replicas', 'Replicas that are about to be freed', surplus.standing.length),
    gauge('videopartes_damaged_replicas', 'Replicas with bad parts', damage.size),
  ];
}

function downloadMetrics({ admission, book }: CentralState): readonly Metric[] {
  const { downloads: done, failed, cancelled, expired, receivedBytes } = book.statistics.totals;
  const { running, waiting } = admission.counts;
  return [
    counter('videopartes_central_downloads_total', 'Downloads that ended, in all runs of this central, by outcome', by('outcome', { done, failed, cancelled, expired })),
    counter('videopartes_central_downloaded_bytes_total', 'What clients say that they received', receivedBytes),
    gauge('videopartes_central_tickets', 'Downloads that run, and that wait for their turn', by('state', { running, waiting })),
  ];
}

function peerMetrics({ peers }: CentralState): readonly Metric[] {
  const { reached, unreached, names } = peers.counts;
  return [
    gauge('videopartes_peers', 'Clients that serve what they have; those that were not reached are not offered', by('state', { reached, unreached })),
    gauge('videopartes_peer_names', 'Names that all of them announce', names),
  ];
}
