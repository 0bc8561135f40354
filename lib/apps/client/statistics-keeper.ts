import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { systemCodeOf, isVideoError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { MINUTE_MS } from '../../base/units.ts';
import type { ClientStatistics, DownloadRecord } from '../../domain/statistics.ts';
import { emptyStatistics, statisticsFileName, withDownload } from './statistics.ts';

const SAVE_EVERY_MS = MINUTE_MS / 2;

export interface StatisticsStore {
  /** Undefined when there is none, or none that can be understood. */
  load(path: string): Promise<ClientStatistics | undefined>;
  save(path: string, statistics: ClientStatistics): Promise<void>;
}

export interface StatisticsKeeperOptions {
  readonly directory: string;
  readonly store: StatisticsStore;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Keeps a client's downloads until they are saved: each save adds them to what the file says by then, so that two
 * clients of one name lose nothing of each other.
 */
export class StatisticsKeeper {
  readonly #options: StatisticsKeeperOptions;
  #clientName: string;
  #pending: DownloadRecord[] = [];

  constructor(clientName: string, options: StatisticsKeeperOptions) {
    this.#clientName = clientName;
    this.#options = options;
  }

  get path(): string {
    return join(this.#options.directory, statisticsFileName(this.#clientName));
  }

  add(record: DownloadRecord): void {
    this.#pending.push(record);
  }

  /** What comes from now on belongs to another name. */
  async rename(clientName: string): Promise<void> {
    if (this.#pending.length > 0) await this.save();
    this.#clientName = clientName;
  }

  /** Saves every 30 s what there is to save; resolves when the signal aborts. */
  async saveRegularly(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#options.clock.sleep(SAVE_EVERY_MS, { signal }).catch(() => undefined);
      if (this.#pending.length > 0 && !signal.aborted) await this.save();
    }
  }

  /** Never rejects: a full disk must not take the download's result with it. False when it could not be saved. */
  async save(): Promise<boolean> {
    const { store, clock, log } = this.#options;
    const { path } = this;
    const records = this.#pending;
    this.#pending = [];
    try {
      const saved = (await store.load(path)) ?? emptyStatistics(this.#clientName);
      const statistics = records.reduce(withDownload, saved);
      await store.save(path, { ...statistics, savedAt: new Date(clock.date()).toISOString() });
      return true;
    } catch (error) {
      this.#pending = [...records, ...this.#pending];
      log.warn('statistics.failed', { path, reason: reasonOf(error) });
      return false;
    }
  }
}

function reasonOf(error: unknown): string {
  return isVideoError(error) ? error.code : (systemCodeOf(error) ?? String(error));
}
