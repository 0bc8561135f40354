import { SECOND_MS } from '../base/units.ts';

interface Slot {
  running: number;
  /** When the last answer ended. */
  restingSinceMs: number;
}

/** Between two requests of one download passes less. */
const REST_MS = 2 * SECOND_MS;

/**
 * Places for those who download at one time. Who has one keeps it between requests: only who rests for a while gives it to
 * another, and whoever finds none is refused at once instead of sharing what is too little already.
 */
export class ServingSlots {
  readonly #max: number;
  readonly #slots = new Map<object, Slot>();

  /** 0 refuses everybody. */
  constructor(max: number) {
    this.#max = max;
  }

  /** Whether somebody who has no place would get one. */
  hasRoom(nowMs: number): boolean {
    return this.#slots.size < this.#max || this.#resting(nowMs) !== undefined;
  }

  /** One answer more for this connection; false when there is no place for it. */
  enter(connection: object, nowMs: number): boolean {
    const slot = this.#slots.get(connection) ?? this.#open(connection, nowMs);
    if (slot) slot.running += 1;
    return slot !== undefined;
  }

  /** One of its answers ended. */
  rest(connection: object, nowMs: number): void {
    const slot = this.#slots.get(connection);
    if (!slot) return;
    slot.running -= 1;
    slot.restingSinceMs = nowMs;
  }

  /** The connection is closed. */
  leave(connection: object): void {
    this.#slots.delete(connection);
  }

  #open(connection: object, nowMs: number): Slot | undefined {
    if (!this.hasRoom(nowMs)) return undefined;
    if (this.#slots.size >= this.#max) this.#slots.delete(this.#resting(nowMs)!);
    const slot = { running: 0, restingSinceMs: nowMs };
    this.#slots.set(connection, slot);
    return slot;
  }

  #resting(nowMs: number): object | undefined {
    for (const [connection, { running, restingSinceMs }] of this.#slots) {
      if (running === 0 && nowMs - restingSinceMs >= REST_MS) return connection;
    }
    return undefined;
  }
}
