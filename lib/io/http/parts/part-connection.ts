import { createHash, type Hash } from 'node:crypto';
import type { Socket } from 'node:net';
import { systemCodeOf, VideoError } from '../../../base/errors.ts';
import type { CompletedPart, PartRun } from '../../../domain/download/source.ts';
import { partRange } from '../../../domain/manifest.ts';
import { parseResponseHead } from '../../../protocol/http-head.ts';
import { limits } from '../../../protocol/limits.ts';
import { refusal } from '../refusal.ts';
import { connectTo } from './connect.ts';
import type { PieceSlot, PieceSlots } from './piece-slots.ts';

/** Where a node serves one file, and the numbers of its manifest that a request needs. */
export interface PartEndpoint {
  readonly sourceId: string;
  readonly host: string;
  readonly port: number;
  /** For HTTPS; `ca` is who vouches for the node, in PEM, or undefined for those that Node trusts. */
  readonly tls?: { readonly ca: string | undefined } | undefined;
  readonly fileId: string;
  readonly sizeBytes: number;
  readonly partSizeBytes: number;
  readonly userAgent: string;
}

/** A piece that arrived, in memory that is the receiver's until it releases the slot. */
export interface SlotPiece {
  readonly part: number;
  readonly offset: number;
  readonly slot: PieceSlot;
  readonly byteLength: number;
  /** With the last piece of a part. */
  readonly completes: CompletedPart | undefined;
}

/** A run of parts to read; its callbacks are called from the socket, in order, and `onEnd` last and once. */
export interface PartJob {
  readonly run: PartRun;
  readonly onBytes: (count: number) => void;
  readonly onPiece: (piece: SlotPiece) => void;
  readonly onEnd: (error?: VideoError) => void;
}

interface QueuedJob extends PartJob {
  readonly end: number;
  part: number;
  /** Bytes of `part` that were given to the receiver. */
  given: number;
  hash: Hash | undefined;
  slot: PieceSlot | undefined;
  /** Bytes in `slot`. */
  filled: number;
  hasRestarted: boolean;
}

const HEAD_BUFFER_BYTES = 64 * 1024;
const HEAD_END = Buffer.from('\r\n\r\n');
const NOTHING = Buffer.alloc(0);
const WAITING_NEWS_MS = 500;

/**
 * One HTTP/1.1 connection to one node, with requests pipelined (RFC 9112 §9.3.2): bytes go from the socket straight
 * into the memory of their piece, which is hashed when it is full. When no memory is free the socket is not read.
 *
 * A cancelled job closes the connection, since nothing else stops its bytes; the jobs behind it are asked for again
 * on a new one, from the byte where they were.
 */
export class PartConnection {
  readonly #endpoint: PartEndpoint;
  readonly #slots: PieceSlots;
  readonly #jobs: QueuedJob[] = [];
  readonly #head = Buffer.allocUnsafeSlow(HEAD_BUFFER_BYTES);
  #socket: Socket | undefined;
  /** A head of which the rest has still to come; not in `#head`, where that rest will be. */
  #headStart = NOTHING;
  #isInBody = false;
  #isPaused = false;
  /** What TLS had deciphered already when the socket was paused. */
  #late = NOTHING;
  #hasServed = false;
  #token: string | undefined;

  constructor(endpoint: PartEndpoint, slots: PieceSlots) {
    this.#endpoint = endpoint;
    this.#slots = slots;
    slots.join();
  }

