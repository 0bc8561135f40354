/** Memory for one part. `index` tells the slot across threads. */
export interface PartSlot {
  readonly index: number;
  readonly bytes: Uint8Array;
}

/**
 * A fixed number of part-sized buffers over one shared block. Pages of a slot that was never used cost nothing, and
 * the slot released last is given first, so that memory grows only as far as it is needed.
 */
export class PartSlots {
  readonly memory: SharedArrayBuffer;
  readonly #slots: readonly PartSlot[];
  readonly #free: PartSlot[];
  readonly #waiting: (() => void)[] = [];

  constructor(count: number, partSizeBytes: number) {
    this.memory = new SharedArrayBuffer(count * partSizeBytes);
    this.#slots = Array.from({ length: count }, (_, index) => ({
      index,
      bytes: new Uint8Array(this.memory, index * partSizeBytes, partSizeBytes),
    }));
    this.#free = this.#slots.toReversed();
  }

  take(): PartSlot | undefined {
    return this.#free.pop();
  }

  /** Calls back once when a slot is free; who waited longest comes first. */
  whenFree(callback: () => void): void {
    this.#waiting.push(callback);
  }

  release(index: number): void {
    this.#free.push(this.#slots[index]!);
    this.#waiting.shift()?.();
  }
}
