import type { PartReceiver, PartRun, Source } from '../../domain/download/source.ts';
import { hasValidator } from '../../domain/download/mirror.ts';
import { partRange } from '../../domain/manifest.ts';
import type { MirrorPlace } from './mirror-place.ts';
import { protocolError, toSourceError, type MirrorAnswer } from './mirror-request.ts';
import type { MirrorSourceContext } from './mirror-source.ts';
import { PieceFiller } from './piece-filler.ts';

/** One answer that is being read, and how far. */
interface OpenStream {
  readonly body: MirrorAnswer['body'];
  readonly chunks: AsyncIterator<Buffer>;
  readonly close: AbortController;
  /** Bytes of the file that were taken out of it. */
  position: number;
  /** Came out of the body and is not taken yet; it stands at `position`. */
  rest: Uint8Array;
}

/**
 * A server of others that answers no ranges: one answer is read from its start to its end, by one reader at a time.
 * Parts that are asked for in order cost nothing more; whoever asks for an earlier one, or comes after a broken
 * connection, makes it begin again, and what comes before the part is read and left. It begins again only where the
 * server has a validator that tells that the file is still the same.
 */
export class MirrorStream implements Source {
  readonly id: string;
  readonly #place: MirrorPlace;
  readonly #context: MirrorSourceContext;
  #stream: OpenStream | undefined;
  #hasBegun = false;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(id: string, place: MirrorPlace, context: MirrorSourceContext) {
    this.id = id;
    this.#place = place;
    this.#context = context;
  }

  read: Source['read'] = (run, receiver, options) => {
    const signal = AbortSignal.any([options.signal, this.#context.closing]);
    const reading = this.#turn.then(() => this.#readNow(run, receiver, signal));
    this.#turn = reading.catch(() => undefined);
    return reading;
  };

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abandon();
  }

  async #readNow(run: PartRun, receiver: PartReceiver, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { plan, slots } = this.#context;
    const filler = new PieceFiller(plan, slots, run, receiver);
    const abandon = () => this.#abandon();
    signal.addEventListener('abort', abandon, { once: true });
    try {
      const stream = await this.#streamFor(partRange(plan, run.first).start + (run.from ?? 0), receiver, signal);
      while (!filler.isComplete) {
        const bytes = await this.#next(stream);
        stream.rest = bytes;
        const rest = await filler.take(bytes, signal);
        stream.position += bytes.byteLength - rest.byteLength;
        stream.rest = rest;
      }
      if (stream.position === plan.sizeBytes) await this.#end(stream);
    } catch (error) {
      this.#abandon();
      throw toSourceError(error, this.id, signal);
    } finally {
      signal.removeEventListener('abort', abandon);
      filler.drop();
    }
  }

  /** A stream that stands at `position`. */
  async #streamFor(position: number, receiver: PartReceiver, signal: AbortSignal): Promise<OpenStream> {
    if (this.#stream && this.#stream.position > position) this.#abandon();
    const stream = this.#stream ?? (await this.#open(signal));
    while (stream.position < position) {
      const bytes = await this.#next(stream);
      const skipped = Math.min(bytes.byteLength, position - stream.position);
      stream.position += skipped;
      stream.rest = bytes.subarray(skipped);
      // Of no use, but alive.
      receiver.onBytes(0);
    }
    return stream;
  }

  async #open(signal: AbortSignal): Promise<OpenStream> {
    const { validator } = this.#place;
    if (this.#hasBegun && !(validator && hasValidator(validator))) {
      throw protocolError(this.id, 'the connection broke, and nothing tells whether the file is still the same');
    }
    // It outlives the read that opens it.
    const close = new AbortController();
    const abort = () => close.abort(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    try {
      const { body } = await this.#place.fetch({ source: this.id, sizeBytes: this.#context.plan.sizeBytes, signal: close.signal });
      this.#hasBegun = true;
      const chunks = (body as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
      this.#stream = { body, chunks, close, position: 0, rest: new Uint8Array(0) };
      return this.#stream;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  async #next(stream: OpenStream): Promise<Uint8Array> {
    if (stream.rest.byteLength > 0) return stream.rest;
    const { done, value } = await stream.chunks.next();
    if (done) throw protocolError(this.id, 'fewer bytes than announced');
    return value;
  }

  /** Behind the last byte there must be nothing. */
  async #end({ rest, chunks }: OpenStream): Promise<void> {
    const isMore = rest.byteLength > 0 || !(await chunks.next()).done;
    this.#abandon();
    if (isMore) throw protocolError(this.id, 'more bytes than announced');
  }

  #abandon(): void {
    const stream = this.#stream;
    this.#stream = undefined;
    if (!stream) return;
    stream.close.abort();
    stream.body.destroy();
  }
}
