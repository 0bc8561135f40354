import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { VideoError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { Random } from '../../base/random.ts';
import { download, type DownloadResult } from '../../domain/download/download.ts';
import { nodeOfSource } from '../../domain/download/node-source-id.ts';
import type { PartOrder } from '../../domain/download/part-choice.ts';
import type { OpenPlayerServer } from '../../domain/download/player-server.ts';
import type { DownloadObserver } from '../../domain/download/progress.ts';
import type { Sink } from '../../domain/download/sink.ts';
import type { ExpectedRates } from '../../domain/download/source-history.ts';
import type { SourceFactory } from '../../domain/download/source.ts';
import { parseManifest, type Manifest } from '../../domain/manifest.ts';
import type { DownloadRecord } from '../../domain/statistics.ts';
import type { ControlClient, GivenByNode, SourceProblem } from '../../protocol/control.ts';
import { limits } from '../../protocol/limits.ts';
import { observeAll } from '../observe.ts';
import type { PeerReports } from '../peer-reports.ts';
import { recordOf } from './download-record.ts';
import { OfferedSources, type OfferedSourcesPorts } from './offered-sources.ts';
import { TicketLine, type GrantedTicket, type Report } from './ticket-line.ts';

export interface GetPorts {
  readonly control: ControlClient;
  /** As people know the central. */
  readonly centralUrl: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** @throws VideoError `output_exists` */
  readonly assertFree: (finalPath: string) => Promise<void>;
  readonly openSink: (manifest: Manifest, finalPath: string, signal: AbortSignal) => Promise<Sink>;
  readonly openSources: (manifest: Manifest) => SourceFactory;
  readonly openPeerParts: (manifest: Manifest) => Disposable & { readonly ask: OfferedSourcesPorts['askParts'] };
  readonly reports: PeerReports;
  readonly ownAddress: OfferedSourcesPorts['ownAddress'];
  /** Who shares what comes wants what others lack. */
  readonly partOrder?: PartOrder | undefined;
}

export interface GetOptions {
  readonly clientName: string;
  readonly directory: string;
  /** Instead of the video's name inside `directory`. */
  readonly outputPath?: string | undefined;
  readonly observer?: DownloadObserver | undefined;
  /** The place in the central's waiting list, whenever it moves. */
  readonly onWaiting?: ((position: number) => void) | undefined;
  readonly patienceMs?: number | undefined;
  readonly expectedRates?: ExpectedRates | undefined;
  /** Somebody plays it while it comes. */
  readonly openPlayerServer?: OpenPlayerServer | undefined;
  readonly signal: AbortSignal;
}

/** How a download that began ended; `error` says why it is not `done`. */
export interface GetResult {
  readonly record: DownloadRecord;
  readonly error?: VideoError;
}

/**
 * Fetches a video from all the secondaries that hold it: ticket → manifest → parts → verified file.
 *
 * @throws VideoError when it could not begin: `file_not_found`, `no_sources`, `central_unreachable`, `output_exists`,
 * `path_in_use`, `path_not_writable` …, `cancelled`
 */
export async function getVideo(name: string, options: GetOptions, ports: GetPorts): Promise<GetResult> {
  const { control, centralUrl, clock, random, log } = ports;
  const { clientName, signal } = options;
  const startedAt = new Date(clock.date()).toISOString();
  const startedAtMs = clock.now();
  const pathOf = (fileName: string) => options.outputPath ?? join(options.directory, fileName);
  // Before a turn is taken, which the central would count as a download that failed.
  await ports.assertFree(pathOf(name));
  const line = await TicketLine.open(name, { control, clientName, centralUrl, clock, log, signal });
  let result: DownloadResult | undefined;
  let watch: ReturnType<typeof watchDownload> | undefined;
  try {
    const ticket = await line.granted(options.onWaiting);
    assertOthersHaveIt(ticket, ports.ownAddress());
    const waitedMs = clock.now() - startedAtMs;
    const manifest = parseManifest(await control.manifests.get({ id: ticket.id }, { signal }));
    const path = pathOf(ticket.name);
    await using sink = await ports.openSink({ ...manifest, name: ticket.name }, path, signal);
    await using sources = ports.openSources(manifest);
    using peerParts = ports.openPeerParts(manifest);
    await using offered = new OfferedSources({ sources, partCount: manifest.partHashes.length, present: sink.present, askParts: peerParts.ask, ownAddress: ports.ownAddress, clock });
    const player = await options.openPlayerServer?.(manifest, path, sink.present);
    const observers = [options.observer ?? {}, offered.observer, ports.reports.of(ticket).observer, ...(player ? [{ onPartKept: (part: number) => player.partKept(part) }] : [])];
    watch = watchDownload(observeAll(...observers));
    result = await download(manifest, offered.feed(line.offers(watch.report)), sink, {
      clock,
      random,
      signal,
      observer: watch.observer,
      urgentParts: player?.urgentParts,
      partOrder: ports.partOrder,
      expectedRates: options.expectedRates,
      ...(options.patienceMs !== undefined && { patienceMs: options.patienceMs }),
    });
    player?.ended();
    const error = result.error && describe(result.error, name, result);
    const record = recordOf({ plan: manifest, name: ticket.name, path, startedAt, waitedMs, elapsedMs: clock.now() - startedAtMs }, result);
    return { record, ...(error && { error }) };
  } finally {
    const elapsedMs = clock.now() - startedAtMs;
    const outcome = result?.outcome ?? (signal.aborted ? 'cancelled' : 'failed');
    await line.close({ outcome, elapsedMs, receivedBytes: result?.receivedBytes ?? 0, sources: givenByNodes(result) }, watch?.report());
  }
}

/** The central refuses what nobody has, and does not know who asks. */
function assertOthersHaveIt({ name, sources, peers = [] }: GrantedTicket, ownAddress: string | undefined): void {
  const isOwnAlone = sources.length === 0 && peers.length > 0 && peers.every(({ address }) => address === ownAddress);
  if (isOwnAlone) throw new VideoError('no_sources', { name, nodes: [] });
}

/** What the central counts by secondary; those that were only asked in vain included. */
function givenByNodes(result: DownloadResult | undefined): GivenByNode[] {
  const given = (result?.sources ?? []).flatMap(({ id, bytes, failures, reassignedParts, hashFailures }) => {
    const node = nodeOfSource(id);
    return node === undefined ? [] : [{ node, bytes, failures, reassignedParts, hashFailures }];
  });
  return given.slice(0, limits.sourcesReported);
}

/** Listens beside the caller's observer, for what the central is told. */
function watchDownload(observer: DownloadObserver) {
  let doneBytes = 0;
  let problems: SourceProblem[] = [];
  const addProblem = (sourceId: string, kind: SourceProblem['kind'], part?: number) => {
    const node = nodeOfSource(sourceId);
    if (node !== undefined) problems.push({ node, kind, ...(part !== undefined && { part }) });
  };
  const watching: DownloadObserver = {
    ...observer,
    onProgress(progress) {
      doneBytes = progress.doneBytes;
      observer.onProgress?.(progress);
    },
    onSourceFailed(sourceId, error, parts) {
      addProblem(sourceId, problemOf(error));
      observer.onSourceFailed?.(sourceId, error, parts);
    },
    onPartCorrupt(sourceId, part) {
      addProblem(sourceId, 'corrupt', part);
      observer.onPartCorrupt?.(sourceId, part);
    },
  };
  const report = (): Report => {
    const told = problems.slice(0, 100);
    problems = [];
    return { doneBytes, problems: told };
  };
  return { observer: watching, report };
}

function problemOf(error: VideoError): SourceProblem['kind'] {
  if (error.code === 'source_stalled') return 'stalled';
  return error.code === 'source_unreachable' ? 'unreachable' : 'protocol';
}

function describe(error: VideoError, name: string, result: DownloadResult): VideoError {
  if (error.code !== 'no_sources') return error;
  const nodes = result.sources.flatMap(({ id }) => nodeOfSource(id) ?? []);
  return new VideoError('no_sources', { name, nodes }, { cause: error });
}
