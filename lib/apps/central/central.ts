import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { join } from 'node:path';
import { CloseStack } from '../../base/close.ts';
import type { Clock } from '../../base/clock.ts';
import type { Command } from '../../base/command.ts';
import { VideoError } from '../../base/errors.ts';
import { teeLogs, type Log } from '../../base/log.ts';
import { systemRandom } from '../../base/random.ts';
import { SECOND_MS } from '../../base/units.ts';
import { isLoopback } from '../../domain/access.ts';
import { Admission } from '../../domain/admission.ts';
import { Damage } from '../../domain/damage.ts';
import { EventFeed } from '../../domain/event-feed.ts';
import { HotFiles } from '../../domain/hot-files.ts';
import { ChannelRegistry } from '../../domain/live/channel-registry.ts';
import type { OpenLinks } from '../../domain/live/member-links.ts';
import { ROOT } from '../../domain/live/stream.ts';
import { NodeRegistry } from '../../domain/node-registry.ts';
import { PeerRegistry } from '../../domain/peer-registry.ts';
import { Replication } from '../../domain/replication.ts';
import { Returns } from '../../domain/returns.ts';
import { roleSecrets } from '../../domain/roles.ts';
import { isCentralStatistics } from '../../domain/statistics-guards.ts';
import { Surplus } from '../../domain/surplus.ts';
import { UploadPlaces } from '../../domain/upload-places.ts';
import { Verifications } from '../../domain/verifications.ts';
import { lockCatalog } from '../../io/catalog/catalog-lock.ts';
import { openCatalog } from '../../io/catalog/open.ts';
import { PartSpool } from '../../io/files/part-spool.ts';
import { openSecret } from '../../io/files/secret-file.ts';
import { loadTokenKeys, makeTokenKey, saveTokenKeys } from '../../io/files/token-key-file.ts';
import { startControlServer } from '../../io/http/control-server.ts';
import { openNodeSources, openSharedLane } from '../../io/http/node-sources.ts';
import { openPageFiles } from '../../io/http/page-files.ts';
import { inspectPeer } from '../../io/http/inspect-peer.ts';
import { reachNode } from '../../io/http/reach-node.ts';
import { reachPeer } from '../../io/http/reach-peer.ts';
import { relayUpload } from '../../io/http/uploads/relay.ts';
import { openTls } from '../../io/http/tls.ts';
import { createRemuxer } from '../../io/media/remuxer.ts';
import { collectGarbage } from '../../io/processes/collect-garbage.ts';
import { processMetrics } from '../../io/processes/process-metrics.ts';
import { RelayLinks } from '../../io/tcp/relay-links.ts';
import { keepStatistics, loadStatistics } from '../../io/stats/statistics-file.ts';
import { userAgents } from '../../protocol/data.ts';
import { limits } from '../../protocol/limits.ts';
import { VERSION } from '../../protocol/version.ts';
import { watchByRelay } from '../live/watch/relay-watching.ts';
import { ChannelViewers } from './channel-viewers.ts';
import { centralCommands, type Reader } from './commands.ts';
import { createGateway } from './gateway.ts';
import { createHandlers } from './handlers.ts';
import { LackingFiles } from './lacking-files.ts';
import { readLibrary } from './library.ts';
import { runLoops } from './loops.ts';
import { centralMetrics } from './metrics.ts';
import { createOffers } from './offers.ts';
import { OwnTokens } from './own-tokens.ts';
import { PeerInspections } from './peer-inspections.ts';
import { peerTokenFor } from './peers.ts';
import { RepairDuty } from './repair-duty.ts';
import { censusOf } from './repairs.ts';
import type { CentralSettings } from './settings.ts';
import { SharedNodes } from './shared-nodes.ts';
import type { CentralState } from './state.ts';
import { DownloadBook } from './statistics.ts';
import { TokenMint } from './token-mint.ts';
import { createUploadRelay } from './upload-relay.ts';
import { createFormUploads } from './uploads.ts';

export interface CentralOptions {
  readonly log: Log;
  readonly clock: Clock;
}

export interface RunningCentral extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Of the admin, who may do everything; undefined where only this machine can ask. */
  readonly secret: string | undefined;
  commands(reader: Reader): readonly Command[];
}

