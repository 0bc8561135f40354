import { createHash } from 'node:crypto';
import type { PartRoom, PartRooms } from './part-rooms.ts';

/**
 * Rooms in memory, up to a budget, used again and again: parts come and go faster than the collector looks after what lies outside
 * its heap. What the budget has no room for goes elsewhere.
 */
export class PartMemory implements PartRooms {
  readonly #budgetBytes: number;
  readonly #beyond: PartRooms;
  readonly #free = new Map<number, Uint8Array[]>();
  #takenBytes = 0;
  #freeBytes = 0;

  constructor(budgetBytes: number, beyond: PartRooms) {
    this.#budgetBytes = budgetBytes;
    this.#beyond = beyond;
  }

  /** Of the budget, what is taken or waits to be taken again. */
  get heldBytes(): number {
    return this.#takenBytes + this.#freeBytes;
  }

  take(sizeBytes: number): PartRoom {
    if (this.#takenBytes + sizeBytes > this.#budgetBytes) return this.#beyond.take(sizeBytes);
    const bytes = this.#freeOf(sizeBytes) ?? this.#allocate(sizeBytes);
    this.#takenBytes += sizeBytes;
    return new MemoryRoom(bytes, () => this.#give(bytes));
  }

  #freeOf(sizeBytes: number): Uint8Array | undefined {
    const bytes = this.#free.get(sizeBytes)?.pop();
    if (bytes) this.#freeBytes -= sizeBytes;
    return bytes;
  }

  #allocate(sizeBytes: number): Uint8Array {
    while (this.heldBytes + sizeBytes > this.#budgetBytes) this.#forgetOne();
    return Buffer.allocUnsafeSlow(sizeBytes);
  }

  #give(bytes: Uint8Array): void {
    const { byteLength } = bytes;
    const free = this.#free.get(byteLength) ?? [];
    free.push(bytes);
    // The size that was used last is the last to be forgotten.
    this.#free.delete(byteLength);
    this.#free.set(byteLength, free);
    this.#takenBytes -= byteLength;
    this.#freeBytes += byteLength;
  }

  #forgetOne(): void {
    const [sizeBytes, free] = [...this.#free].find(([, { length }]) => length > 0)!;
    free.pop();
    if (free.length === 0) this.#free.delete(sizeBytes);
    this.#freeBytes -= sizeBytes;
  }
}

class MemoryRoom implements PartRoom {
  readonly release: () => void;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, release: () => void) {
    this.#bytes = bytes;
    this.release = release;
  }

  async write(offset: number, bytes: Uint8Array): Promise<void> {
    this.#bytes.set(bytes, offset);
  }

  async read(buffer: Uint8Array, offset: number): Promise<void> {
    buffer.set(this.#bytes.subarray(offset, offset + buffer.byteLength));
  }

  async digest(): Promise<string> {
    return createHash('sha256').update(this.#bytes).digest('hex');
  }
}
