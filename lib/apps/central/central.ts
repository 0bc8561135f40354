import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { CloseStack } from '../../base/close.ts';
import type { Clock } from '../../base/clock.ts';
import type { Command } from '../../base/command.ts';
import { VideoError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { SECOND_MS } from '../../base/units.ts';
import { isLoopback } from '../../domain/access.ts';
import { Admission } from '../../domain/admission.ts';
import { NodeRegistry } from '../../domain/node-registry.ts';
import { Replication } from '../../domain/replication.ts';
import { isCentralStatistics } from '../../domain/statistics-guards.ts';
import { openCatalog } from '../../io/catalog/open.ts';
import { openSecret } from '../../io/files/secret-file.ts';
import { startControlServer } from '../../io/http/control-server.ts';
import { reachNode } from '../../io/http/reach-node.ts';
import { keepStatistics, loadStatistics } from '../../io/stats/statistics-file.ts';
import { limits } from '../../protocol/limits.ts';
import { centralCommands, type Reader } from './commands.ts';
import { createHandlers } from './handlers.ts';
import { runLoops } from './loops.ts';
import { createOffers } from './offers.ts';
import { RepairDuty } from './repair-duty.ts';
import type { CentralSettings } from './settings.ts';
import { SharedNodes } from './shared-nodes.ts';
import type { CentralState } from './state.ts';
import { DownloadBook } from './statistics.ts';

export interface CentralOptions {
  readonly log: Log;
  readonly clock: Clock;
}

export interface RunningCentral extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** What secondaries have to be given; undefined where only this machine can ask. */
  readonly secret: string | undefined;
  commands(reader: Reader): readonly Command[];
}

const COPY_PATIENCE_MS = 30 * SECOND_MS;
const COPY_PAUSE_MS = 60 * SECOND_MS;

/**
 * Starts a central on its catalogue. It answers at once; what nodes hold it learns from their heartbeats.
 *
 * @throws VideoError `port_in_use`, `address_unavailable`, `listen_denied`, `catalog_unavailable`, `catalog_too_new`, `catalog_unfinished`,
 * `path_not_writable`
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

async function start(settings: CentralSettings, { log, clock }: CentralOptions, closing: CloseStack): Promise<RunningCentral> {
  const startedAtMs = clock.now();
  const secret = isLoopback(settings.ip) ? undefined : await openSecret(join(settings.dataDirectory, 'secreto'), { log });
  const catalog = closing.use(await openCatalog(settings.databaseUrl));
  const registry = new NodeRegistry(startedAtMs, settings.failureDetector);
  for (const node of await catalog.nodes()) registry.remember(node);

  const path = join(settings.statisticsDirectory, 'central.json');
  const book = new DownloadBook(await loadStatistics(path, isCentralStatistics, { log }), clock);
  closing.use(keepStatistics({ path, read: () => book.statistics, everyMs: settings.saveStatisticsEveryMs, clock, log }));

  const replication = new Replication({ copiesPerNode: limits.copiesPerNode, patienceMs: COPY_PATIENCE_MS, pauseMs: COPY_PAUSE_MS });
  const runId = randomUUID();
  const duty = closing.use(new RepairDuty({ leases: catalog.leases, replication, clock, holder: runId, leaseMs: settings.repairLeaseMs }));

  const stop = new AbortController();
  const stopNow = () => stop.abort(new VideoError('cancelled', {}));
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
    duty,
    sharedNodes: new SharedNodes(runId),
    book,
    clock,
    log,
    startedAtMs,
    secret,
    reachNode: node => reachNode(node, { signal: stop.signal }),
  };

  const loops = runLoops(state, stop.signal);
  closing.defer(() => loops);
  closing.defer(stopNow);
  const server = closing.use(await startControlServer(settings, createHandlers(state), { log, offers: createOffers(state), publicNames: settings.publicNames }));
  // Before the server is closed: an answer that waits for a node would hold it up.
  closing.defer(stopNow);
  log.info('central.listening', { url: server.url });
  return {
    url: server.url,
    port: server.port,
    secret,
    commands: (reader: Reader) => centralCommands(state, reader),
    [Symbol.asyncDispose]: () => closing[Symbol.asyncDispose](),
  };
}
