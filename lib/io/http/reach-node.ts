import type { Reach } from '../../domain/node-registry.ts';
import { limits } from '../../protocol/limits.ts';
import { isDistrust } from './distrust.ts';
import { requestJson } from './json-request.ts';

/** Whether the node answers at its address, and is the one that is meant. Rejects with the signal's reason only. */
export async function reachNode(
  node: { readonly number: number; readonly identity: string; readonly url: string },
  { ca, signal }: { readonly ca?: string | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<Reach> {
  try {
    const { status, body } = await requestJson({
      url: new URL('/health', node.url),
      method: 'GET',
      ca,
      timeoutMs: limits.reachTimeoutMs,
      maxBytes: limits.headerMaxBytes,
      signal,
    });
    const { number, identity } = (body ?? {}) as { readonly number?: unknown; readonly identity?: unknown };
    return status === 200 && number === node.number && identity === node.identity ? 'reached' : 'somebody_else';
  } catch (error) {
    signal?.throwIfAborted();
    return isDistrust(error) ? 'distrusted' : 'unreachable';
  }
}
