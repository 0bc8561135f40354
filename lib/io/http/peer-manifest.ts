import { systemClock } from '../../base/clock.ts';
import { systemCodeOf, VideoError } from '../../base/errors.ts';
import { parseManifest, type Manifest } from '../../domain/manifest.ts';
import { manifest as shape } from '../../protocol/control.ts';
import { MANIFEST_PATH } from '../../protocol/data.ts';
import { limits } from '../../protocol/limits.ts';
import { requestJson } from './json-request.ts';
import { refusal } from './refusal.ts';

/**
 * What a peer, at `IP:PORT`, says that its file of a name is; the id follows from the rest.
 *
 * @throws VideoError `peer_lacks_file`, `peer_refused`, `source_unreachable`, `source_refused` (503 while it still reads the
 * file), `source_protocol`, `invalid_manifest`, `invalid_name`; or the signal's reason
 */
export async function fetchPeerManifest(address: string, name: string, { signal }: { readonly signal: AbortSignal }): Promise<Manifest> {
  const url = new URL(`http://${address}${MANIFEST_PATH}`);
  url.searchParams.set('name', name);
  const { status, headers, body } = await ask(url, address, signal);
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

async function ask(url: URL, address: string, signal: AbortSignal) {
  try {
    return await requestJson({ url, method: 'GET', agent: false, timeoutMs: limits.requestTimeoutMs, maxBytes: limits.bodyMaxBytes, signal });
  } catch (error) {
    signal.throwIfAborted();
    throw new VideoError('source_unreachable', { source: address, reason: systemCodeOf(error) ?? (error as Error).message }, { cause: error });
  }
}
