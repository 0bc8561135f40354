import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { MINUTE_MS } from '../../base/units.ts';
import { foreignPlaceOf } from '../../domain/access.ts';
import type { PieceMaker } from '../../domain/live/piece.ts';
import { pathOf } from '../../protocol/data.ts';
import { limits } from '../../protocol/limits.ts';
import { LIVE_PLAYLIST_PATH } from '../../protocol/live-playlist.ts';
import { limitConnections } from '../http/connection-room.ts';
import { sendError } from '../http/data-answer.ts';
import { listen, ownNames, urlOf, type ListenAddress } from '../http/listen.ts';
import { createLiveAnswers } from './live-answers.ts';
import type { StoredShelf } from './stored-shelf.ts';

export interface LiveServerOptions {
  readonly pieces: PieceMaker;
  readonly clock: Clock;
  readonly log: Log;
  /** Cuts every connection when it aborts. */
  readonly signal: AbortSignal;
}

export interface LiveServer extends AsyncDisposable {
  /** What a player opens: `http://127.0.0.1:40000/canal.m3u8`. */
  readonly url: string;
  readonly port: number;
}

/** A player that is paused reads nothing. */
const IDLE_MS = 60 * MINUTE_MS;

/**
 * Gives players of this machine what a shelf shows, as HLS: `GET|HEAD /canal.m3u8`, `/init-N.mp4` and `/bloque-N.m4s`. Pages of other
 * places are refused. Nothing may be cached: the next run has other blocks under the same names.
 *
 * @throws VideoError `port_in_use`, `address_unavailable`, `listen_denied`; or the signal's reason
 */
export async function startLiveServer(address: ListenAddress, shelf: StoredShelf, { pieces, clock, log, signal }: LiveServerOptions): Promise<LiveServer> {
  signal.throwIfAborted();
  const closing = new AbortController();
  const answerLive = createLiveAnswers(shelf, { pieces, clock, log, signal: closing.signal });
  const answers = new Set<Promise<void>>();
  const options = {
    noDelay: true,
    maxHeaderSize: limits.headerMaxBytes,
    headersTimeout: limits.dataHeadersTimeoutMs,
    connectionsCheckingInterval: limits.dataHeadersTimeoutMs / 2,
    keepAliveTimeout: limits.dataKeepAliveMs,
  };
  const server = createServer(options, (request, response) => {
    const answering = answer(request, response).finally(() => answers.delete(answering));
    answers.add(answering);
  });
  server.timeout = IDLE_MS;
  limitConnections(server, limits.dataConnectionsPerNode);
  const listening = await listen(server, address);
  const names = ownNames(address);
  const closed = new Promise<void>(resolve => server.once('close', resolve));
  server.on('error', error => log.warn('request.failed', { operation: 'accept', reason: error.message }));
  const cut = () => {
    closing.abort(signal.reason);
    server.close();
    server.closeAllConnections();
  };
  signal.addEventListener('abort', cut, { once: true });
  if (signal.aborted) cut();

  return {
    url: `${urlOf(listening)}${LIVE_PLAYLIST_PATH}`,
    port: listening.port,
    async [Symbol.asyncDispose]() {
      signal.removeEventListener('abort', cut);
      cut();
      await closed;
      await Promise.all(answers);
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const foreign = foreignPlaceOf(request.headers.host, request.headers.origin, names);
    // A page of another place reads nothing of it; nor is it to be taken for a player, for whom blocks are kept.
    const isOfOtherPage = request.headers['sec-fetch-site'] === 'cross-site';
    if (foreign || isOfOtherPage) sendError(response, 'forbidden', foreign ?? { host: request.headers.host ?? '' });
    else await answerLive(pathOf(request.url ?? '/'), request, response);
  }
}
