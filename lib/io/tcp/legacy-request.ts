import { connect } from 'node:net';
import { isVideoError, VideoError } from '../../base/errors.ts';
import { formatLegacyRequest, type LegacyRequest } from '../../protocol/legacy.ts';
import { limits } from '../../protocol/limits.ts';
import { remoteIpOf } from './socket-ips.ts';

export interface LegacyEndpoint {
  readonly host: string;
  readonly port: number;
}

export interface AskOptions {
  /** Where the request comes from, which is who asks; without one, the system's choice. */
  readonly localIp?: string | undefined;
  /** Called before the request is sent, with the IP that `host` turned out to be. */
  readonly onReached?: (serverIp: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Sends one request and gives what came back on its connection until the server ended it: nothing, for requests that have no reply.
 *
 * @throws VideoError `channel_unreachable`, `source_protocol` when the reply is too long; or the signal's reason
 */
export async function askLegacyServer({ host, port }: LegacyEndpoint, request: LegacyRequest, { localIp, onReached, signal }: AskOptions): Promise<string> {
  signal.throwIfAborted();
  const address = addressOf({ host, port });
  const socket = connect({ host, port, noDelay: true, ...(localIp !== undefined && { localAddress: localIp }) });
  let failure: unknown;
  const onAbort = () => socket.destroy();
  const timer = setTimeout(() => {
    failure = new VideoError('timed_out', { what: address, afterMs: limits.legacyReplyTimeoutMs });
    socket.destroy();
  }, limits.legacyReplyTimeoutMs);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await new Promise<string>((resolve, reject) => {
      let reply = '';
      socket.once('connect', () => {
        onReached?.(remoteIpOf(socket));
        socket.write(formatLegacyRequest(request), 'latin1');
      });
      socket.on('data', chunk => {
        reply += chunk.toString('latin1');
        if (reply.length <= limits.legacyReplyMaxBytes) return;
        failure = new VideoError('source_protocol', { source: address, reason: `> ${limits.legacyReplyMaxBytes} B` });
        socket.destroy();
      });
      socket.once('end', () => resolve(reply));
      socket.once('error', error => (failure ??= error));
      socket.once('close', () => reject(failure as Error));
    });
  } catch (error) {
    signal.throwIfAborted();
    throw isVideoError(error, 'source_protocol') ? error : new VideoError('channel_unreachable', { address }, { cause: error });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    socket.destroy();
  }
}

/** `HOST:PORT`; an IPv6 address gets its brackets. */
export function addressOf({ host, port }: LegacyEndpoint): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
