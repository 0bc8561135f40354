import type { FileId } from './file.ts';

export interface HotFileSettings {
  readonly windowMs: number;
  /** Downloads in a window that are worth one more replica. */
  readonly downloads: number;
  /** The most that any demand is worth. */
  readonly extraMax: number;
}

/** Replicas beyond the wanted ones that so many downloads in a window are worth. */
export function extraReplicas(downloads: number, settings: Pick<HotFileSettings, 'downloads' | 'extraMax'>): number {
  return Math.min(settings.extraMax, Math.floor(downloads / settings.downloads));
}

/**
 * Which files are asked for so often that more nodes should serve them. A file is worth what the busier of the last two
 * windows asked for, so that a pause takes no replica away that the next minute would want back.
 */
export class HotFiles {
  readonly #settings: HotFileSettings;
  #windowAtMs: number;
  #current = new Map<FileId, number>();
  #last = new Map<FileId, number>();

  constructor(settings: HotFileSettings, nowMs: number) {
    this.#settings = settings;
    this.#windowAtMs = nowMs;
  }

  note(id: FileId, nowMs: number): void {
    this.#turn(nowMs);
    this.#current.set(id, (this.#current.get(id) ?? 0) + 1);
  }

  extraFor(id: FileId, nowMs: number): number {
    this.#turn(nowMs);
    return extraReplicas(Math.max(this.#current.get(id) ?? 0, this.#last.get(id) ?? 0), this.#settings);
  }

  /** Files that are worth more than the others, at most `limit`. */
  hottest(limit: number, nowMs: number): readonly FileId[] {
    const ids = [...new Set([...this.#current.keys(), ...this.#last.keys()])];
    return ids.filter(id => this.extraFor(id, nowMs) > 0).slice(0, limit);
  }

  #turn(nowMs: number): void {
    const { windowMs } = this.#settings;
    const windows = Math.floor((nowMs - this.#windowAtMs) / windowMs);
    if (windows === 0) return;
    this.#last = windows === 1 ? this.#current : new Map();
    this.#current = new Map();
    this.#windowAtMs += windows * windowMs;
  }
}
