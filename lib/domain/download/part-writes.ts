import type { RequestId } from './scheduled-source.ts';

interface WritingPart {
  writer: RequestId;
  isShared: boolean;
  readonly pending: Promise<boolean>[];
}

/**
 * Writes of parts that are not kept yet. Two requests may bring the same part at once, and wrong bytes of one may then
 * overwrite right bytes of the other after these were hashed: such a part has to be read back.
 */
export class PartWrites {
  readonly #parts = new Map<number, WritingPart>();

  /** `isRunning` tells whether an earlier request may still write; one that was cancelled does not. */
  add(part: number, writer: RequestId, written: Promise<boolean>, isRunning: (request: RequestId) => boolean): void {
    let writing = this.#parts.get(part);
    if (!writing) {
      writing = { writer, isShared: false, pending: [] };
      this.#parts.set(part, writing);
    }
    if (writing.writer !== writer) {
      writing.isShared ||= isRunning(writing.writer);
      writing.writer = writer;
    }
    writing.pending.push(written);
  }

  /** All that was written into the part until now has settled; the part is forgotten. */
  async settle(part: number): Promise<{ readonly areWritten: boolean; readonly isShared: boolean }> {
    const writing = this.#parts.get(part);
    this.#parts.delete(part);
    const results = await Promise.all(writing?.pending ?? []);
    return { areWritten: results.every(Boolean), isShared: writing?.isShared ?? false };
  }
}
