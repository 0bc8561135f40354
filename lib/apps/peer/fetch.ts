import type { Clock } from '../../base/clock.ts';
import { isVideoError, VideoError } from '../../base/errors.ts';
import { Latest } from '../../base/latest.ts';
import type { Random } from '../../base/random.ts';
import { SECOND_MS } from '../../base/units.ts';
import { download } from '../../domain/download/download.ts';
import { PeerCircle, type PeerCirclePorts } from '../../domain/download/peer-circle.ts';
import type { DownloadObserver } from '../../domain/download/progress.ts';
import type { Sink } from '../../domain/download/sink.ts';
import type { Source, SourceFactory } from '../../domain/download/source.ts';
import type { LocalFolder } from '../../domain/local-folder.ts';
import type { Manifest } from '../../domain/manifest.ts';
import { limits } from '../../protocol/limits.ts';
import { observeAll } from '../observe.ts';
import type { Folder } from '../shared-folder/folder.ts';
import { assertRoom } from '../shared-folder/room.ts';
import type { AgreedFile } from './peer-manifests.ts';

export interface FetchPorts {
  readonly folder: Folder;
  readonly files: LocalFolder;
  /** @throws VideoError `output_exists` when the folder has the name */
  readonly openSink: (manifest: Manifest, signal: AbortSignal) => Promise<Sink>;
  readonly openSources: (manifest: Manifest) => SourceFactory;
  readonly openPeerParts: (manifest: Manifest) => Disposable & { readonly ask: PeerCirclePorts['askParts'] };
  readonly clock: Clock;
  readonly random: Random;
}

/** For a useful byte, before a person is told that nobody gives it. */
const PATIENCE_MS = 10 * SECOND_MS;

/**
 * Fetches a file from peers, none of which is believed, into the folder; when it resolves, the folder serves it.
 *
 * @throws VideoError `peers_failed`, `peer_refused`, `part_corrupt`, `output_exists`, `disk_full` …, `cancelled`; what was
 * verified stays for the next time
 */
export async function fetchFile({ manifest, addresses }: AgreedFile, observer: DownloadObserver, ports: FetchPorts, signal: AbortSignal): Promise<void> {
  const { folder, files, clock, random } = ports;
  const { name } = manifest;
  using _reserved = folder.reserve(name);
  {
    await using sink = await ports.openSink(manifest, signal);
    await assertRoom(name, (manifest.partHashes.length - sink.present.size) * manifest.partSizeBytes, files);
    await using sources = ports.openSources(manifest);
    using parts = ports.openPeerParts(manifest);
    const current = new Latest<readonly Source[]>();
    await using circle = new PeerCircle({
      sources,
      partCount: manifest.partHashes.length,
      present: sink.present,
      askParts: parts.ask,
      clock,
      membersMax: limits.peersPerDownload,
      onChange: () => current.set(circle.sources),
    });
    circle.offer(addresses.map(address => ({ address })));
    const { error } = await download(manifest, current, sink, { clock, random, signal, observer: observeAll(observer, circle.observer), patienceMs: PATIENCE_MS });
    current.end();
    if (error) throw reasonOf(error, name, addresses);
  }
  await folder.adopt(name, manifest);
}

/** In words of peers. */
function reasonOf(error: VideoError, name: string, peers: readonly string[]): VideoError {
  if (error.code !== 'no_sources') return error;
  const { cause } = error;
  const hasRefused = isVideoError(cause, 'source_refused') && cause.facts.status === 403;
  if (hasRefused && peers.length === 1) return new VideoError('peer_refused', { peer: peers[0]! }, { cause });
  return new VideoError('peers_failed', { name, peers }, { cause });
}
