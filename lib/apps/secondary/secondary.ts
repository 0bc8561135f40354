import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { CloseStack } from '../../base/close.ts';
import type { Clock } from '../../base/clock.ts';
import type { Command } from '../../base/command.ts';
import { Doorbell } from '../../base/doorbell.ts';
import { toVideoError, VideoError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { Random } from '../../base/random.ts';
import { isLoopback } from '../../domain/access.ts';
import { CopyRate } from '../../domain/copy-rate.ts';
import type { FileId } from '../../domain/file.ts';
import { Inventory } from '../../domain/inventory.ts';
import { isSecondaryStatistics } from '../../domain/statistics-guards.ts';
import { openReplicaFolder } from '../../io/files/replica-folder.ts';
import { openMendedFile } from '../../io/files/mended-file.ts';
import { openResumableFile } from '../../io/files/resumable-file.ts';
import { createControlClient } from '../../io/http/control-client.ts';
import { startFileServer } from '../../io/http/file-server.ts';
import { openUploadHandler } from '../../io/http/uploads/upload-handler.ts';
import { openNodeSources } from '../../io/http/node-sources.ts';
import { openTls } from '../../io/http/tls.ts';
import { createMediaProbe } from '../../io/media/probe.ts';
import { processMetrics } from '../../io/processes/process-metrics.ts';
import { keepStatistics, loadStatistics } from '../../io/stats/statistics-file.ts';
import { userAgents } from '../../protocol/data.ts';
import { TokenVerifier } from '../../protocol/token-verifier.ts';
import { VERSION } from '../../protocol/version.ts';
import { Folder } from '../shared-folder/folder.ts';
import { keepHouse } from '../shared-folder/housekeeping.ts';
import { secondaryCommands, type Speech } from './commands.ts';
import { Complaints } from './complaints.ts';
import { damageReport } from './damage-report.ts';
import { Heartbeats, type NodeReport } from './heartbeat.ts';
import { Copies } from './orders.ts';
import { secondaryMetrics } from './metrics.ts';
import { ReplicaOrders } from './replica-orders.ts';
import type { SecondarySettings } from './settings.ts';
import { Scrubber } from './scrubber.ts';
import { ServiceBook } from './statistics.ts';
import { Uploads } from './uploads.ts';

export interface SecondaryOptions {
  readonly log: Log;
  readonly clock: Clock;
  readonly random: Random;
  /** Cuts what is being served as well; disposing lets it end for a while. */
  readonly signal: AbortSignal;
}

export interface RunningSecondary extends AsyncDisposable {
  readonly number: number;
  /** Where it serves. */
  readonly url: string;
  readonly port: number;
  commands(speech: Speech): readonly Command[];
}

const ANY_ADDRESS = new Set(['0.0.0.0', '::']);

/**
 * Starts a secondary: it serves its folder, tells the central what it holds, and copies what it is asked to. It does
 * not wait for the central, nor for files that have still to be read.
 *
 * @throws VideoError `secret_required`, `not_a_directory`, `path_not_writable`, `path_in_use`, `port_in_use`,
 * `address_unavailable`, `listen_denied`, `path_not_readable`, `tls_invalid`; or the signal's reason
 */
export async function startSecondary(settings: SecondarySettings, options: SecondaryOptions): Promise<RunningSecondary> {
  const closing = new CloseStack();
  try {
    return await start(settings, options, closing);
  } catch (error) {
    await closing[Symbol.asyncDispose]();
    throw error;
  }
}

async function start(settings: SecondarySettings, { log, clock, random, signal }: SecondaryOptions, closing: CloseStack) {
  const { number, centralUrls, secret } = settings;
  signal.throwIfAborted();
  if (!isLoopback(settings.ip) && secret === undefined) throw new VideoError('secret_required', { ip: settings.ip });
  const tls = await openTls(settings.tls, { signal });
  const disk = closing.use(await openReplicaFolder(settings.directory, { clock }));
  const { directory, manifests, identity } = disk;
  const book = closing.use(await openBook(settings, { log, clock })).book;
  const doorbell = new Doorbell(clock);
  const inventory = new Inventory(randomUUID());
  const onChange = () => {
    doorbell.ring();
    scrubber.folderChanged();
  };
  const folder: Folder = new Folder(settings, { ...disk, inventory, clock, log, onChange });
  const scrubber: Scrubber = new Scrubber(settings.scrub, {
    ...disk,
    folder,
    store: disk.scrub,
    isBusy: () => server.activeRequests + copies.running.length > 0,
    onNews: () => doorbell.ring(),
    clock,
    log,
  });
  await folder.load();

  const control = closing.use(createControlClient(centralUrls, { secret, ca: tls.ca, log }));
  const rate = new CopyRate(clock);
  const complaints = new Complaints();
  const copies = new Copies({
    central: control.client,
    folder,
    files: disk.files,
    openSink: (manifest, name, signal, damaged) => {
      const paths = { finalPath: disk.pathOf(name), partialPath: disk.incomingPathOf(manifest.id) };
      return damaged ? openMendedFile({ manifest, damaged, ...paths, signal }) : openResumableFile({ manifest, ...paths, isDurable: true, signal });
    },
    openSources: manifest => openNodeSources(manifest, { userAgent: userAgents.node, ca: tls.ca }),
    rate,
    clock,
    random,
    log,
    onCorrupt: (id, source) => complaints.add(id, source),
    onCopied: bytes => book.noteCopied(bytes),
    onFailed: () => book.noteCopyFailed(),
  });
  const verifier = new TokenVerifier(() => clock.date());
  verifier.take(await disk.tokenKeys.load());
  const guard = isLoopback(settings.ip) ? undefined : verifier;
  const uploads = new Uploads({
    store: disk.uploads,
    folder,
    files: disk.files,
    replace: async (file, calling) => void (await control.client.uploads.replace(file, calling)),
    clock,
    log,
  });
  const replicaOrders = new ReplicaOrders({ folder, files: disk.files, manifests, moves: disk.moves, clock, log });
  const server = await startFileServer(settings, folder, {
    log,
    tls: tls.server,
    guard,
    uploads: openUploadHandler(uploads, { guard, log }),
    signal,
    host: settings.host,
    status: {
      health: () => ({ status: 'ok', number, identity, version: VERSION }),
      isReady: () => folder.isListable,
      metrics: async () => [...(await secondaryMetrics(state)), ...(await processMetrics(VERSION))],
      secret: guard && secret,
    },
    onServed: service => book.noteServed(service),
  });
  // Not disposed of, which would cut the answers that are running.
  closing.defer(() => server.close());
  log.info('node.listening', { number, url: server.url, directory });

  const report = async (): Promise<NodeReport> => {
    for (const service of server.requests()) book.noteServing(service);
    const host = settings.host ?? (ANY_ADDRESS.has(settings.ip) ? undefined : settings.ip);
    const space = await disk.files.space();
    return {
      number,
      identity,
      version: VERSION,
      ...(host !== undefined && { host }),
      port: server.port,
      isTls: tls.server !== undefined,
      isGuarded: guard !== undefined,
      ...space,
      files: folder.files.size,
      activeRequests: server.activeRequests,
      copying: [...copies.running],
      receiving: uploads.running.map(({ uploadId, offsetBytes, sizeBytes }) => ({ uploadId, doneBytes: offsetBytes, sizeBytes })),
      ...(settings.zone !== undefined && { zone: settings.zone }),
      isAllRead: folder.isAllRead,
      obeyed: [...replicaOrders.obeyed],
      ...damageReport(folder.damaged.values(), scrubber.results, complaints.open),
    };
  };
  const media = closing.use(createMediaProbe(disk.pathOf));
  const centralUrl = centralUrls.join(', ');
  const heartbeats = new Heartbeats({
    central: control.client,
    centralUrl,
    inventory,
    manifests,
    probe: async (id, signal) => {
      const name = folder.nameOf(id);
      return name === undefined ? undefined : media.probe(name, { signal });
    },
    report,
    onOrders: async (orders, { copyBytesPerSecond }) => {
      rate.set(copyBytesPerSecond);
      // First of all: what comes back from the trash need not be copied.
      await replicaOrders.take(orders);
      copies.take(orders);
      scrubber.take(orders);
    },
    onHeard(told) {
      scrubber.told(told.verified ?? []);
      complaints.told(told.complaints ?? []);
    },
    onTokenKeys: async keys => {
      if (!verifier.take(keys)) return;
      // Without them a restart only has to wait for the central.
      await disk.tokenKeys.save(keys).catch((error: unknown) => log.warn('request.failed', { operation: 'claves.json', reason: toVideoError(error).code }));
    },
    doorbell,
    clock,
    random,
    log,
  });

  const stop = new AbortController();
  const isCopied = (id: FileId) => copies.running.some(copy => copy.id === id);
  const isHeld = (id: FileId) => folder.holds(id) || disk.moves.holds(id);
  const housekeeping = keepHouse({ leftovers: disk.leftovers, isHeld, isCopied, clock, log }, stop.signal);
  const running = [folder.run(stop.signal), heartbeats.run(stop.signal), uploads.run(stop.signal), scrubber.run(stop.signal), housekeeping];
  const loops = Promise.all(running);
  // Heartbeats end before the server drains: a node that is leaving takes no orders and no new clients.
  closing.use(copies);
  closing.defer(async () => {
    stop.abort(new VideoError('cancelled', {}));
    await loops;
  });

  const state = {
    number,
    url: server.url,
    directory,
    centralUrl,
    files: folder.files,
    get central() {
      return heartbeats.central;
    },
    get copies() {
      return copies.running;
    },
    get uploads() {
      return uploads.running;
    },
    get activeRequests() {
      return server.activeRequests;
    },
    get requests() {
      return server.requests();
    },
    get totals() {
      return book.statistics.totals;
    },
    get serving() {
      return book.serving;
    },
    get served() {
      return book.served;
    },
    get clients() {
      return book.statistics.clientes;
    },
    damaged: folder.damaged,
    get scrub() {
      return scrubber.status();
    },
    verify: (name?: string) => scrubber.verify(name),
    date: () => clock.date(),
    freeBytes: async () => (await disk.files.space()).freeBytes,
    space: () => disk.files.space(),
  };
  return {
    number,
    url: server.url,
    port: server.port,
    commands: (speech: Speech) => secondaryCommands(state, speech),
    [Symbol.asyncDispose]: () => closing[Symbol.asyncDispose](),
  };
}

/** `secundarioN.json`, read now and saved while it changes. */
async function openBook({ number, statisticsDirectory, saveStatisticsEveryMs }: SecondarySettings, { log, clock }: Pick<SecondaryOptions, 'log' | 'clock'>) {
  const path = join(statisticsDirectory, `secundario${number}.json`);
  const book = new ServiceBook(number, await loadStatistics(path, isSecondaryStatistics, { log }), clock);
  const keeper = keepStatistics({ path, read: () => book.statistics, everyMs: saveStatisticsEveryMs, clock, log });
  return { book, [Symbol.asyncDispose]: () => keeper[Symbol.asyncDispose]() };
}
