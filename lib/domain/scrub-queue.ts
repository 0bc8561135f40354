import { MINUTE_MS } from '../base/units.ts';
import { keyOf } from './folder-changes.ts';
import type { FileStamp, IndexedFile, ScrubPlace, ScrubRecord } from './local-folder.ts';
import { inOrderOfNeed, type ReadReplica } from './scrub.ts';

/** A file of the folder and when it was last read to its end. */
export interface DueFile extends ReadReplica {
  readonly file: IndexedFile;
}

/** The folder is compared with what is queued this often, and when the queue is empty. */
const LOOK_EVERY_MS = MINUTE_MS;

/**
 * Files in order of their need to be read again. A state of a file that was never heard of counts as read now: it was
 * just read to be indexed, or is spread over the cycle with the others. All times are milliseconds since 1970.
 */
export class ScrubQueue {
  readonly #read = new Map<string, { readonly stamp: FileStamp; readonly atMs: number }>();
  readonly #leftAloneUntilMs = new Map<string, number>();
  /** What is being read in its turn, and how far it has come. */
  place: ScrubPlace | undefined;
  #queue: DueFile[] = [];
  #lookedAtMs = -Infinity;

  restore({ read, place }: ScrubRecord): void {
    for (const { stamp, atMs } of read) this.#read.set(keyOf(stamp), { stamp, atMs });
    this.place = place;
  }

  record(): ScrubRecord {
    return { read: [...this.#read.values()], ...(this.place && { place: this.place }) };
  }

  get isEmpty(): boolean {
    return this.#queue.length === 0;
  }

  /** `files` are all that there are; the one in greatest need comes first. */
  inOrder(files: Iterable<IndexedFile>, nowMs: number): readonly DueFile[] {
    const isFresh = Math.abs(nowMs - this.#lookedAtMs) < LOOK_EVERY_MS && !this.isEmpty;
    if (!isFresh) this.#look(files, nowMs);
    return this.#queue;
  }

  /** Of the file that comes first. */
  get readBytes(): number {
    const [first] = this.#queue;
    return first && this.place && keyOf(first.file.stamp) === keyOf(this.place.stamp) ? this.place.readBytes : 0;
  }

  /** It goes to the end of the queue, or out of it when it is not right. */
  wasRead(file: IndexedFile, nowMs: number, { isRight }: { readonly isRight: boolean }): void {
    this.#read.set(keyOf(file.stamp), { stamp: file.stamp, atMs: nowMs });
    if (this.place && keyOf(this.place.stamp) === keyOf(file.stamp)) this.place = undefined;
    this.#remove(file);
    if (isRight) this.#queue.push({ file, sizeBytes: file.stamp.sizeBytes, readAtMs: nowMs });
  }

  /** As it is now it cannot be read; the others come first for a while. */
  leaveAlone(file: IndexedFile, untilMs: number): void {
    this.#leftAloneUntilMs.set(keyOf(file.stamp), untilMs);
    this.#remove(file);
  }

  isLeftAlone({ stamp }: IndexedFile, nowMs: number): boolean {
    return (this.#leftAloneUntilMs.get(keyOf(stamp)) ?? -Infinity) > nowMs;
  }

  tryAgain({ stamp }: IndexedFile): void {
    this.#leftAloneUntilMs.delete(keyOf(stamp));
  }

  #look(files: Iterable<IndexedFile>, nowMs: number): void {
    const due: DueFile[] = [];
    const keys = new Set<string>();
    for (const file of files) {
      const key = keyOf(file.stamp);
      keys.add(key);
      const readAtMs = this.#read.get(key)?.atMs ?? nowMs;
      this.#read.set(key, { stamp: file.stamp, atMs: readAtMs });
      if (!this.isLeftAlone(file, nowMs)) due.push({ file, sizeBytes: file.stamp.sizeBytes, readAtMs });
    }
    for (const key of this.#read.keys()) if (!keys.has(key)) this.#read.delete(key);
    for (const [key, untilMs] of this.#leftAloneUntilMs) if (untilMs <= nowMs) this.#leftAloneUntilMs.delete(key);
    this.#queue = inOrderOfNeed(due);
    this.#lookedAtMs = nowMs;
  }

  #remove({ stamp }: IndexedFile): void {
    const index = this.#queue.findIndex(({ file }) => keyOf(file.stamp) === keyOf(stamp));
    if (index >= 0) this.#queue.splice(index, 1);
  }
}
