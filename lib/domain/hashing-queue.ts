import { isSameStamp, modifiedAtMs, type FileStamp, type LocalFile } from './local-folder.ts';

export interface HashingQueueSettings {
  /** A file younger than this may still be being copied. */
  readonly settleMs: number;
  /** After a failure the same state of a file is left alone for this long. */
  readonly retryMs: number;
}

interface Waiting {
  readonly file: LocalFile;
  /** When this stamp was first seen. */
  readonly seenAtMs: number;
  readonly notBeforeMs: number;
  readonly hasFailed: boolean;
}

/** Which file to read next: the smallest of those that have settled. Times are dates, as those of files. */
export class HashingQueue {
  readonly #settings: HashingQueueSettings;
  #waiting = new Map<string, Waiting>();

  constructor(settings: HashingQueueSettings) {
    this.#settings = settings;
  }

  /** These are all the files that wait now. */
  replace(files: readonly LocalFile[], nowMs: number): void {
    this.#waiting = new Map(files.map(file => [file.name, this.#keep(file, nowMs)]));
  }

  next(nowMs: number): LocalFile | undefined {
    let smallest: LocalFile | undefined;
    for (const { file, notBeforeMs } of this.#waiting.values()) {
      if (notBeforeMs > nowMs) continue;
      if (!smallest || file.stamp.sizeBytes < smallest.stamp.sizeBytes) smallest = file;
    }
    return smallest;
  }

  /** When something could be ready; Infinity when nothing waits. */
  readyAtMs(): number {
    return [...this.#waiting.values()].reduce((earliest, { notBeforeMs }) => Math.min(earliest, notBeforeMs), Infinity);
  }

  /** Those that were not tried yet. */
  get untried(): readonly LocalFile[] {
    return [...this.#waiting.values()].filter(({ hasFailed }) => !hasFailed).map(({ file }) => file);
  }

  remove(name: string): void {
    this.#waiting.delete(name);
  }

  /** Tells whether it is the first failure of this state of the file, worth telling a person. */
  fail({ name, stamp }: LocalFile, nowMs: number): boolean {
    const waiting = this.#waiting.get(name);
    if (!waiting || !isSameStamp(waiting.file.stamp, stamp)) return false;
    this.#waiting.set(name, { ...waiting, notBeforeMs: nowMs + this.#settings.retryMs, hasFailed: true });
    return !waiting.hasFailed;
  }

  #keep(file: LocalFile, nowMs: number): Waiting {
    const known = this.#waiting.get(file.name);
    if (known && isSameStamp(known.file.stamp, file.stamp)) return known;
    return { file, seenAtMs: nowMs, notBeforeMs: this.#settledAtMs(file.stamp, nowMs), hasFailed: false };
  }

  /** A file dated in the future would never be old enough: then the time since it was first seen counts. */
  #settledAtMs(stamp: FileStamp, nowMs: number): number {
    return Math.min(modifiedAtMs(stamp), nowMs) + this.#settings.settleMs;
  }
}
