import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { VideoError } from '../../base/errors.ts';
import type { Block, Reel } from '../../domain/live/block.ts';
import { limits } from '../../protocol/limits.ts';
import { unlessAborted } from '../../base/unless-aborted.ts';
import { AnsweringThread } from '../media/answering-thread.ts';
import { mediaThreadLimits } from '../media/media-thread-limits.ts';
import type { LiveFailure, ReelAnswer, ReelOrder, ReelQuestion } from './live-messages.ts';

/**
 * What a channel shows, read in a thread of its own. `path` is a film, or a folder of blocks `NAME_00000.mkv …`, which are given as they are. Of a film that is
 * replaced or cut short meanwhile `next` fails with `file_changed`, and begins again.
 *
 * @throws VideoError `path_not_readable`, `not_remuxable`, `no_blocks`, `blocks_mixed`; or the signal's reason
 */
export async function openReel(path: string, { signal }: { readonly signal?: AbortSignal } = {}): Promise<Reel> {
  const reel = new ThreadedReel(path);
  try {
    await reel.open(signal);
    return reel;
  } catch (error) {
    await reel[Symbol.asyncDispose]();
    throw error;
  }
}

class ThreadedReel implements Reel {
  readonly #lost: LiveFailure;
  readonly #thread: AnsweringThread<ReelQuestion, ReelAnswer>;
  readonly #closing = new AbortController();
  /** Who stopped waiting for it leaves it to the next call. */
  #coming: Promise<ReelAnswer> | undefined;
  #hasFailed = false;

  constructor(path: string) {
    this.#lost = { type: 'failed', code: 'not_remuxable', facts: { name: basename(path), obstacle: 'structure', codecs: [] } };
    this.#thread = new AnsweringThread(new URL('reel-worker.js', import.meta.url), { workerData: { path } satisfies ReelOrder, resourceLimits: mediaThreadLimits });
  }

  /** Resolves when the first block is there. */
  async open(signal: AbortSignal | undefined): Promise<void> {
    this.#coming = this.#ask();
    const answer = await unlessAborted(this.#coming, signal);
    if (answer.type === 'failed') throw new VideoError(answer.code, answer.facts);
  }

  async next({ signal }: { readonly signal: AbortSignal }): Promise<Block> {
    this.#coming ??= this.#ask();
    const answer = await unlessAborted(this.#coming, signal);
    this.#coming = undefined;
    this.#hasFailed = answer.type === 'failed';
    if (answer.type === 'failed') throw new VideoError(answer.code, answer.facts);
    return answer.block;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new VideoError('cancelled', {}));
    await this.#thread[Symbol.asyncDispose]();
  }

  /** Never rejects. What failed is left alone for a while, whoever asks for it. */
  async #ask(): Promise<ReelAnswer> {
    const { signal } = this.#closing;
    if (this.#hasFailed) await sleep(limits.reelRestMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return { type: 'failed', code: 'cancelled', facts: {} };
    return (await this.#thread.ask({ type: 'next' }, { patienceMs: limits.liveSilenceMs, signal })) ?? this.#lost;
  }
}
