import type { PartRun } from './source.ts';

/**
 * Which parts are still to be asked for, are being asked for (by how many requests), or are verified. They are
 * handed out from the lowest on, so that the file grows from its head.
 */
export class PartBoard {
  readonly #requests: Uint8Array;
  readonly #isDone: Uint8Array;
  /** None below is to be asked for. */
  #lowestTodo = 0;
  /** None above is to be asked for. */
  #highestTodo: number;
  #todo: number;
  #missing: number;

  constructor(partCount: number, present: ReadonlySet<number>) {
    this.#requests = new Uint8Array(partCount);
    this.#isDone = new Uint8Array(partCount);
    this.#highestTodo = partCount - 1;
    for (const part of present) this.#isDone[part] = 1;
    this.#missing = partCount - present.size;
    this.#todo = this.#missing;
  }

  /** Parts that nobody was asked for. */
  get todo(): number {
    return this.#todo;
  }

  /** Parts that are not verified. */
  get missing(): number {
    return this.#missing;
  }

  isDone(part: number): boolean {
    return this.#isDone[part] === 1;
  }

  /** Nobody was asked for it, and it is not there. */
  isTodo(part: number): boolean {
    return part < this.#isDone.length && this.#isDone[part] === 0 && this.#requests[part] === 0;
  }

  requestsFor(part: number): number {
    return this.#requests[part]!;
  }

  /** Of those that nobody was asked for; there has to be one. */
  get lowestTodo(): number {
    while (!this.isTodo(this.#lowestTodo)) this.#lowestTodo += 1;
    return this.#lowestTodo;
  }

  /** Of those that nobody was asked for; there has to be one. */
  get highestTodo(): number {
    while (!this.isTodo(this.#highestTodo)) this.#highestTodo -= 1;
    return this.#highestTodo;
  }

  /** Takes `first`, which nobody was asked for, and the parts after it that nobody was asked for, up to `most` in all. */
  takeRun(first: number, most: number): PartRun {
    let count = 0;
    while (count < most && this.isTodo(first + count)) {
      this.take(first + count);
      count += 1;
    }
    return { first, count };
  }

  /** One more request covers the part. */
  take(part: number): void {
    if (this.isTodo(part)) this.#todo -= 1;
    this.#requests[part]! += 1;
  }

  /** A request that covered the part ended without it. */
  giveBack(part: number): void {
    this.#requests[part]! -= 1;
    this.#noteTodo(part);
  }

  /** A request delivered the part and it is right; false when it already was there. */
  complete(part: number): boolean {
    this.#requests[part]! -= 1;
    if (this.#isDone[part] === 1) return false;
    this.#isDone[part] = 1;
    this.#missing -= 1;
    return true;
  }

  /** A part that was complete is missing again. */
  lose(part: number): void {
    this.#isDone[part] = 0;
    this.#missing += 1;
    this.#noteTodo(part);
  }

  #noteTodo(part: number): void {
    if (!this.isTodo(part)) return;
    this.#todo += 1;
    this.#lowestTodo = Math.min(this.#lowestTodo, part);
    this.#highestTodo = Math.max(this.#highestTodo, part);
  }
}