  /** Begins a job; the returned function cancels it without a call of `onEnd`. */
  read(job: PartJob): () => void {
    const queued: QueuedJob = {
      ...job,
      end: job.run.first + job.run.count,
      part: job.run.first,
      given: job.run.from ?? 0,
      hash: undefined,
      slot: undefined,
      filled: 0,
      hasRestarted: false,
    };
    this.#jobs.push(queued);
    if (this.#socket) this.#send(queued);
    else this.#open();
    return () => this.#cancel(queued);
  }

  /** Shown with every request from now on; those that run are not disturbed. */
  useToken(token: string | undefined): void {
    this.#token = token;
  }

  close(): void {
    this.#slots.leave();
    for (const job of this.#jobs.splice(0)) this.#dropSlot(job);
    this.#abandonSocket();
  }

  #open(): void {
    const socket: Socket = connectTo(this.#endpoint, {
      buffer: () => this.#nextBuffer(),
      callback: (count, buffer) => this.#socket === socket && this.#take(count, buffer),
    });
    this.#socket = socket;
    this.#headStart = NOTHING;
    this.#isInBody = false;
    this.#isPaused = false;
    this.#hasServed = false;
    socket.on('error', error => this.#broken(socket, error));
    socket.on('end', () => this.#broken(socket, undefined));
    socket.on('close', () => this.#broken(socket, undefined));
    for (const job of this.#jobs) this.#send(job);
  }

  #send(job: QueuedJob): void {
    const { host, port, fileId, userAgent } = this.#endpoint;
    const { start, end } = this.#restOf(job);
    const authority = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
    this.#socket!.write(
      `GET /files/${fileId} HTTP/1.1\r\nHost: ${authority}\r\nRange: bytes=${start}-${end - 1}\r\n` +
        `Accept-Encoding: identity\r\nUser-Agent: ${userAgent}\r\n${this.#token === undefined ? '' : `Authorization: Bearer ${this.#token}\r\n`}\r\n`,
    );
  }

  /** What the job still has to receive, in bytes of the file. */
  #restOf(job: QueuedJob): { readonly start: number; readonly end: number } {
    const start = partRange(this.#endpoint, job.part).start + job.given + job.filled;
    return { start, end: partRange(this.#endpoint, job.end - 1).end };
  }

  /**
   * Where the next bytes of the socket go: into their part, or into the head's buffer, always to its front. Node asks
   * right after each read, so that a wait for memory may end between the answer and the bytes.
   */
  #nextBuffer(): Uint8Array {
    const job = this.#jobs[0];
    if (job && this.#isInBody && job.slot) {
      return job.slot.bytes.subarray(job.filled, this.#pieceLength(job));
    }
    return this.#head;
  }

  /** Returns false to stop reading: there is no memory for what comes next. */
  #take(count: number, buffer: Uint8Array): boolean {
    if (this.#isPaused) {
      this.#late = Buffer.concat([this.#late, buffer.subarray(0, count)]);
      return false;
    }
    const job = this.#jobs[0];
    if (!job) {
      this.#fail(this.#protocolError('bytes that nobody asked for'));
      return false;
    }
    if (this.#isInBody && job.slot && buffer.buffer === job.slot.bytes.buffer) {
      job.filled += count;
      job.onBytes(count);
      if (job.filled === this.#pieceLength(job)) {
        this.#pieceIsFull(job);
        this.#takeBody(NOTHING);
      }
    } else if (this.#isInBody) {
      this.#takeBody(this.#head.subarray(0, count));
    } else {
      this.#takeHead(this.#head.subarray(0, count));
    }
    return !this.#isPaused;
  }

  #takeHead(bytes: Buffer): void {
    const seen = this.#headStart.length === 0 ? bytes : Buffer.concat([this.#headStart, bytes]);
    const headEnd = seen.indexOf(HEAD_END);
    if (headEnd < 0) {
      if (seen.length >= limits.headerMaxBytes) this.#fail(this.#protocolError('head too long'));
      else this.#headStart = Buffer.from(seen);
      return;
    }
    const job = this.#jobs[0]!;
    const error = this.#refusal(job, seen.toString('latin1', 0, headEnd));
    if (error) {
      this.#fail(error);
      return;
    }
    this.#headStart = NOTHING;
    this.#isInBody = true;
    this.#takeBody(seen.subarray(headEnd + HEAD_END.length));
  }

  /** Copies body bytes that arrived in the head's buffer; a response may end and the next begin inside it. */
  #takeBody(bytes: Buffer): void {
    let rest = bytes;
    while (this.#isInBody && this.#jobs[0]) {
      const job = this.#jobs[0];
      job.slot ??= this.#slots.take();
      if (!job.slot) {
        this.#waitForMemory(job, Buffer.from(rest));
        return;
      }
      if (rest.length === 0) return;
      const wanted = Math.min(rest.length, this.#pieceLength(job) - job.filled);
      job.slot.bytes.set(rest.subarray(0, wanted), job.filled);
      job.filled += wanted;
      job.onBytes(wanted);
      rest = rest.subarray(wanted);
      if (job.filled === this.#pieceLength(job)) this.#pieceIsFull(job);
    }
    if (rest.length > 0 && this.#socket) this.#takeHead(rest);
  }

  #pieceIsFull(job: QueuedJob): void {
    const { part, given: offset, filled: byteLength } = job;
    const slot = job.slot!;
    // Of a part that began in its middle the hash cannot be known.
    if (job.run.from === undefined) {
      job.hash ??= createHash('sha256');
      job.hash.update(slot.bytes.subarray(0, byteLength));
    }
    job.slot = undefined;
    job.filled = 0;
    job.given += byteLength;
    let completes: CompletedPart | undefined;
    if (job.given === this.#partLength(job)) {
      completes = { hash: job.hash?.digest('hex') };
      job.hash = undefined;
      job.given = 0;
      job.part += 1;
    }
    const isLast = job.part === job.end;
    if (isLast) {
      this.#jobs.shift();
      this.#isInBody = false;
      this.#hasServed = true;
    }
    job.onPiece({ part, offset, slot, byteLength, completes });
    if (isLast) job.onEnd();
  }

  /** Stops reading until a slot is free; `unread` is what the head's buffer already held. */
  #waitForMemory(job: QueuedJob, unread: Buffer): void {
    const socket = this.#socket;
    this.#isPaused = true;
    const news = setInterval(() => job.onBytes(0), WAITING_NEWS_MS);
    this.#slots.whenFree(() => {
      clearInterval(news);
      if (this.#socket !== socket || !socket) {
        this.#passOnMemory();
        return;
      }
      this.#isPaused = false;
      const late = this.#late;
      this.#late = NOTHING;
      this.#takeBody(late.length === 0 ? unread : Buffer.concat([unread, late]));
      if (!this.#isPaused) socket.resume();
    });
    socket?.pause();
  }

  /** Whoever waited is gone: the free slot is for the next one. */
  #passOnMemory(): void {
    const slot = this.#slots.take();
    if (slot) this.#slots.release(slot.index);
  }

  #refusal(job: QueuedJob, text: string): VideoError | undefined {
    const head = parseResponseHead(text);
    if (!head) return this.#protocolError('not HTTP');
    const { status, headers } = head;
    const { sourceId: source, fileId, sizeBytes } = this.#endpoint;
    if (status >= 400) return refusal(source, status, headers.get('retry-after'), Date.now());
    if (status !== 206) return this.#protocolError(`status ${status} instead of 206`);
    const { start, end } = this.#restOf(job);
    const range = headers.get('content-range');
    if (range !== `bytes ${start}-${end - 1}/${sizeBytes}`) return this.#protocolError(`range ${range}`);
    const etag = headers.get('etag');
    if (etag !== `"${fileId}"`) return this.#protocolError(`etag ${etag}`);
    const length = headers.get('content-length');
    if (length !== String(end - start)) return this.#protocolError(`length ${length}`);
    const encoding = headers.get('content-encoding') ?? headers.get('transfer-encoding') ?? 'identity';
    return encoding === 'identity' ? undefined : this.#protocolError(`encoding ${encoding}`);
  }

