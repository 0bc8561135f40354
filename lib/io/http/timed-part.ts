import { VideoError } from '../../base/errors.ts';
import { SECOND_MS } from '../../base/units.ts';
import type { PartReceiver, Source } from '../../domain/download/source.ts';

export interface TimedPartOptions {
  /** Between two bytes. */
  readonly silenceMs: number;
  /** For all of them. */
  readonly wholeMs: number;
  readonly signal: AbortSignal;
}

export interface TimedPart {
  /** SHA-256 of the part, lower-case hexadecimal; undefined when it did not come whole. */
  readonly hash: string | undefined;
  /** Bytes a second until it ended, or was given up. */
  readonly rate: number;
}

/**
 * Reads one part of a source and keeps nothing of it.
 *
 * @throws VideoError what `Source.read` throws, `source_stalled` after silence; or the signal's reason
 */
export async function readTimedPart(source: Source, part: number, { silenceMs, wholeMs, signal }: TimedPartOptions): Promise<TimedPart> {
  const startedAtMs = performance.now();
  const giveUp = new AbortController();
  const silence = setTimeout(() => giveUp.abort(new VideoError('source_stalled', { source: source.id, silentMs: silenceMs })), silenceMs);
  const onAbort = () => giveUp.abort(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  let isLate = false;
  const whole = setTimeout(() => {
    isLate = true;
    giveUp.abort();
  }, wholeMs);
  let bytes = 0;
  let hash: string | undefined;
  const receiver: PartReceiver = {
    onBytes(count) {
      bytes += count;
      silence.refresh();
    },
    onPiece({ completes, release }) {
      hash = completes?.hash;
      release();
    },
  };
  try {
    signal.throwIfAborted();
    await source.read({ first: part, count: 1 }, receiver, { signal: giveUp.signal });
  } catch (error) {
    if (!isLate || signal.aborted) throw error;
  } finally {
    clearTimeout(silence);
    clearTimeout(whole);
    signal.removeEventListener('abort', onAbort);
  }
  return { hash, rate: (bytes * SECOND_MS) / (performance.now() - startedAtMs) };
}