const COPY_PATIENCE_MS = 30 * SECOND_MS;
const COPY_PAUSE_MS = 60 * SECOND_MS;
/** A heartbeat may be a little late. */
const FRESH_HEARTBEATS = 1.5;

/**
 * Starts a central on its catalogue. It answers at once; what nodes hold it learns from their heartbeats.
 *
 * @throws VideoError `port_in_use`, `address_unavailable`, `listen_denied`, `catalog_unavailable`, `catalog_too_new`,
 * `catalog_unfinished`, `path_in_use`, `path_not_writable`, `path_not_readable`, `tls_invalid`
 */
export async function startCentral(settings: CentralSettings, options: CentralOptions): Promise<RunningCentral> {
  const closing = new CloseStack();
  try {
    return await start(settings, options, closing);
  } catch (error) {
    await closing[Symbol.asyncDispose]();
    throw error;
  }
}

async function start(settings: CentralSettings, { log: ownLog, clock }: CentralOptions, closing: CloseStack): Promise<RunningCentral> {
  const startedAtMs = clock.now();
  const runId = randomUUID();
  const events = new EventFeed({ runId, keptMax: limits.eventsKept, listenersMax: limits.eventListeners, date: () => clock.date() });
  const log = teeLogs(ownLog, events.log);
  const tls = await openTls(settings.tls);
  // Told at the console alone.
  const secret = isLoopback(settings.ip) ? undefined : await openSecret(join(settings.dataDirectory, 'secreto'), { log: ownLog });
  const access = secret === undefined ? undefined : { secrets: roleSecrets(secret), isReadingOpen: settings.isReadingOpen };
  const keysPath = join(settings.dataDirectory, 'claves.json');
  const mint = await TokenMint.open({
    load: () => loadTokenKeys(keysPath),
    save: keys => saveTokenKeys(keysPath, keys),
    makeKey: makeTokenKey,
    clock,
    log,
  });
  closing.use(await lockCatalog(settings.databaseUrl));
  const catalog = closing.use(await openCatalog(settings.databaseUrl));
  const registry = new NodeRegistry(startedAtMs, settings.failureDetector);
  for (const node of await catalog.nodes()) registry.remember(node);

  const path = join(settings.statisticsDirectory, 'central.json');
  const book = new DownloadBook(await loadStatistics(path, isCentralStatistics, { log }), clock);
  closing.use(keepStatistics({ path, read: () => book.statistics, everyMs: settings.saveStatisticsEveryMs, clock, log }));

  const replication = new Replication({
    copiesPerNode: limits.copiesPerNode,
    ordersPerNode: limits.ordersPerNode,
    aheadBytes: Math.min(limits.orderedAheadBytes, ((settings.repairBytesPerSecond ?? Infinity) * limits.orderedAheadMs) / SECOND_MS),
    patienceMs: COPY_PATIENCE_MS,
    pauseMs: COPY_PAUSE_MS,
  });
  const surplus = new Surplus({ graceMs: settings.surplusGraceMs, freshMs: FRESH_HEARTBEATS * settings.heartbeatEveryMs });
  const duty = closing.use(new RepairDuty({ leases: catalog.leases, replication, surplus, clock, holder: runId, leaseMs: settings.repairLeaseMs }));

  const stop = new AbortController();
  // Each peer that is being reached is one.
  setMaxListeners(0, stop.signal);
  const stopNow = () => stop.abort(new VideoError('cancelled', {}));
  const peers = new PeerRegistry({
    leaseMs: settings.peerLeaseMs,
    peersMax: limits.peersMax,
    namesMax: limits.peerNamesMax,
    filesPerPeerMax: limits.peerFilesMax,
  });
  const inspections = new PeerInspections({
    peers,
    catalog,
    inspectPeer: (peer, { signal }) => inspectPeer(peer, { random: systemRandom, signal }),
    tokenFor: file => peerTokenFor({ access, mint }, file),
    clock,
    log,
    signal: stop.signal,
  });
  const state: CentralState = {
    settings,
    catalog,
    registry,
    admission: new Admission(startedAtMs, {
      maxRunning: settings.maxDownloads,
      maxWaiting: limits.waitingTickets,
      leaseMs: settings.ticketLeaseMs,
      resumeWithinMs: limits.ticketResumeWithinMs,
    }),
    replication,
    returns: new Returns(COPY_PATIENCE_MS),
    surplus,
    lacking: new LackingFiles({ catalog, census: () => censusOf(state), clock }),
    duty,
    sharedNodes: new SharedNodes(runId),
    hotFiles: new HotFiles(
      { windowMs: limits.hotFileWindowMs, downloads: limits.hotFileDownloads, extraMax: limits.hotFileExtraReplicas },
      startedAtMs,
    ),
    uploadPlaces: new UploadPlaces(limits.uploadPlaceMs),
    damage: new Damage(),
    verifications: new Verifications(),
    peers,
    inspections,
    channels: new ChannelRegistry({ leaseMs: limits.channelLeaseMs, channelsMax: limits.channelsMax }),
    book,
    clock,
    log,
    startedAtMs,
    access,
    mint,
    reachNode: node => reachNode(node, { ca: tls.ca, signal: stop.signal }),
    collectGarbage,
    reachPeer: peer => reachPeer(peer, { signal: stop.signal }),
  };

  const loops = runLoops(state, stop.signal);
  closing.defer(() => inspections.settled());
  closing.defer(() => loops);
  closing.defer(stopNow);
  const uploads = createFormUploads(state, { relay: upload => relayUpload({ ...upload, ca: tls.ca }) });
  const lane = closing.use(openSharedLane());
  const files = createGateway(state, {
    openSources: manifest => openNodeSources(manifest, { userAgent: userAgents.central, ca: tls.ca, lane }),
    spool: closing.use(new PartSpool(settings.dataDirectory)),
    random: systemRandom,
  });
  const channels = closing.use(
    new ChannelViewers(
      { watchedMax: limits.channelsWatched, unwatchedMs: limits.channelUnwatchedMs },
      {
        channels: state.channels,
        clock,
        async openScreen({ channel }, slot) {
          // What makes pieces is read only by a central that is asked for them.
          const { openLiveScreen } = await import('../../io/live/live-screen.ts');
          const directory = join(settings.dataDirectory, 'canales', String(slot));
          return openLiveScreen({ directory, channel, clock, log, delayMs: limits.channelDelayMs, maxBytes: limits.channelShelfBytes, cacheBytes: limits.channelPiecesBytes, signal: stop.signal });
        },
        watch({ channel, host, relayPort }, told) {
          const root = { id: ROOT, address: { host, port: relayPort } };
          const swarm = { clock, random: systemRandom, openLinks: (links: Parameters<OpenLinks>[0]) => new RelayLinks({ ...links, channel }) };
          return watchByRelay({ channel, root, retransmissions: 0, listenPort: 0, log, ...told }, swarm);
        },
      },
    ),
  );
  const metrics = async () => [...(await centralMetrics(state)), ...(await processMetrics(VERSION))];
  const own = new OwnTokens(mint, clock);
  const served = {
    offers: createOffers(state),
    streams: { files, remuxer: createRemuxer({ runningMax: limits.remuxes }) },
    channels,
    library: () => readLibrary(state),
    uploads,
    relay: createUploadRelay(state, { ca: tls.ca }),
    page: openPageFiles(),
    statistics: () => book.statistics,
    metrics,
    events,
  };
  const server = closing.use(
    await startControlServer(settings, createHandlers(state), { log, ...served, access, sessions: own, tokens: own, tls: tls.server, publicNames: settings.publicNames }),
  );
  // Before the server is closed: an answer that waits for a node would hold it up.
  closing.defer(stopNow);
  log.info('central.listening', { url: server.url });
  if (settings.isAnnounced) await announce({ ip: settings.ip, port: server.port }, { clock, log }, closing);
  return {
    url: server.url,
    port: server.port,
    secret,
    commands: (reader: Reader) => centralCommands(state, reader),
    [Symbol.asyncDispose]: () => closing[Symbol.asyncDispose](),
  };
}

/** What speaks mDNS is read only by a central that is announced. */
async function announce(place: { readonly ip: string; readonly port: number }, options: CentralOptions, closing: CloseStack): Promise<void> {
  const { announceCentral } = await import('../../io/central-directory/announcement.ts');
  closing.use(await announceCentral(place, options));
}
