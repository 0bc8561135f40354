/**
 * Memory for parts, used again and again: parts come and go faster than the collector looks after what lies outside its heap. What
 * is kept for the next is bounded; what is taken is the takers' to bound.
 */
export class PartMemory {
  readonly #keptBytesMax: number;
  readonly #free = new Map<number, Uint8Array[]>();
  #keptBytes = 0;

  constructor(keptBytesMax: number) {
    this.#keptBytesMax = keptBytesMax;
  }

  take(sizeBytes: number): Uint8Array {
    const free = this.#free.get(sizeBytes)?.pop();
    if (!free) return Buffer.allocUnsafeSlow(sizeBytes);
    this.#keptBytes -= sizeBytes;
    return free;
  }

  /** Nobody reads from it or writes to it any more. */
  give(bytes: Uint8Array): void {
    const { byteLength } = bytes;
    if (byteLength > this.#keptBytesMax) return;
    while (this.#keptBytes + byteLength > this.#keptBytesMax) this.#forgetOne();
    const free = this.#free.get(byteLength) ?? [];
    free.push(bytes);
    // The size that was used last is the last to be forgotten.
    this.#free.delete(byteLength);
    this.#free.set(byteLength, free);
    this.#keptBytes += byteLength;
  }

  #forgetOne(): void {
    const [sizeBytes, free] = [...this.#free].find(([, { length }]) => length > 0)!;
    free.pop();
    this.#keptBytes -= sizeBytes;
  }
}
