import type { Clock } from '../../base/clock.ts';
import { toVideoError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { IndexedFile, IndexStore } from '../../domain/local-folder.ts';

export interface IndexKeeperPorts {
  readonly store: IndexStore;
  readonly clock: Clock;
  readonly log: Log;
}

const SAVE_EVERY_MS = 2000;

/** Saves an index that changes, not at each change. A failure is told: the index only saves work to the next run. */
export class IndexKeeper {
  readonly #files: () => readonly IndexedFile[];
  readonly #ports: IndexKeeperPorts;
  #isSaved = true;
  #savedAtMs = -Infinity;

  /** `files`: what is to be kept, as it is now. */
  constructor(files: () => readonly IndexedFile[], ports: IndexKeeperPorts) {
    this.#files = files;
    this.#ports = ports;
  }

  noteChange(): void {
    this.#isSaved = false;
  }

  async saveNowAndThen(): Promise<void> {
    if (this.#ports.clock.now() - this.#savedAtMs >= SAVE_EVERY_MS) await this.save();
  }

  /** Unless nothing changed since the last time. */
  async save(): Promise<void> {
    const { store, clock, log } = this.#ports;
    if (this.#isSaved) return;
    this.#isSaved = true;
    this.#savedAtMs = clock.now();
    try {
      await store.save(this.#files());
    } catch (error) {
      log.warn('request.failed', { operation: 'index.json', reason: toVideoError(error).code });
    }
  }
}
