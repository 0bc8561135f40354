/** Memory for one piece of a part. `index` tells the slot across threads. */
export interface PieceSlot {
  readonly index: number;
  readonly bytes: Uint8Array;
}

/** Slots that a user may fill while others are being written. */
const SPARE_SLOTS = 2;
const USERS_MAX = 62;

/**
 * Equal buffers over one shared block. As many as `count` may be taken at once, or two more than there are users, so
 * that slow ones, which hold a slot for long, do not hold up the rest. Pages of a slot that was never used cost nothing,
 * and the slot released last is given first: memory grows only as far as it is needed.
 */
export class PieceSlots {
  readonly memory: SharedArrayBuffer;
  readonly slotSizeBytes: number;
  readonly #count: number;
  readonly #free: PieceSlot[];
  readonly #slots: readonly PieceSlot[];
  readonly #waiting: (() => void)[] = [];
  #users = 0;

  constructor(count: number, slotSizeBytes: number) {
    const mostCount = Math.max(count, USERS_MAX + SPARE_SLOTS);
    this.slotSizeBytes = slotSizeBytes;
    this.memory = new SharedArrayBuffer(mostCount * slotSizeBytes);
    this.#count = count;
    this.#slots = Array.from({ length: mostCount }, (_, index) => ({
      index,
      bytes: new Uint8Array(this.memory, index * slotSizeBytes, slotSizeBytes),
    }));
    this.#free = this.#slots.toReversed();
  }

  join(): void {
    this.#users += 1;
  }

  leave(): void {
    this.#users -= 1;
  }

  take(): PieceSlot | undefined {
    const taken = this.#slots.length - this.#free.length;
    return taken < Math.max(this.#count, this.#users + SPARE_SLOTS) ? this.#free.pop() : undefined;
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
