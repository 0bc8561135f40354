import type { Socket } from 'node:net';
import { toVideoError, VideoError } from '../../base/errors.ts';
import { SECOND_MS } from '../../base/units.ts';
import { decodeMessage, encodeMessage, FRAME_PREFIX_BYTES, readFramePrefix, type LiveMessage } from '../../protocol/live.ts';

export interface RelayConnectionEvents {
  received(message: LiveMessage): void;
  /** Once, after which nothing is received. `error` when the other side broke the protocol. */
  closed(error?: VideoError): void;
}

/** For what was sent last. */
const LEAVING_MS = SECOND_MS;

/** Messages over one socket. */
export class RelayConnection {
  readonly #socket: Socket;
  readonly #reader = new FrameReader();
  #events: RelayConnectionEvents | undefined;
  #isClosed = false;

  constructor(socket: Socket) {
    this.#socket = socket.setNoDelay(true).setKeepAlive(true, 5000);
    socket.on('error', () => undefined);
    socket.on('data', bytes => this.#read(bytes));
    // Nobody says anything after he ended: half a connection is none.
    socket.on('end', () => socket.destroy());
    socket.on('close', () => this.#close());
  }

  /** As others see it: an IPv4 address that came by IPv6 is told as what it is. */
  get remoteHost(): string {
    return (this.#socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  }

  get remotePort(): number {
    return this.#socket.remotePort ?? 0;
  }

  /** Bytes that were sent and have not left this process. */
  get waitingBytes(): number {
    return this.#socket.writableLength;
  }

  /** Who is told from now on; without `takesSlices` whoever sends one breaks the protocol. */
  listen(events: RelayConnectionEvents, { takesSlices = false }: { readonly takesSlices?: boolean } = {}): void {
    this.#events = events;
    this.#reader.takesSlices = takesSlices;
    if (this.#socket.destroyed) this.#close();
  }

  send(message: LiveMessage): void {
    if (this.#socket.destroyed) return;
    const { head, body } = encodeMessage(message);
    this.#socket.cork();
    this.#socket.write(head);
    if (body.byteLength > 0) this.#socket.write(body);
    this.#socket.uncork();
  }

  /** At once; `closed` is told. */
  destroy(): void {
    this.#socket.destroy();
  }

  /** After what was sent has left, or some time; nothing is told any more. */
  end(): void {
    this.#isClosed = true;
    this.#socket.end();
    const impatient = setTimeout(() => this.#socket.destroy(), LEAVING_MS).unref();
    this.#socket.once('close', () => clearTimeout(impatient));
  }

  #read(bytes: Buffer): void {
    try {
      for (const message of this.#reader.push(bytes)) if (!this.#isClosed) this.#events?.received(message);
    } catch (error) {
      this.#close(toVideoError(error));
      this.#socket.destroy();
    }
  }

  #close(error?: VideoError): void {
    if (this.#isClosed || !this.#events) return;
    this.#isClosed = true;
    this.#events.closed(error);
  }
}

/** Puts frames together from whatever pieces a socket gives. */
class FrameReader {
  takesSlices = false;
  #wanted = Buffer.alloc(FRAME_PREFIX_BYTES);
  #filled = 0;
  #frame: { readonly headBytes: number; readonly bodyBytes: number } | undefined;

  /** @throws VideoError `invalid_request` */
  *push(bytes: Buffer): Generator<LiveMessage, void> {
    let rest = bytes;
    while (rest.byteLength > 0) {
      const taken = rest.copy(this.#wanted, this.#filled);
      this.#filled += taken;
      rest = rest.subarray(taken);
      if (this.#filled < this.#wanted.byteLength) return;
      const whole = this.#wanted;
      const frame = this.#frame;
      this.#frame = frame ? undefined : readFramePrefix(whole, this.takesSlices);
      // A buffer of its own, which a slice keeps.
      this.#wanted = Buffer.allocUnsafeSlow(this.#frame ? this.#frame.headBytes + this.#frame.bodyBytes : FRAME_PREFIX_BYTES);
      this.#filled = 0;
      if (frame) yield decodeMessage(whole.subarray(0, frame.headBytes), whole.subarray(frame.headBytes));
    }
  }
}