  #protocolError(reason: string): VideoError {
    return new VideoError('source_protocol', { source: this.#endpoint.sourceId, reason });
  }

  /**
   * The connection ended. A server may close an idle connection in the moment when it is used again; a job that got
   * no byte on a used connection is therefore tried once more on a new one.
   */
  #broken(socket: Socket, cause: Error | undefined): void {
    if (this.#socket !== socket) return;
    const job = this.#jobs[0];
    const wasIdle = this.#hasServed && !this.#isInBody && this.#headStart.length === 0;
    this.#abandonSocket();
    if (!job) return;
    if (wasIdle && !job.hasRestarted) {
      job.hasRestarted = true;
      this.#open();
      return;
    }
    const reason = cause ? (systemCodeOf(cause) ?? cause.message) : 'connection closed';
    this.#fail(new VideoError('source_unreachable', { source: this.#endpoint.sourceId, reason }, { cause }));
  }

  #fail(error: VideoError): void {
    this.#abandonSocket();
    for (const job of this.#jobs.splice(0)) {
      this.#dropSlot(job);
      job.onEnd(error);
    }
  }

  #cancel(job: QueuedJob): void {
    const index = this.#jobs.indexOf(job);
    if (index < 0) return;
    this.#jobs.splice(index, 1);
    this.#dropSlot(job);
    this.#abandonSocket();
    if (this.#jobs.length > 0) this.#open();
  }

  #dropSlot(job: QueuedJob): void {
    if (job.slot) this.#slots.release(job.slot.index);
    job.slot = undefined;
    job.filled = 0;
  }

  #abandonSocket(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#isInBody = false;
    this.#headStart = NOTHING;
    this.#isPaused = false;
    this.#late = NOTHING;
    socket?.destroy();
  }

  #pieceLength(job: QueuedJob): number {
    return Math.min(this.#slots.slotSizeBytes, this.#partLength(job) - job.given);
  }

  #partLength(job: QueuedJob): number {
    const { start, end } = partRange(this.#endpoint, job.part);
    return end - start;
  }
}
