import { KIB } from '../../base/units.ts';

export interface BufferPoolOptions {
  readonly bufferSizeBytes?: number;
  readonly maxBuffers?: number;
  /** Size of the buffer that a waiter gets instead, when the pool is held by those who do not read. */
  readonly spareSizeBytes?: number;
  readonly maxWaitMs?: number;
}

/**
 * Reused buffers whose number has a limit. Who finds none waits in line.
 *
 * A client that stopped reading holds its buffer until its time is over, and enough of them would hold the whole
 * pool. So nobody waits longer than `maxWaitMs`: then a small buffer outside the pool does the work, and others do not
 * wait either until a buffer comes back. Memory stays bounded by the pool and one small buffer for each borrower.
 */
export class BufferPool {
  readonly #free: Uint8Array[] = [];
  readonly #waiting = new Set<(buffer: Uint8Array) => void>();
  readonly #bufferSizeBytes: number;
  readonly #maxBuffers: number;
  readonly #spareSizeBytes: number;
  readonly #maxWaitMs: number;
  #allocated = 0;
  #isStuck = false;

  constructor({ bufferSizeBytes = 512 * KIB, maxBuffers = 64, spareSizeBytes = 64 * KIB, maxWaitMs = 100 }: BufferPoolOptions = {}) {
    this.#bufferSizeBytes = bufferSizeBytes;
    this.#maxBuffers = maxBuffers;
    this.#spareSizeBytes = spareSizeBytes;
    this.#maxWaitMs = maxWaitMs;
  }

  /** Buffers that were taken and not given back. */
  get taken(): number {
    return this.#allocated - this.#free.length;
  }

  /** A buffer now or in turn. Give it back once, as it came. */
  async take(): Promise<Uint8Array> {
    const buffer = this.#takeNow();
    if (buffer) return buffer;
    return this.#isStuck ? this.#spare() : this.#wait();
  }

  /** A buffer to work ahead with: only while at least half of the pool is free. */
  takeExtra(): Uint8Array | undefined {
    return this.taken < this.#maxBuffers / 2 ? this.#takeNow() : undefined;
  }

  give(buffer: Uint8Array): void {
    if (buffer.byteLength !== this.#bufferSizeBytes) return;
    this.#isStuck = false;
    const [first] = this.#waiting;
    if (first) first(buffer);
    else this.#free.push(buffer);
  }

  // Last in, first out: the buffer that was used last is still in the processor's cache.
  #takeNow(): Uint8Array | undefined {
    const free = this.#free.pop();
    if (free || this.#allocated === this.#maxBuffers) return free;
    this.#allocated += 1;
    return Buffer.allocUnsafeSlow(this.#bufferSizeBytes);
  }

  #wait(): Promise<Uint8Array> {
    return new Promise(resolve => {
      const receive = (buffer: Uint8Array) => {
        clearTimeout(timer);
        this.#waiting.delete(receive);
        resolve(buffer);
      };
      const timer = setTimeout(() => {
        this.#isStuck = true;
        receive(this.#spare());
      }, this.#maxWaitMs);
      this.#waiting.add(receive);
    });
  }

  #spare(): Uint8Array {
    return Buffer.allocUnsafeSlow(this.#spareSizeBytes);
  }
}
