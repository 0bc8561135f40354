import { SLICES, type BlockManifest, type Slice } from './stream.ts';

/** A block of which at least one slice is here. */
interface Entry {
  readonly block: BlockManifest;
  readonly slices: (Slice | undefined)[];
  readonly heardMs: number;
  held: number;
}

/** The slices that somebody has, for some seconds: what he puts together and gives to others. */
export class SliceBook {
  readonly #entries = new Map<number, Entry>();
  readonly #keptMs: number;
  #newest: BlockManifest | undefined;

  constructor(keptMs: number) {
    this.#keptMs = keptMs;
  }

  /** The block with the highest number of which something is here, or was. */
  get newest(): BlockManifest | undefined {
    return this.#newest;
  }

  /** False when it was here already. */
  add(slice: Slice, nowMs: number): boolean {
    const { block, index } = slice;
    let entry = this.#entries.get(block.number);
    if (!entry) {
      entry = { block, slices: [], heardMs: nowMs, held: 0 };
      this.#entries.set(block.number, entry);
    }
    if (entry.slices[index]) return false;
    entry.slices[index] = slice;
    entry.held += 1;
    if (!this.#newest || block.number > this.#newest.number) this.#newest = block;
    return true;
  }

  get(number: number, index: number): Slice | undefined {
    return this.#entries.get(number)?.slices[index];
  }

  block(number: number): BlockManifest | undefined {
    return this.#entries.get(number)?.block;
  }

  /** How many slices of a block are here. */
  held(number: number): number {
    return this.#entries.get(number)?.held ?? 0;
  }

  /** All slices of a block, in order, when all are here. */
  whole(number: number): readonly Slice[] | undefined {
    const entry = this.#entries.get(number);
    return entry?.held === SLICES ? (entry.slices as readonly Slice[]) : undefined;
  }

  clear(): void {
    this.#entries.clear();
    this.#newest = undefined;
  }

  forgetOld(nowMs: number): void {
    // They stand in the order in which they were heard of.
    for (const [number, { heardMs }] of this.#entries) {
      if (heardMs >= nowMs - this.#keptMs) return;
      this.#entries.delete(number);
    }
  }
}
