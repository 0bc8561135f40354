import type { Clock } from '../../base/clock.ts';
import { VideoError } from '../../base/errors.ts';
import type { Latest } from '../../base/latest.ts';
import type { Log } from '../../base/log.ts';
import type { Random } from '../../base/random.ts';
import { SECOND_MS } from '../../base/units.ts';
import type { CopyRate } from '../../domain/copy-rate.ts';
import type { DamagedFile } from '../../domain/damaged-file.ts';
import { download } from '../../domain/download/download.ts';
import { lackingSource } from '../../domain/download/lacking-source.ts';
import { limitSources } from '../../domain/download/limited-sources.ts';
import { nodeSourceId } from '../../domain/download/node-source-id.ts';
import type { Sink } from '../../domain/download/sink.ts';
import type { SourceFactory } from '../../domain/download/source.ts';
import type { FileId } from '../../domain/file.ts';
import type { LocalFolder } from '../../domain/local-folder.ts';
import { parseManifest, type Manifest } from '../../domain/manifest.ts';
import type { ControlClient, Order, SourceAddress } from '../../protocol/control.ts';
import type { Folder } from '../shared-folder/folder.ts';
import { assertRoom } from '../shared-folder/room.ts';

export type CopyOrder = Extract<Order, { type: 'copy' }>;

export interface CopyPorts {
  readonly central: ControlClient;
  readonly folder: Folder;
  readonly files: LocalFolder;
  /** With a damaged file: a sink that has its good parts already, and takes its place. */
  readonly openSink: (manifest: Manifest, name: string, signal: AbortSignal, damaged?: DamagedFile) => Promise<Sink>;
  /** A source sent a part of the file that is not right. */
  readonly onCorrupt?: (id: FileId, sourceId: string) => void;
  readonly openSources: (manifest: Manifest) => SourceFactory;
  readonly rate: CopyRate;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

export interface CopyOptions {
  readonly addresses: Latest<readonly SourceAddress[]>;
  readonly onProgress: (doneBytes: number) => void;
  /** What other running copies have still to write. */
  readonly promisedBytes: () => number;
  readonly signal: AbortSignal;
  /** What stands under the name, when it is this very file with bad parts: the copy takes its place. */
  readonly damaged?: DamagedFile | undefined;
}

/** Silence after which a copy gives its place to another; what arrived is kept for when it is ordered again. */
const PATIENCE_MS = 20 * SECOND_MS;

/**
 * False while a file of this name waits to be read: it may be the very one.
 *
 * @throws VideoError `output_exists` when the name stands for something else, which is never replaced
 */
export async function isNameFree(name: string, { folder, files }: Pick<CopyPorts, 'folder' | 'files'>): Promise<boolean> {
  if (!(await files.isTaken(name))) return true;
  const isWaiting = !folder.files.has(name) && (await files.stampOf(name)) !== undefined;
  if (isWaiting) return false;
  throw new VideoError('output_exists', { path: name });
}

/**
 * Copies one file from other nodes into the folder; when it resolves, the folder serves and announces it. Of one that is
 * there with bad parts only these are fetched, and it stays as it is until a whole one takes its place. Tells the bytes
 * that came over the network.
 *
 * @throws VideoError `no_sources`, `disk_full`, `output_exists`, `invalid_manifest`, `central_unreachable` …; what
 * was verified before stays for the next time
 */
export async function copyFile(order: CopyOrder, ports: CopyPorts, options: CopyOptions): Promise<number> {
  const { signal } = options;
  const manifest = parseManifest(await ports.central.manifests.get({ id: order.id }, { signal }));
  if (manifest.id !== order.id) throw new VideoError('invalid_manifest', { reason: 'id' });
  const receivedBytes = await fetchFile(order, manifest, ports, options);
  await ports.folder.adopt(order.name, manifest);
  return receivedBytes;
}

async function fetchFile(order: CopyOrder, manifest: Manifest, ports: CopyPorts, options: CopyOptions): Promise<number> {
  const { clock, random, log, rate } = ports;
  const { addresses, onProgress, promisedBytes, signal, damaged } = options;
  const { name, sizeBytes } = order;
  // The good parts are copied as the sink is opened.
  if (damaged) await assertRoom(name, manifest.sizeBytes + promisedBytes(), ports.files);
  await using sink = await ports.openSink(manifest, name, signal, damaged);
  const unlimited = ports.openSources(manifest);
  // Limited sources are asked part by part, which costs something where there is no limit.
  await using sources = rate.bytesPerSecond === undefined ? unlimited : limitSources(unlimited, manifest, rate);
  const missingBytes = (manifest.partHashes.length - sink.present.size) * manifest.partSizeBytes;
  await assertRoom(name, missingBytes + promisedBytes(), ports.files);
  log.info('copy.started', { name, sizeBytes, sources: order.sources.map(({ node }) => nodeSourceId(node)) });
  const { error, receivedBytes } = await download(manifest, sourcesFrom(addresses, sources), sink, {
    clock,
    random,
    signal,
    patienceMs: PATIENCE_MS,
    observer: {
      onProgress: ({ doneBytes }) => onProgress(doneBytes),
      onSourceFailed: (source, { code }, parts) => log.debug('source.failed', { source, reason: code, parts }),
      onPartCorrupt(source, part) {
        log.warn('source.corrupt', { source, part });
        ports.onCorrupt?.(manifest.id, source);
      },
    },
  });
  if (error) throw error;
  return receivedBytes;
}

async function* sourcesFrom(addresses: Latest<readonly SourceAddress[]>, factory: SourceFactory) {
  for await (const current of addresses) {
    yield current.map(({ node, url, token, badParts }) => lackingSource(factory.source(nodeSourceId(node), url, token), badParts));
  }
}
