import { systemClock } from '../../base/clock.ts';
import { VideoError } from '../../base/errors.ts';
import { HeldParts } from '../../domain/held-parts.ts';
import type { Manifest } from '../../domain/manifest.ts';
import { partsPath } from '../../protocol/data.ts';
import { limits } from '../../protocol/limits.ts';
import { askPeer } from './peer-request.ts';
import { refusal } from './refusal.ts';

/**
 * Which parts of a file a peer, at `IP:PORT`, says that it has now.
 *
 * @throws VideoError `source_unreachable`, `source_refused` (404: it has no such file), `source_protocol`; or the signal's reason
 */
export async function fetchHeldParts(
  address: string,
  { id, partHashes }: Pick<Manifest, 'id' | 'partHashes'>,
  { signal }: { readonly signal: AbortSignal },
): Promise<HeldParts> {
  const { status, headers, body } = await askPeer(address, partsPath(id), { maxBytes: limits.headerMaxBytes, signal });
  if (status >= 400) throw refusal(address, status, headers['retry-after'], systemClock.date());
  const { held } = (body ?? {}) as { readonly held?: unknown };
  const parts = status === 200 && typeof held === 'string' ? HeldParts.parse(held, partHashes.length) : undefined;
  if (!parts) throw new VideoError('source_protocol', { source: address, reason: 'parts' });
  return parts;
}
