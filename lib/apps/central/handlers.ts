import { implement } from '@orpc/server';
import { VideoError } from '../../base/errors.ts';
import type { Video } from '../../domain/catalog.ts';
import { parseManifest } from '../../domain/manifest.ts';
import { seriesShapes } from '../../domain/time-series.ts';
import { controlContract, type ListedVideo } from '../../protocol/control.ts';
import { limits } from '../../protocol/limits.ts';
import { PROTOCOL_VERSION, VERSION } from '../../protocol/version.ts';
import { activityOf } from './activity.ts';
import { channelHandlers } from './channels.ts';
import { explainVideo } from './explaining.ts';
import { heartbeatHandler } from './heartbeats.ts';
import { listedNodes } from './node-list.ts';
import { peerHandlers } from './peers.ts';
import { drainNode, reactivateNode, retireNode } from './node-modes.ts';
import type { RequestContext } from './request-context.ts';
import { availableNodes, notFound, type CentralState } from './state.ts';
import { ticketHandlers } from './tickets.ts';
import { listedTopics, numbersOf, shownTopic } from './topics.ts';
import { trashHandlers } from './trash.ts';
import { uploadHandlers } from './uploads.ts';

/** What the central answers to each operation of the contract. */
export function createHandlers(state: CentralState) {
  const { catalog, registry, book, clock, settings, startedAtMs } = state;
  const os = implement(controlContract).$context<RequestContext>();
  const { open, progress, close } = ticketHandlers(state);
  const uploads = uploadHandlers(state);
  const peers = peerHandlers(state);
  const channels = channelHandlers(state);
  const takeHeartbeat = heartbeatHandler(state);
  const { remove, restore, rename } = trashHandlers(state);

  const listed = async (videos: readonly Video[]): Promise<ListedVideo[]> => {
    const details = await catalog.details(videos.map(({ id }) => id));
    return videos.map(video => ({
      ...video,
      nodes: [...video.nodes],
      available: availableNodes(state, video).map(({ number }) => number),
      ...details.get(video.id),
    }));
  };
  const pageOf = async ({ items, next }: { items: readonly Video[]; next: string | undefined }) => ({
    items: await listed(items),
    ...(next !== undefined && { next }),
  });

  return os.router({
    health: os.health.handler(async () => ({
      status: 'ok' as const,
      version: VERSION,
      protocol: PROTOCOL_VERSION,
      uptimeMs: Math.round(clock.now() - startedAtMs),
      ...(await catalog.counts()),
      nodes: registry.all(clock.now()).filter(({ state: nodeState }) => nodeState !== 'down').length,
    })),
    ready: os.ready.handler(async () => {
      // Whatever it is asked will do: who does not answer throws.
      await catalog.findByName('');
      return { status: 'ready' as const };
    }),
    videos: {
      list: os.videos.list.handler(async ({ input }) => pageOf(await catalog.list(input))),
      search: os.videos.search.handler(async ({ input: { q, ...page } }) => pageOf(await catalog.search(q, page))),
      find: os.videos.find.handler(async ({ input: { id, name } }) => {
        const wanted = id ?? name;
        if (wanted === undefined) throw new VideoError('invalid_request', { reason: 'id or name: one is needed' });
        const video = id === undefined ? await catalog.findByName(wanted) : await catalog.findById(id);
        if (video) return (await listed([video]))[0]!;
        throw await notFound(state, wanted);
      }),
      explain: os.videos.explain.handler(async ({ input: { name } }) => {
        const { holders, copies, others, ...explanation } = await explainVideo(state, name);
        return { ...explanation, holders: [...holders], copies: [...copies], others: [...others] };
      }),
      describe: os.videos.describe.handler(async ({ input: { id, title, description } }) => {
        const video = await catalog.findById(id);
        if (!video) throw await notFound(state, id);
        await catalog.putDetails(id, { title, description });
        return (await listed([video]))[0]!;
      }),
      remove: os.videos.remove.handler(async ({ input: { query } }) => ({ removed: [...(await remove(query))] })),
      restore: os.videos.restore.handler(async ({ input }) => (await listed([await restore(input)]))[0]!),
      rename: os.videos.rename.handler(async ({ input }) => (await listed([await rename(input)]))[0]!),
    },
    trash: {
      list: os.trash.list.handler(async ({ input }) => {
        const { items, next } = await catalog.trash(input);
        return { items: [...items], ...(next !== undefined && { next }) };
      }),
    },
    manifests: {
      get: os.manifests.get.handler(async ({ input: { id } }) => {
        const manifest = await catalog.manifest(id);
        if (!manifest) throw new VideoError('not_found', { what: 'manifest' });
        return { ...manifest, partHashes: [...manifest.partHashes] };
      }),
      put: os.manifests.put.handler(async ({ input }) => {
        const { media, ...described } = input;
        await catalog.putManifest(parseManifest(described), clock.date());
        if (media) await catalog.putDetails(input.id, media);
        return { id: input.id };
      }),
    },
    nodes: {
      list: os.nodes.list.handler(async () => ({
        nodes: listedNodes(state),
        replicas: settings.replicas,
        conflicts: (await catalog.conflicts(limits.conflictsShown)).map(conflict => ({ ...conflict, nodes: [...conflict.nodes] })),
      })),
      heartbeat: os.nodes.heartbeat.handler(({ input, context }) => takeHeartbeat(input, context)),
      drain: os.nodes.drain.handler(({ input: { number } }) => drainNode(state, number)),
      retire: os.nodes.retire.handler(({ input: { number } }) => retireNode(state, number)),
      reactivate: os.nodes.reactivate.handler(({ input: { number } }) => reactivateNode(state, number)),
    },
    clients: {
      register: os.clients.register.handler(async ({ input: { name } }) => {
        state.log.info('client.registered', { name });
        return { name, downloads: book.downloadsOf(name) };
      }),
    },
    tickets: {
      open: os.tickets.open.handler(({ input, context }) => open(input, context)),
      progress: os.tickets.progress.handler(({ input, context }) => progress(input, context)),
      close: os.tickets.close.handler(({ input }) => close(input)),
    },
    uploads: {
      open: os.uploads.open.handler(({ input }) => uploads.open(input)),
      replace: os.uploads.replace.handler(({ input }) => uploads.replace(input)),
      find: os.uploads.find.handler(({ input }) => uploads.find(input)),
    },
    peers: {
      join: os.peers.join.handler(({ input, context }) => peers.join(input, context)),
      update: os.peers.update.handler(({ input }) => peers.update(input)),
      leave: os.peers.leave.handler(({ input }) => peers.leave(input)),
      search: os.peers.search.handler(({ input, context }) => peers.search(input, context)),
      report: os.peers.report.handler(({ input }) => peers.report(input)),
    },
    channels: {
      list: os.channels.list.handler(() => channels.list()),
      announce: os.channels.announce.handler(({ input, context }) => channels.announce(input, context)),
      withdraw: os.channels.withdraw.handler(({ input }) => channels.withdraw(input)),
    },
    activity: {
      get: os.activity.get.handler(() => activityOf(state)),
    },
    statistics: {
      get: os.statistics.get.handler(async () => {
        const { videos, clientes, byNode, totals } = book.statistics;
        return { videos, clientes, byNode, totals };
      }),
      series: os.statistics.series.handler(async ({ input: { resolution, sinceMs = 0 } }) => {
        const { slotMs } = seriesShapes[resolution];
        const slots = book.slots(resolution).filter(({ startsAtMs }) => startsAtMs + slotMs > sinceMs);
        return { resolution, slotMs, untilMs: clock.date(), slots: [...slots] };
      }),
      topics: {
        list: os.statistics.topics.list.handler(async () => ({ topics: listedTopics(book.topics.all) })),
        register: os.statistics.topics.register.handler(async ({ input }) => shownTopic(book.topics.register(input.topic, numbersOf(input), clock.date()))),
        get: os.statistics.topics.get.handler(async ({ input }) => shownTopic(book.topics.get(input.topic))),
        reset: os.statistics.topics.reset.handler(async ({ input }) => shownTopic(book.topics.reset(input.topic))),
      },
    },
  });
}
