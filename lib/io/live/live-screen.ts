import { CloseStack } from '../../base/close.ts';
import type { BlockTaker } from '../../domain/live/block-taker.ts';
import { createLiveAnswers, type AnswerLive, type LiveAnswersOptions } from './live-answers.ts';
import { openPieceMaker } from './piece.ts';
import { relayInto } from './relayed-blocks.ts';
import { openStoredShelf, type StoredShelfOptions } from './stored-shelf.ts';

export interface LiveScreenOptions extends StoredShelfOptions, Omit<LiveAnswersOptions, 'pieces'> {
  /** How late it shows what comes. */
  readonly delayMs: number;
}

/** A channel as browsers see it. */
export interface LiveScreen extends AsyncDisposable, BlockTaker {
  readonly answer: AnswerLive;
  /** Nothing was shown yet, or all of it is gone. */
  readonly isEmpty: boolean;
}

/** @throws VideoError `disk_full`, `path_not_writable`, `not_a_directory`, `path_in_use` */
export async function openLiveScreen({ delayMs, signal, ...options }: LiveScreenOptions): Promise<LiveScreen> {
  const closing = new CloseStack();
  const shelf = closing.use(await openStoredShelf(options));
  const pieces = closing.use(openPieceMaker());
  const ending = new AbortController();
  closing.defer(async () => ending.abort());
  return {
    answer: createLiveAnswers(shelf, { ...options, pieces, signal: AbortSignal.any([signal, ending.signal]) }),
    ...relayInto(shelf, delayMs),
    get isEmpty() {
      return shelf.shown().entries.length === 0;
    },
    [Symbol.asyncDispose]: () => closing[Symbol.asyncDispose](),
  };
}
