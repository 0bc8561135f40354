import { CloseStack } from '../../base/close.ts';
import { isVideoError, VideoError } from '../../base/errors.ts';
import type { OpenPlayerServer } from '../../domain/download/player-server.ts';
import type { GetResult } from './get.ts';

/** A program that shows a video. */
export interface Player extends AsyncDisposable {
  /**
   * Resolves when the person has had enough.
   *
   * @throws VideoError `player_broke`
   */
  readonly ended: Promise<void>;
}

export interface WatchPorts {
  readonly openPlayerServer: OpenPlayerServer;
  /** Undefined when the person starts one. */
  readonly startPlayer: ((url: string) => Promise<Player>) | undefined;
  /** Downloads the video until the signal; what it opens is closed here, when nobody plays any more. */
  readonly get: (openPlayerServer: OpenPlayerServer, signal: AbortSignal) => Promise<GetResult>;
  readonly onPlayable: (url: string) => void;
  /** The whole file is there, and may still be played. */
  readonly onWhole: (result: GetResult) => void;
  readonly signal: AbortSignal;
}

/**
 * Downloads a video and gives it meanwhile to a player of this machine. Ends when the player ends or, without one of
 * ours, at the signal; a download that is not whole by then is put down, to be gone on with.
 *
 * @throws VideoError as `getVideo`; `player_failed`; `player_broke`; `cancelled` when the signal came before the video was whole
 */
export async function watchVideo({ openPlayerServer, startPlayer, get, onPlayable, onWhole, signal }: WatchPorts): Promise<void> {
  await using opened = new CloseStack();
  const closed = new AbortController();
  let breakage: unknown;
  const leaving = AbortSignal.any([signal, closed.signal]);
  const result = await get(async (...file) => {
    const server = opened.use(await openPlayerServer(...file));
    if (startPlayer) {
      const player = opened.use(await startPlayer(server.url));
      void player.ended.catch((error: unknown) => (breakage = error)).finally(() => closed.abort(new VideoError('cancelled', {})));
    }
    onPlayable(server.url);
    return server;
  }, leaving);
  if (breakage !== undefined) throw breakage;
  if (closed.signal.aborted && isVideoError(result.error, 'cancelled')) return;
  if (result.error) throw result.error;
  onWhole(result);
  await aborted(leaving);
  if (breakage !== undefined) throw breakage;
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise(resolve => signal.addEventListener('abort', () => resolve(), { once: true }));
}
