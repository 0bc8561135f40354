import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { systemCodeOf, isVideoError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { MINUTE_MS } from '../../base/units.ts';
import type { ClientStatistics, DownloadRecord } from '../../domain/statistics.ts';
import { emptyStatistics, statisticsFileName, withDownload, withShared } from './statistics.ts';

const SAVE_EVERY_MS = MINUTE_MS / 2;

export interface StatisticsStore {
  /** Undefined when there is none, or none that can be understood. */
  load(path: string): Promise<ClientStatistics | undefined>;
  /**
   * Replaces what the file says by what `change` makes of it, while nobody else changes it. `saved` is undefined when
   * there is none, or none that can be understood.
   *
   * @throws VideoError `path_in_use` when it was never free, and what a disk can say
   */
  change(path: string, change: (saved: ClientStatistics | undefined) => ClientStatistics): Promise<void>;
}

export interface StatisticsKeeperOptions {
  readonly directory: string;
  readonly store: StatisticsStore;
  readonly clock: Clock;
  readonly log: Log;
}

interface Pending {
  readonly clientName: string;
  readonly record: DownloadRecord;
}

/**
 * Keeps a client's downloads until they are saved: each save adds them to what the file says by then, so that two
 * clients of one name lose nothing of each other.
 */
export class StatisticsKeeper {
  readonly #options: StatisticsKeeperOptions;
  #clientName: string;
  #pending: readonly Pending[] = [];
  /** Not saved yet; of whoever the client is when it is. */
  #sharedBytes = 0;
  #hasDownloads = false;
  /** The last save that was asked for; they go one after another. */
  #saving: Promise<boolean> = Promise.resolve(true);

  constructor(clientName: string, options: StatisticsKeeperOptions) {
    this.#clientName = clientName;
    this.#options = options;
  }

  get path(): string {
    return this.#pathOf(this.#clientName);
  }

  /** Whether there is anything of this run to save, or was. */
  get hasDownloads(): boolean {
    return this.#hasDownloads;
  }

  add(record: DownloadRecord): void {
    this.#hasDownloads = true;
    this.#pending = [...this.#pending, { clientName: this.#clientName, record }];
  }

  /** Bytes that were given to others. */
  addShared(bytes: number): void {
    this.#sharedBytes += bytes;
  }

  /** Of the last downloads under this name, oldest first; none when they cannot be read. */
  async downloads(): Promise<readonly DownloadRecord[]> {
    const { store, log } = this.#options;
    const { path } = this;
    const pending = this.#pending.filter(({ clientName }) => clientName === this.#clientName).map(({ record }) => record);
    try {
      return [...((await store.load(path))?.downloads ?? []), ...pending];
    } catch (error) {
      log.debug('statistics.failed', { path, reason: reasonOf(error) });
      return pending;
    }
  }

  /** What comes from now on belongs to another name. */
  rename(clientName: string): void {
    this.#clientName = clientName;
  }

  /** Saves every 30 s what there is to save; resolves when the signal aborts. */
  async saveRegularly(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#options.clock.sleep(SAVE_EVERY_MS, { signal }).catch(() => undefined);
      if (this.#pending.length > 0 && !signal.aborted) await this.save();
    }
  }

  /**
   * Never rejects: a full disk must not take the download's result with it. False when not all could be saved; the rest
   * waits for the next time.
   */
  save(): Promise<boolean> {
    this.#saving = this.#saving.then(() => this.#saveAll());
    return this.#saving;
  }

  async #saveAll(): Promise<boolean> {
    const clientNames = new Set([...this.#pending.map(({ clientName }) => clientName), this.#clientName]);
    let areSaved = true;
    for (const clientName of clientNames) areSaved = (await this.#saveOf(clientName)) && areSaved;
    return areSaved;
  }

  async #saveOf(clientName: string): Promise<boolean> {
    const { store, clock, log } = this.#options;
    const path = this.#pathOf(clientName);
    const sharedBytes = clientName === this.#clientName ? this.#sharedBytes : 0;
    const own = new Set(this.#pending.filter(pending => pending.clientName === clientName));
    try {
      await store.change(path, saved => {
        const downloaded = [...own].reduce((sum, { record }) => withDownload(sum, record), saved ?? emptyStatistics(clientName));
        return { ...withShared(downloaded, sharedBytes), savedAt: new Date(clock.date()).toISOString() };
      });
      this.#pending = this.#pending.filter(pending => !own.has(pending));
      this.#sharedBytes -= sharedBytes;
      return true;
    } catch (error) {
      log.warn('statistics.failed', { path, reason: reasonOf(error) });
      return false;
    }
  }

  #pathOf(clientName: string): string {
    return join(this.#options.directory, statisticsFileName(clientName));
  }
}

function reasonOf(error: unknown): string {
  return isVideoError(error) ? error.code : (systemCodeOf(error) ?? String(error));
}
