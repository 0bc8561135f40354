import { VideoError } from '../../base/errors.ts';
import { unlessAborted } from '../../base/unless-aborted.ts';
import type { Piece, PieceMaker, PiecePlace } from '../../domain/live/piece.ts';
import { limits } from '../../protocol/limits.ts';
import { AnsweringThread } from '../media/answering-thread.ts';
import { mediaThreadLimits } from '../media/media-thread-limits.ts';
import type { PieceAnswer, PieceQuestion } from './live-messages.ts';

/** Makes pieces in a thread, one after another. One that fails, or takes too long, goes with its thread. */
export function openPieceMaker(): PieceMaker {
  const thread = new AnsweringThread<PieceQuestion, PieceAnswer>(new URL('piece-worker.js', import.meta.url), { resourceLimits: mediaThreadLimits });
  const closing = new AbortController();
  let last: Promise<unknown> = Promise.resolve();

  const make = async (bytes: Uint8Array, { number, startMs, signal }: PiecePlace): Promise<Piece> => {
    signal.throwIfAborted();
    closing.signal.throwIfAborted();
    const own = new Uint8Array(bytes);
    const answer = await thread.ask({ bytes: own, number, startMs }, { patienceMs: limits.liveSilenceMs, signal, moved: [own.buffer] });
    signal.throwIfAborted();
    closing.signal.throwIfAborted();
    if (answer?.type === 'piece') return answer.piece;
    const broken = { name: String(number), obstacle: 'structure', codecs: [] } as const;
    throw answer ? new VideoError(answer.code, answer.facts) : new VideoError('not_remuxable', broken);
  };

  return {
    makePiece(bytes, options) {
      const turn = last.then(() => make(bytes, options));
      last = turn.catch(() => undefined);
      return unlessAborted(turn, options.signal);
    },
    async [Symbol.asyncDispose]() {
      closing.abort(new VideoError('cancelled', {}));
      await thread[Symbol.asyncDispose]();
      await last;
    },
  };
}
