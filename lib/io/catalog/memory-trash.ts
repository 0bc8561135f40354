import type { Page } from '../../domain/catalog.ts';
import type { FileId } from '../../domain/file.ts';
import type { TrashedVideo } from '../../domain/trash.ts';

/** What was removed from a catalogue in memory, in order of removal. */
export class MemoryTrash {
  #entries: TrashedVideo[] = [];
  #removals = 0;

  add(removed: Omit<TrashedVideo, 'trashId'>): TrashedVideo {
    this.#removals += 1;
    const entry = { trashId: this.#removals, ...removed };
    this.#entries.push(entry);
    return entry;
  }

  find(wanted: { readonly name: string } | { readonly trashId: number }): TrashedVideo | undefined {
    return this.#entries.findLast(({ name, trashId }) => ('name' in wanted ? name === wanted.name : trashId === wanted.trashId));
  }

  has(id: FileId): boolean {
    return this.#entries.some(entry => entry.id === id);
  }

  /** Takes out those that `isWanted` says, and tells which they were. */
  take(isWanted: (entry: TrashedVideo) => boolean): readonly TrashedVideo[] {
    const taken = this.#entries.filter(isWanted);
    this.#entries = this.#entries.filter(entry => !isWanted(entry));
    return taken;
  }

  /** The last removed first. */
  page({ after, limit }: { readonly after?: string | undefined; readonly limit: number }): Page<TrashedVideo> {
    const rest = this.#entries.filter(({ trashId }) => after === undefined || trashId < Number(after)).toReversed();
    const items = rest.slice(0, limit);
    return { items, next: rest.length > limit ? String(items.at(-1)?.trashId) : undefined };
  }
}
