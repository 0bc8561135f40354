/** Below it there is nothing worth giving back. */
const LEAST = 50_000;

/** What goes faster than this, of all there was, from one look to the next, is not over yet. */
const SETTLED_SHARE = 1 / 100;

/**
 * Notices when of many things that were kept in memory half are gone. An engine that collects garbage when it needs room
 * may otherwise keep theirs for days.
 */
export class Shrinkage {
  #most = 0;
  #last = 0;

  /**
   * True when there are half as many as there were at the most since it was last true, once the rest stays: to collect takes
   * the longer the more are left, and who waits for the end of a mass death is held up once.
   */
  note(count: number): boolean {
    const isSettled = this.#last - count <= this.#most * SETTLED_SHARE;
    const isMuchLess = isSettled && this.#most >= LEAST && count <= this.#most / 2;
    this.#last = count;
    this.#most = isMuchLess ? count : Math.max(this.#most, count);
    return isMuchLess;
  }
}
