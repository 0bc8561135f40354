import mime from 'mime';
import { SECOND_MS } from '../../base/units.ts';
import type { MediaDetails, MediaProbe } from '../../domain/media.ts';
import { AnsweringThread } from './answering-thread.ts';
import type { Looked } from './probe-worker.ts';

/** A file that takes longer is taken for none that a player knows. */
const TIMEOUT_MS = 10 * SECOND_MS;
/** For the next file, which often comes at once; what the thread takes is then given back. */
const IDLE_MS = 5 * SECOND_MS;

/**
 * Looks into files, one after another, in a thread: a parser of everything in the world may take time and memory, and neither is a
 * node's to lose. One that fails or takes too long goes with its thread.
 */
export function createMediaProbe(pathOf: (name: string) => string): MediaProbe & AsyncDisposable {
  const thread = new ProbeThread();
  let last: Promise<unknown> = Promise.resolve();
  return {
    async probe(name, { signal }) {
      const turn = last.then(() => thread.look(pathOf(name), signal));
      last = turn.catch(() => undefined);
      const found = await turn;
      return { contentType: mime.getType(name) ?? 'application/octet-stream', ...found };
    },
    [Symbol.asyncDispose]: () => thread.end(),
  };
}

class ProbeThread {
  readonly #thread = new AnsweringThread<string, Looked>(new URL('probe-worker.js', import.meta.url));
  #idle: NodeJS.Timeout | undefined;

  async look(path: string, signal: AbortSignal): Promise<MediaDetails | undefined> {
    signal.throwIfAborted();
    clearTimeout(this.#idle);
    const answer = await this.#thread.ask(path, { patienceMs: TIMEOUT_MS, signal });
    signal.throwIfAborted();
    this.#idle = setTimeout(() => void this.end(), IDLE_MS).unref();
    return answer?.details;
  }

  async end(): Promise<void> {
    clearTimeout(this.#idle);
    await this.#thread[Symbol.asyncDispose]();
  }
}
