import pLimit from 'p-limit';
import type { Clock } from '../../base/clock.ts';
import { isVideoError, VideoError } from '../../base/errors.ts';
import { MINUTE_MS, SECOND_MS } from '../../base/units.ts';
import type { Manifest } from '../../domain/manifest.ts';
import { limits } from '../../protocol/limits.ts';

/** A peer that was found. */
export interface FoundPeer {
  /** `IP:PORT`. */
  readonly address: string;
  /** As the central was told; absent while the peer reads the file. */
  readonly id?: string | undefined;
  readonly sizeBytes?: number | undefined;
}

export interface ManifestPorts {
  /** @throws VideoError `source_refused` with status 503 while the peer still reads the file, and others */
  readonly fetchManifest: (address: string, name: string, options: { readonly signal: AbortSignal }) => Promise<Manifest>;
  readonly clock: Clock;
  /** Told of each peer that did not say what it has. */
  readonly onFailure?: (address: string, error: VideoError) => void;
}

/** Peers that give the same bytes. */
export interface AgreedFile {
  readonly manifest: Manifest;
  readonly addresses: readonly string[];
}

const ASKED_AT_ONCE = 8;
/** A file of 100 GB is read in less on a fast disk; who waits longer asks again. */
const READING_PATIENCE_MS = 5 * MINUTE_MS;

/**
 * What one chosen peer has under the name; waits while it still reads the file.
 *
 * @throws VideoError why it has nothing for us, `invalid_manifest` when it is not what it announced; or the signal's reason
 */
export async function manifestOf(peer: FoundPeer, name: string, ports: ManifestPorts, signal: AbortSignal): Promise<AgreedFile> {
  const { clock } = ports;
  const giveUpAtMs = clock.now() + READING_PATIENCE_MS;
  for (;;) {
    try {
      return await askOnce(peer, name, ports, signal);
    } catch (error) {
      if (!isReading(error) || clock.now() >= giveUpAtMs) throw error;
      await clock.sleep(error.facts.retryAfterMs ?? SECOND_MS, { signal });
    }
  }
}

/**
 * What all that were found have under the name, which has to be the same; those that cannot say so now are left out. Those
 * that still read theirs may be asked for its parts already: what they have turns out to be the same, or they have nothing.
 *
 * @throws VideoError `contents_differ`; why the first of them has nothing, when none has; or the signal's reason
 */
export async function agreedManifest(found: readonly FoundPeer[], name: string, ports: ManifestPorts, signal: AbortSignal): Promise<AgreedFile> {
  const inTurn = pLimit(ASKED_AT_ONCE);
  const asked = found.slice(0, limits.peersPerDownload);
  const answers = await Promise.allSettled(asked.map(peer => inTurn(() => askOnce(peer, name, ports, signal))));
  signal.throwIfAborted();
  const files = answers.flatMap(answer => (answer.status === 'fulfilled' ? [answer.value] : []));
  const reading = asked.filter((_peer, index) => isReading(reasonOf(answers[index]!)));
  const [first] = files;
  if (!first && reading[0]) return manifestOf(reading[0], name, ports, signal);
  if (!first) throw answers.map(reasonOf).find(reason => reason !== undefined) ?? new VideoError('peers_failed', { name, peers: [] });
  const contents = new Set(files.map(({ manifest }) => manifest.id));
  if (contents.size > 1) throw new VideoError('contents_differ', { name, contents: contents.size });
  return { manifest: first.manifest, addresses: [...files.flatMap(({ addresses }) => addresses), ...reading.map(({ address }) => address)] };
}

function reasonOf(answer: PromiseSettledResult<unknown>): unknown {
  return answer.status === 'rejected' ? answer.reason : undefined;
}

async function askOnce({ address, id }: FoundPeer, name: string, { fetchManifest, onFailure }: ManifestPorts, signal: AbortSignal): Promise<AgreedFile> {
  try {
    const manifest = await fetchManifest(address, name, { signal });
    if (id !== undefined && manifest.id !== id) throw new VideoError('invalid_manifest', { reason: 'id' });
    return { manifest, addresses: [address] };
  } catch (error) {
    if (isVideoError(error)) onFailure?.(address, error);
    throw error;
  }
}

function isReading(error: unknown): error is VideoError<'source_refused'> {
  return isVideoError(error, 'source_refused') && error.facts.status === 503;
}
