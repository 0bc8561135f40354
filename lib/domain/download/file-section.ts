import { partRange } from '../manifest.ts';
import type { FilePlan } from './file-plan.ts';
import type { ArrivedPiece, Source } from './source.ts';

/**
 * Consecutive parts of a file, from `first` up to, and without, `end`, as a file of their own: bringing them costs as much as
 * they are many, however long the whole is.
 */
export class FileSection {
  readonly plan: FilePlan;
  readonly #first: number;
  readonly #sources = new WeakMap<Source, Source>();

  constructor(plan: FilePlan, first: number, end: number) {
    const sizeBytes = partRange(plan, end - 1).end - partRange(plan, first).start;
    this.plan = { ...plan, sizeBytes, partHashes: plan.partHashes.slice(first, end) };
    this.#first = first;
  }

  /** The section as a source of the file has it; the same object for the same source. */
  of(source: Source): Source {
    const section = this.#sources.get(source) ?? new SectionSource(source, this.#first, this.plan.partHashes.length);
    this.#sources.set(source, section);
    return section;
  }
}

class SectionSource implements Source {
  readonly id: string;
  readonly lacks: ReadonlySet<number>;
  readonly #source: Source;
  readonly #first: number;

  constructor(source: Source, first: number, count: number) {
    this.id = source.id;
    this.lacks = new Set([...(source.lacks ?? [])].map(part => part - first).filter(part => part >= 0 && part < count));
    this.#source = source;
    this.#first = first;
  }

  read: Source['read'] = (run, { onBytes, onPiece }, options) => {
    const inSection = (piece: ArrivedPiece) => onPiece({ ...piece, part: piece.part - this.#first });
    return this.#source.read({ ...run, first: run.first + this.#first }, { onBytes, onPiece: inSection }, options);
  };

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#source[Symbol.asyncDispose]();
  }
}
