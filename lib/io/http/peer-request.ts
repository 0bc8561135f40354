import type { Agent } from 'node:http';
import { systemCodeOf, VideoError } from '../../base/errors.ts';
import { limits } from '../../protocol/limits.ts';
import { requestJson, type JsonResponse } from './json-request.ts';

export interface PeerQuestion {
  readonly maxBytes: number;
  /** To show; absent where none is asked for. */
  readonly token?: string | undefined;
  /** Keeps the connection for the next question; without it, there is one for this question alone. */
  readonly agent?: Agent | undefined;
  readonly timeoutMs?: number | undefined;
  readonly signal: AbortSignal;
}

/**
 * Asks a peer, at `IP:PORT`, for one of its documents.
 *
 * @throws VideoError `source_unreachable` when no answer came, or a larger one than `maxBytes`; or the signal's reason
 */
export async function askPeer(address: string, target: string, question: PeerQuestion): Promise<JsonResponse> {
  const { maxBytes, token, agent = false, timeoutMs = limits.requestTimeoutMs, signal } = question;
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  try {
    return await requestJson({ url: new URL(target, `http://${address}`), method: 'GET', headers, agent, timeoutMs, maxBytes, signal });
  } catch (error) {
    signal.throwIfAborted();
    throw new VideoError('source_unreachable', { source: address, reason: systemCodeOf(error) ?? (error as Error).message }, { cause: error });
  }
}
