import { Agent } from 'node:http';
import { systemClock } from '../../base/clock.ts';
import { VideoError } from '../../base/errors.ts';
import type { OfferedPeer } from '../../domain/download/peer-circle.ts';
import { HeldParts } from '../../domain/held-parts.ts';
import type { Manifest } from '../../domain/manifest.ts';
import { partsPath } from '../../protocol/data.ts';
import { limits } from '../../protocol/limits.ts';
import { askPeer, type PeerQuestion } from './peer-request.ts';
import { refusal } from './refusal.ts';

type FileParts = Pick<Manifest, 'id' | 'partHashes'>;

/** Asks peers, again and again, which parts of one file they have; disposing closes what is open. */
export interface PeerParts extends Disposable {
  /** @throws VideoError as `fetchHeldParts` */
  ask(peer: OfferedPeer, options: { readonly signal: AbortSignal }): Promise<HeldParts>;
}

export function openPeerParts(file: FileParts): PeerParts {
  const agent = new Agent({ keepAlive: true });
  return {
    ask: (peer, { signal }) => fetchHeldParts(peer, file, { agent, timeoutMs: limits.reachTimeoutMs, signal }),
    [Symbol.dispose]: () => agent.destroy(),
  };
}

/**
 * Which parts of a file a peer says that it has now. A server that does not know the question has nothing but whole files.
 *
 * @throws VideoError `source_unreachable`, `source_refused` (404: it has no such file), `source_protocol`; or the signal's reason
 */
export async function fetchHeldParts({ address, token }: OfferedPeer, { id, partHashes }: FileParts, question: Omit<PeerQuestion, 'maxBytes' | 'token'>): Promise<HeldParts> {
  const count = partHashes.length;
  // The bitfield in base64, and a few names.
  const maxBytes = count + limits.headerMaxBytes;
  const { status, headers, body } = await askPeer(address, partsPath(id), { ...question, maxBytes, token });
  if (status === 404 && !isAboutFile(body)) return new HeldParts(count, partHashes.keys());
  if (status >= 400) throw refusal(address, status, headers['retry-after'], systemClock.date());
  const { held } = (body ?? {}) as { readonly held?: unknown };
  const parts = status === 200 && typeof held === 'string' ? HeldParts.parse(held, count) : undefined;
  if (!parts) throw new VideoError('source_protocol', { source: address, reason: 'parts' });
  return parts;
}

/** Whether it is the file that is not there, and not the route. */
function isAboutFile(body: unknown): boolean {
  const { details } = (body ?? {}) as { readonly details?: { readonly what?: unknown } };
  return details?.what === 'file';
}
