import type { Clock } from '../../base/clock.ts';
import { SECOND_MS } from '../../base/units.ts';
import { partRange } from '../manifest.ts';
import type { TokenBucket } from '../token-bucket.ts';
import type { FileShape } from './file-plan.ts';
import type { PartReceiver, PartRun, Source, SourceFactory } from './source.ts';

/** A source that waits tells so this often: it is not silent, and its work must not go to another. */
const STILL_HERE_MS = SECOND_MS / 2;

export interface Limit {
  /** In bytes; several downloads may share it. It may be another one at each look, when the rate has changed. */
  readonly bucket: Pick<TokenBucket, 'take' | 'giveBack'>;
  readonly clock: Clock;
}

/** The same sources, which ask for parts no faster than the limit allows. */
export function limitSources(sources: SourceFactory, shape: FileShape, limit: Limit): SourceFactory {
  const limited = new Map<Source, Source>();
  return {
    source(id, url, token) {
      const source = sources.source(id, url, token);
      const same = limited.get(source) ?? new LimitedSource(source, shape, limit);
      limited.set(source, same);
      return same;
    },
    [Symbol.asyncDispose]: () => sources[Symbol.asyncDispose](),
  };
}

class LimitedSource implements Source {
  readonly id: string;
  readonly #source: Source;
  readonly #shape: FileShape;
  readonly #limit: Limit;

  constructor(source: Source, shape: FileShape, limit: Limit) {
    this.id = source.id;
    this.#source = source;
    this.#shape = shape;
    this.#limit = limit;
  }

  /** Part by part: long runs would wait longer, seem slower, and leave all the work to one source. */
  async read({ first, count, from }: PartRun, receiver: PartReceiver, { signal }: { readonly signal: AbortSignal }): Promise<void> {
    for (let part = first; part < first + count; part += 1) {
      const { start, end } = partRange(this.#shape, part);
      await this.#waitForTurn(end - start - (from ?? 0), receiver, signal);
      await this.#source.read({ first: part, count: 1, ...(from !== undefined && { from }) }, receiver, { signal });
    }
  }

  async #waitForTurn(bytes: number, receiver: PartReceiver, signal: AbortSignal): Promise<void> {
    const { bucket, clock } = this.#limit;
    signal.throwIfAborted();
    let waitMs = bucket.take(bytes, clock.now());
    // At once: who takes the part over asks for its bytes in the same moment.
    const onAbort = () => bucket.giveBack(bytes);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      for (; waitMs > 0; waitMs -= STILL_HERE_MS) {
        await clock.sleep(Math.min(waitMs, STILL_HERE_MS), { signal });
        receiver.onBytes(0);
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#source[Symbol.asyncDispose]();
  }
}
