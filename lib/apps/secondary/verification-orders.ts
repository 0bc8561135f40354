import type { Verification } from '../../domain/damaged-file.ts';
import type { FileId } from '../../domain/file.ts';
import type { IndexedFile, ScrubPlace } from '../../domain/local-folder.ts';
import { limits } from '../../protocol/limits.ts';
import type { Folder } from '../shared-folder/folder.ts';

interface Doubt {
  readonly id: FileId;
  /** The central waits for the result. */
  isOfCentral: boolean;
  place: ScrubPlace | undefined;
}

/**
 * Replicas that somebody doubts, in the order in which they are to be read, and what came of those that the central
 * asked about, until it has heard of it.
 */
export class VerificationOrders {
  readonly #folder: Pick<Folder, 'files' | 'damaged'>;
  readonly #doubts = new Map<string, Doubt>();
  #results: Verification[] = [];

  constructor(folder: Pick<Folder, 'files' | 'damaged'>) {
    this.#folder = folder;
  }

  get waiting(): number {
    return this.#doubts.size;
  }

  get results(): readonly Verification[] {
    return this.#results.slice(0, limits.verificationsListed);
  }

  /** The same once more, also one whose result is still to be told, changes nothing. */
  take({ id, name }: { readonly id: FileId; readonly name: string }, { isOfCentral, place }: { readonly isOfCentral: boolean; readonly place?: ScrubPlace }): void {
    if (isOfCentral && this.#results.some(result => result.id === id && result.name === name)) return;
    const known = this.#doubts.get(name);
    if (known?.id === id) known.isOfCentral ||= isOfCentral;
    else this.#doubts.set(name, { id, isOfCentral, place });
  }

  /** What to read first, and where to go on; orders that became void are forgotten. */
  next(): { readonly file: IndexedFile; readonly place: ScrubPlace | undefined } | undefined {
    for (const [name, { id, place }] of this.#doubts) {
      const file = this.#folder.files.get(name) ?? this.#folder.damaged.get(name);
      if (file?.id === id) return { file, place };
      this.#doubts.delete(name);
    }
    return undefined;
  }

  goOn({ name }: IndexedFile, place: ScrubPlace): void {
    const doubt = this.#doubts.get(name);
    if (doubt) doubt.place = place;
  }

  done({ id, name }: IndexedFile, badParts: readonly number[]): void {
    if (this.#doubts.get(name)?.isOfCentral) this.#results.push({ id, name, badParts: badParts.slice(0, limits.badPartsListed) });
    this.#doubts.delete(name);
  }

  forget({ name }: IndexedFile): void {
    this.#doubts.delete(name);
  }

  /** The central knows these now. */
  told(results: readonly Verification[]): void {
    this.#results = this.#results.filter(({ id, name }) => !results.some(told => told.id === id && told.name === name));
  }
}
