import { isVideoError, type VideoError } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import { partCountOf, partSizeFor, type Manifest } from '../../domain/manifest.ts';
import type { Finding, InspectedPeer } from '../../domain/peer-inspection.ts';
import { userAgents } from '../../protocol/data.ts';
import { limits } from '../../protocol/limits.ts';
import { openNodeSources } from './node-sources.ts';
import { fetchPeerManifest } from './peer-manifest.ts';
import { fetchHeldParts } from './peer-parts.ts';
import { reachPeer } from './reach-peer.ts';
import { readTimedPart } from './timed-part.ts';

export interface InspectionOptions {
  readonly random: Random;
  readonly signal: AbortSignal;
  readonly silenceMs?: number;
  readonly wholeMs?: number;
}

/**
 * Asks a peer for what it announces, in the order in which who downloads does: whether it is there, what the file is, which
 * parts it has, and one of them, all of which has to be right. Rejects with the signal's reason only.
 */
export async function inspectPeer(peer: InspectedPeer, options: InspectionOptions): Promise<Finding> {
  const { signal } = options;
  const reach = await reachPeer(peer, { signal });
  if (reach !== 'reached') return reach === 'somebody_else' ? reach : 'unreachable';
  const { sizeBytes = 0 } = peer;
  if (partCountOf(sizeBytes, partSizeFor(sizeBytes)) > limits.peerInspectionPartsMax) return 'unclear';
  try {
    return await inspectFile(peer, options);
  } catch (error) {
    signal.throwIfAborted();
    if (!isVideoError(error)) throw error;
    return findingOf(error, peer);
  }
}

async function inspectFile(peer: InspectedPeer, options: InspectionOptions): Promise<Finding> {
  const { address, name, id, known, token, part: wanted } = peer;
  const { random, signal } = options;
  // Who wants a token tells nothing by name.
  if (token !== undefined && known === undefined) return 'unclear';
  const told = token === undefined || known === undefined ? await fetchPeerManifest(address, name, { maxBytes: limits.peerInspectionManifestBytes, signal }) : known;
  if (id !== undefined && told.id !== id) return 'lacks';
  if (known && told.sha256 !== known.sha256) return 'protocol';
  const held = await fetchHeldParts({ address, token }, told, { signal });
  const parts = told.partHashes.flatMap((_hash, part) => (held.has(part) ? [part] : []));
  const part = wanted !== undefined && held.has(wanted) ? wanted : parts[Math.floor(random() * parts.length)];
  // Who has just begun to fetch a file has nothing to show.
  return part === undefined ? 'right' : inspectPart(peer, known ?? told, part, options);
}

/** Asked for as by any peer, so that who lies does not see for whom. */
async function inspectPart({ address, token }: InspectedPeer, manifest: Manifest, part: number, options: InspectionOptions): Promise<Finding> {
  const { signal, silenceMs = limits.peerInspectionSilenceMs, wholeMs = limits.peerInspectionMaxMs } = options;
  await using sources = openNodeSources(manifest, { userAgent: userAgents.peer, threads: 0 });
  const { hash, rate } = await readTimedPart(sources.source(address, `http://${address}`, token), part, { silenceMs, wholeMs, signal });
  if (hash === undefined) return rate < limits.peerInspectionMinRate ? 'stalled' : 'unclear';
  return hash === manifest.partHashes[part] ? 'right' : 'corrupt';
}

function findingOf({ code, facts }: VideoError, { id }: InspectedPeer): Finding {
  switch (code) {
    case 'peer_lacks_file':
      return 'lacks';
    case 'peer_refused':
      return 'refused';
    // It was there a moment ago.
    case 'source_unreachable':
    case 'source_stalled':
      return 'stalled';
    case 'source_refused':
      return findingOfStatus((facts as { readonly status: number }).status, id !== undefined);
    default:
      return 'protocol';
  }
}

function findingOfStatus(status: number, isAnnouncedAsRead: boolean): Finding {
  switch (status) {
    // It wants to know first who asks.
    case 401:
      return 'unclear';
    case 403:
    case 429:
      return 'refused';
    case 404:
      return 'lacks';
    // A file that is being read, or parts that have still to come; which it did not announce.
    case 503:
      return isAnnouncedAsRead ? 'lacks' : 'unclear';
    default:
      // Its disk or its memory may be at an end for a moment.
      return status >= 500 ? 'stalled' : 'protocol';
  }
}
