import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import { toVideoError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { PieceMaker } from '../../domain/live/piece.ts';
import { DATA_METHODS, type Headers } from '../../protocol/data.ts';
import { formatLivePlaylist, LIVE_PIECE_TYPE, LIVE_PLAYLIST_PATH, LIVE_PLAYLIST_TYPE, parsePiecePath, type LivePlaylist } from '../../protocol/live-playlist.ts';
import { isReading, sendError, setHead } from '../http/data-answer.ts';
import { ShownPieces } from './shown-pieces.ts';
import type { StoredShelf } from './stored-shelf.ts';

export interface LiveAnswersOptions {
  readonly pieces: PieceMaker;
  readonly clock: Clock;
  readonly log: Log;
  /** Nothing is answered any more when it aborts. */
  readonly signal: AbortSignal;
  /** What pieces may take of the memory. */
  readonly cacheBytes?: number;
}

/** Answers a request for `/canal.m3u8`, `/init-N.mp4` or `/bloque-N.m4s`, as its path is called here. Never rejects. */
export type AnswerLive = (path: string, request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** With fewer blocks a player begins and stops at once; it is made to wait for them, up to so long: more than what is shown is usually late. */
const FIRST_BLOCKS = 3;
const FIRST_WAIT_MS = 25_000;
const LOOK_EVERY_MS = 100;
const RETRY_AFTER_S = 1;
/** Of a player that nobody sees; a name is text of the player's own. */
const NAME_MAX_LENGTH = 200;

/** Gives players what a shelf shows, as HLS. Nothing may be cached: the next run has other blocks under the same names. */
export function createLiveAnswers(shelf: StoredShelf, { pieces, clock, log, signal, cacheBytes }: LiveAnswersOptions): AnswerLive {
  const shown = new ShownPieces(shelf, { pieces, log, signal, ...(cacheBytes !== undefined && { cacheBytes }) });
  return async (path, request, response) => {
    try {
      await answer(path, request, response);
    } catch (error) {
      // Who went away knows it.
      if (response.destroyed || response.headersSent || signal.aborted) response.destroy();
      else {
        log.warn('request.failed', { operation: `${request.method} ${path}`, reason: toVideoError(error).message });
        sendError(response, 'internal', {});
      }
    }
  };

  async function answer(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const player = playerOf(request);
    const piece = parsePiecePath(path);
    if (!isReading(request)) sendError(response, 'method_not_allowed', { allowed: DATA_METHODS }, { Allow: DATA_METHODS.join(', ') });
    else if (path === '/') send(response, 'text/plain; charset=utf-8', `${LIVE_PLAYLIST_PATH}\n`);
    else if (path === LIVE_PLAYLIST_PATH) await answerPlaylist(player, response);
    else if (piece?.kind === 'init') sendIfHere(response, LIVE_PIECE_TYPE, shown.findInit(piece.number));
    else if (piece) await answerPiece(piece.number, player, request, response);
    else sendError(response, 'not_found', { what: 'route' });
  }

  async function answerPlaylist(player: string, response: ServerResponse): Promise<void> {
    const playlist = await enoughToBegin(player, response);
    if (!playlist) return;
    if (playlist.entries.length > 0) send(response, LIVE_PLAYLIST_TYPE, formatLivePlaylist(playlist));
    else sendError(response, 'nothing_shown', {}, { 'Retry-After': RETRY_AFTER_S });
  }

  /** Undefined when who asked went away. */
  async function enoughToBegin(player: string, response: ServerResponse): Promise<LivePlaylist | undefined> {
    const deadlineMs = clock.now() + FIRST_WAIT_MS;
    while (!response.destroyed) {
      shelf.asked(player);
      const playlist = await shown.list();
      const isBegun = playlist.mediaSequence > 1 || playlist.entries.length >= FIRST_BLOCKS;
      if (isBegun || clock.now() >= deadlineMs) return playlist;
      await clock.sleep(LOOK_EVERY_MS, { signal });
    }
    return undefined;
  }

  async function answerPiece(number: number, player: string, { method }: IncomingMessage, response: ServerResponse): Promise<void> {
    const piece = await shown.find(number);
    if (method === 'GET' && piece) response.once('finish', () => shelf.fetched(player, number));
    sendIfHere(response, piece?.contentType ?? LIVE_PIECE_TYPE, piece?.media);
  }
}

/** Of two at one address that are of one kind the slower one may miss something. */
function playerOf({ headers, socket }: IncomingMessage): string {
  return `${socket.remoteAddress} ${(headers['user-agent'] ?? '').slice(0, NAME_MAX_LENGTH)}`;
}

function sendIfHere(response: ServerResponse, contentType: string, bytes: Uint8Array | undefined): void {
  if (bytes) send(response, contentType, bytes);
  else sendError(response, 'not_found', { what: 'file' });
}

function send(response: ServerResponse, contentType: string, body: string | Uint8Array): void {
  const headers: Headers = {
    'Content-Type': contentType,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  };
  setHead(response, 200, headers);
  // Node leaves the body out of an answer to HEAD.
  response.end(body);
}
