import type { FileId } from './file.ts';
import type { IndexedFile } from './local-folder.ts';

/** Known files, found by name and by content: one content may have several names. */
export class FileIndex<F extends IndexedFile = IndexedFile> {
  readonly #byName = new Map<string, F>();
  readonly #names = new Map<FileId, Set<string>>();

  get byName(): ReadonlyMap<string, F> {
    return this.#byName;
  }

  withId(id: FileId): F[] {
    return [...(this.#names.get(id) ?? [])].map(name => this.#byName.get(name)!);
  }

  put(file: F): void {
    this.remove(file.name);
    this.#byName.set(file.name, file);
    const names = this.#names.get(file.id);
    if (names) names.add(file.name);
    else this.#names.set(file.id, new Set([file.name]));
  }

  remove(name: string): void {
    const file = this.#byName.get(name);
    if (!file) return;
    this.#byName.delete(name);
    const names = this.#names.get(file.id)!;
    names.delete(name);
    if (names.size === 0) this.#names.delete(file.id);
  }
}
