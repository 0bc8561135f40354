import type { Clock } from '../../base/clock.ts';
import { toVideoError, VideoError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { HashingQueue, type HashingQueueSettings } from '../../domain/hashing-queue.ts';
import { isSameStamp, type IndexedFile, type LocalFile, type LocalFolder, type ManifestStore } from '../../domain/local-folder.ts';

export interface ReaderPorts {
  readonly files: LocalFolder;
  readonly manifests: ManifestStore;
  readonly clock: Clock;
  readonly log: Log;
  /** The content of a file is known, and its manifest kept. */
  readonly onRead: (file: IndexedFile) => void;
}

/** Reads files whose content nobody knows, in the background, one after another, the smallest first. */
export class Reader {
  readonly #queue: HashingQueue;
  readonly #ports: ReaderPorts;
  #reading: Promise<void> | undefined;

  constructor(settings: HashingQueueSettings, ports: ReaderPorts) {
    this.#queue = new HashingQueue(settings);
    this.#ports = ports;
  }

  /** Resolves when no file is being read. */
  get idle(): Promise<void> {
    return this.#reading ?? Promise.resolve();
  }

  /** Until something could be read that cannot yet; Infinity when nothing waits, or when it would wait its turn. */
  get waitMs(): number {
    return this.#reading ? Infinity : Math.max(0, this.#queue.readyAtMs() - this.#ports.clock.date());
  }

  /** Files that wait to be read, those that were tried in vain left out. */
  get waiting(): readonly LocalFile[] {
    return this.#queue.untried;
  }

  /** These are all the files that are to be read. */
  replace(files: readonly LocalFile[]): void {
    this.#queue.replace(files, this.#ports.clock.date());
  }

  /** Begins with the next file, unless one is being read, and then goes on by itself. */
  readNext(signal: AbortSignal): void {
    if (this.#reading || signal.aborted) return;
    const file = this.#queue.next(this.#ports.clock.date());
    if (!file) return;
    this.#reading = this.#read(file, signal).finally(() => {
      this.#reading = undefined;
      this.readNext(signal);
    });
  }

  async #read(file: LocalFile, signal: AbortSignal): Promise<void> {
    const { files, manifests, clock, log, onRead } = this.#ports;
    const { name } = file;
    const startedAtMs = clock.now();
    log.debug('file.hashing', { name, sizeBytes: file.stamp.sizeBytes });
    try {
      const { manifest, stamp } = await files.describe(name, { signal });
      // It was still being written when it seemed to have settled.
      if (!isSameStamp(stamp, file.stamp)) throw new VideoError('file_changed', { name });
      if (!(await manifests.get(manifest.id))) await manifests.put(manifest);
      this.#queue.remove(name);
      onRead({ name, stamp, id: manifest.id });
      log.info('file.indexed', { name, sizeBytes: manifest.sizeBytes, elapsedMs: clock.now() - startedAtMs });
    } catch (error) {
      if (signal.aborted) return;
      const isNews = this.#queue.fail(file, clock.date());
      if (isNews) log.warn('file.unreadable', { name, reason: toVideoError(error).code });
    }
  }
}
