import { systemClock } from '../../base/clock.ts';
import { VideoError } from '../../base/errors.ts';
import { parseManifest, type Manifest } from '../../domain/manifest.ts';
import { manifest as shape } from '../../protocol/shapes/manifest.ts';
import { MANIFEST_PATH } from '../../protocol/data.ts';
import { limits } from '../../protocol/limits.ts';
import { askPeer } from './peer-request.ts';
import { refusal } from './refusal.ts';

/**
 * What a peer, at `IP:PORT`, says that its file of a name is; the id follows from the rest.
 *
 * @throws VideoError `peer_lacks_file`, `peer_refused`, `source_unreachable`, `source_refused` (503 while it still reads the
 * file), `source_protocol`, `invalid_manifest`, `invalid_name`; or the signal's reason
 */
export async function fetchPeerManifest(
  address: string,
  name: string,
  { maxBytes = limits.bodyMaxBytes, signal }: { readonly maxBytes?: number; readonly signal: AbortSignal },
): Promise<Manifest> {
  const { status, headers, body } = await askPeer(address, `${MANIFEST_PATH}?${new URLSearchParams({ name })}`, { maxBytes, signal });
  switch (status) {
    case 200: {
      const { success, data } = shape.safeParse(body);
      if (!success) throw new VideoError('source_protocol', { source: address, reason: 'manifest' });
      return { ...parseManifest(data), name };
    }
    case 403:
      throw new VideoError('peer_refused', { peer: address });
    case 404:
      throw new VideoError('peer_lacks_file', { peer: address, name });
    default:
      throw refusal(address, status, headers['retry-after'], systemClock.date());
  }
}
