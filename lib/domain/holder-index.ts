/** A map that grows or shrinks is copied as a whole, while everybody waits: many small ones take a millisecond each. */
const SHARDS = 256;

/** Those that have one name, when they are several. */
class Crowd<Holder> {
  readonly #fresh = new Set<Holder>();
  readonly #offered: Set<Holder>;

  constructor(first: Holder) {
    this.#offered = new Set([first]);
  }

  get size(): number {
    return this.#fresh.size + this.#offered.size;
  }

  add(holder: Holder): void {
    if (!this.#offered.has(holder)) this.#fresh.add(holder);
  }

  delete(holder: Holder): void {
    if (!this.#fresh.delete(holder)) this.#offered.delete(holder);
  }

  *all(): Generator<Holder, void, undefined> {
    yield* this.#fresh;
    yield* this.#offered;
  }

  noteOffered(holder: Holder): void {
    this.delete(holder);
    this.#offered.add(holder);
  }
}

/**
 * Who has which name. Most names have one holder, which then takes no more room than its own reference; and what
 * nobody has any more takes none.
 */
export class HolderIndex<Holder extends object> {
  readonly #shards = Array.from({ length: SHARDS }, () => new Map<string, Holder | Crowd<Holder>>());

  add(name: string, holder: Holder): void {
    const holders = this.#shardOf(name);
    const known = holders.get(name);
    if (known === holder) return;
    if (known === undefined) holders.set(name, holder);
    else if (known instanceof Crowd) known.add(holder);
    else {
      const crowd = new Crowd(known);
      crowd.add(holder);
      holders.set(name, crowd);
    }
  }

  delete(name: string, holder: Holder): void {
    const holders = this.#shardOf(name);
    const known = holders.get(name);
    if (known === holder) holders.delete(name);
    if (!(known instanceof Crowd)) return;
    known.delete(holder);
    const [last] = known.size === 1 ? known.all() : [];
    if (last) holders.set(name, last);
  }

  /** Some of those that have the name and are wanted, the least recently offered first. They count as offered now. */
  offer(name: string, max: number, isWanted: (holder: Holder) => boolean): readonly Holder[] {
    const known = this.#shardOf(name).get(name);
    if (known === undefined) return [];
    if (!(known instanceof Crowd)) return max > 0 && isWanted(known) ? [known] : [];
    const chosen: Holder[] = [];
    for (const holder of known.all()) {
      if (chosen.length >= max) break;
      if (isWanted(holder)) chosen.push(holder);
    }
    for (const holder of chosen) known.noteOffered(holder);
    return chosen;
  }

  #shardOf(name: string): Map<string, Holder | Crowd<Holder>> {
    let sum = 0;
    for (let index = 0; index < name.length; index += 1) sum = (sum * 31 + name.charCodeAt(index)) | 0;
    return this.#shards[(sum >>> 0) % SHARDS]!;
  }
}
