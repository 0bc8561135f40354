/** What is shown, in order, and where it stands for players. */
export interface ShownEntry<T> {
  readonly item: T;
  /** What comes before does not lead to it. */
  readonly isDiscontinuity: boolean;
}

export interface ShownView<T> {
  /** Of the first entry; of the next one to come when there is none. Entries follow without a gap. */
  readonly mediaSequence: number;
  /** How many discontinuities were removed (RFC 8216 §6.2.2). */
  readonly discontinuitySequence: number;
  readonly entries: readonly ShownEntry<T>[];
}

/** A list that grows behind and is removed from its front, numbered from 1 so that neither number ever goes back. */
export class ShownWindow<T> {
  #entries: ShownEntry<T>[] = [];
  #removed = 0;
  #removedDiscontinuities = 0;
  #isBroken = false;

  get first(): T | undefined {
    return this.#entries[0]?.item;
  }

  get length(): number {
    return this.#entries.length;
  }

  get firstNumber(): number {
    return this.#removed + 1;
  }

  /** What is shown next does not follow what was shown last. */
  break(): void {
    this.#isBroken = true;
  }

  show(item: T): void {
    this.#entries.push({ item, isDiscontinuity: this.#isBroken });
    this.#isBroken = false;
  }

  removeFirst(): T | undefined {
    const first = this.#entries.shift();
    if (!first) return undefined;
    this.#removed += 1;
    if (first.isDiscontinuity) this.#removedDiscontinuities += 1;
    return first.item;
  }

  /** Takes out what no player was told of yet, nor of anything behind it: the numbers of these change. */
  leaveOut(isMeant: (item: T) => boolean): T | undefined {
    const at = this.#entries.findIndex(({ item }) => isMeant(item));
    if (at === -1) return undefined;
    const [left] = this.#entries.splice(at, 1);
    const next = this.#entries[at];
    if (next) this.#entries[at] = { ...next, isDiscontinuity: true };
    else this.break();
    return left!.item;
  }

  view(): ShownView<T> {
    return { mediaSequence: this.firstNumber, discontinuitySequence: this.#removedDiscontinuities, entries: [...this.#entries] };
  }
}
