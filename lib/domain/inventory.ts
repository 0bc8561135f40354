import type { AnnouncedFile, InventorySlice } from './catalog.ts';

interface Change {
  readonly revision: number;
  /** Undefined: the name is gone. */
  readonly file: AnnouncedFile | undefined;
}

/**
 * What a node holds, as a history that can be told from any point on.
 *
 * Each change of a name gets the next revision, and a name has only its last change. A name that went away leaves a
 * tombstone, so that whoever heard of it before hears that it is gone, also when everything is told again. A slice is
 * a piece of this history in order of revision; applied in that order, from any point that was reached before, slices
 * leave the listener with what the node holds, whatever was lost or repeated on the way.
 */
export class Inventory {
  readonly #id: string;
  /** In order of revision. */
  readonly #changes = new Map<string, Change>();
  #revision = 1;

  /** `id` must be new in each run: revisions begin again. */
  constructor(id: string) {
    this.#id = id;
  }

  /** Of the last change. Above 0, so that an empty inventory, told whole, is not mistaken for none. */
  get revision(): number {
    return this.#revision;
  }

  put(file: AnnouncedFile): void {
    this.#change(file.name, file);
  }

  remove(name: string): void {
    if (this.#changes.get(name)?.file) this.#change(name, undefined);
  }

  /** What follows revision `known`, `maxFiles` names at most. A revision that is not of this history starts again at 0. */
  slice(known: number, maxFiles: number): InventorySlice {
    const fromRevision = known <= this.#revision ? known : 0;
    const added: AnnouncedFile[] = [];
    const removed: string[] = [];
    let toRevision = fromRevision;
    let isComplete = true;
    for (const [name, { revision, file }] of fromRevision === this.#revision ? [] : this.#changes) {
      if (revision <= fromRevision) continue;
      if (added.length + removed.length === maxFiles) {
        isComplete = false;
        break;
      }
      if (file) added.push(file);
      else removed.push(name);
      toRevision = revision;
    }
    return { inventoryId: this.#id, fromRevision, toRevision: isComplete ? this.#revision : toRevision, isComplete, added, removed };
  }

  #change(name: string, file: AnnouncedFile | undefined): void {
    this.#revision += 1;
    // Deleting first moves the name to the end: a Map keeps the order of insertion.
    this.#changes.delete(name);
    this.#changes.set(name, { revision: this.#revision, file });
  }
}
