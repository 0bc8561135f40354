import type { Reach } from '../../domain/node-registry.ts';
import { limits } from '../../protocol/limits.ts';
import { requestJson } from './json-request.ts';

/** Whether the peer answers at its address, `IP:PORT`, and is the one that is meant. Rejects with the signal's reason only. */
export async function reachPeer(
  { address, identity }: { readonly address: string; readonly identity: string },
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<Reach> {
  try {
    const { status, body } = await requestJson({
      url: new URL('/health', `http://${address}`),
      method: 'GET',
      // It may be the only request to it for ever.
      agent: false,
      timeoutMs: limits.reachTimeoutMs,
      maxBytes: limits.headerMaxBytes,
      signal,
    });
    const { peer } = (body ?? {}) as { readonly peer?: unknown };
    return status === 200 && peer === identity ? 'reached' : 'somebody_else';
  } catch {
    signal?.throwIfAborted();
    return 'unreachable';
  }
}
