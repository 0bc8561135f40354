/** Below it there is nothing worth giving back. */
const LEAST = 50_000;

/**
 * Notices when of many things that were kept in memory half are gone. An engine that collects garbage when it needs room
 * may otherwise keep theirs for days.
 */
export class Shrinkage {
  #most = 0;

  /** True when there are half as many as there were at the most since it was last true. */
  note(count: number): boolean {
    const isMuchLess = this.#most >= LEAST && count <= this.#most / 2;
    this.#most = isMuchLess ? count : Math.max(this.#most, count);
    return isMuchLess;
  }
}
