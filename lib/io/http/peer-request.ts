import { systemCodeOf, VideoError } from '../../base/errors.ts';
import { limits } from '../../protocol/limits.ts';
import { requestJson, type JsonResponse } from './json-request.ts';

/**
 * Asks a peer, at `IP:PORT`, for one of its documents, on a connection of its own.
 *
 * @throws VideoError `source_unreachable` when no answer came, or a larger one than `maxBytes`; or the signal's reason
 */
export async function askPeer(
  address: string,
  target: string,
  { maxBytes, signal }: { readonly maxBytes: number; readonly signal: AbortSignal },
): Promise<JsonResponse> {
  try {
    return await requestJson({ url: new URL(target, `http://${address}`), method: 'GET', agent: false, timeoutMs: limits.requestTimeoutMs, maxBytes, signal });
  } catch (error) {
    signal.throwIfAborted();
    throw new VideoError('source_unreachable', { source: address, reason: systemCodeOf(error) ?? (error as Error).message }, { cause: error });
  }
}
