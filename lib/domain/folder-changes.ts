import { isSameStamp, type FileStamp, type IndexedFile, type LocalFile } from './local-folder.ts';

/** What a look at the folder shows, compared with what was known. */
export interface FolderChanges {
  /** Known files that are gone. */
  readonly removed: readonly IndexedFile[];
  /** Known files that now have other bytes, or may have. */
  readonly changed: readonly IndexedFile[];
  /** The same file under a new name: its content is known without reading it. */
  readonly renamed: readonly IndexedFile[];
  /** Files whose content nobody knows, the changed ones included. */
  readonly unknown: readonly LocalFile[];
}

export function compareFolder(known: ReadonlyMap<string, IndexedFile>, found: readonly LocalFile[]): FolderChanges {
  const stamps = new Map(found.map(({ name, stamp }) => [name, stamp]));
  const stale = [...known.values()].filter(({ name, stamp }) => !isSameAs(stamp, stamps.get(name)));
  const movable = new Map(stale.map(file => [keyOf(file.stamp), file]));
  const renamed: IndexedFile[] = [];
  const unknown: LocalFile[] = [];
  for (const { name, stamp } of found) {
    if (isSameAs(stamp, known.get(name)?.stamp)) continue;
    const origin = movable.get(keyOf(stamp));
    if (origin) renamed.push({ ...origin, name });
    else unknown.push({ name, stamp });
  }
  return {
    removed: stale.filter(({ name }) => !stamps.has(name)),
    changed: stale.filter(({ name }) => stamps.has(name)),
    renamed,
    unknown,
  };
}

function isSameAs(one: FileStamp, other: FileStamp | undefined): boolean {
  return other !== undefined && isSameStamp(one, other);
}

/** The same for the same state of the same file, whatever its name. */
export function keyOf({ ino, sizeBytes, mtimeNs }: FileStamp): string {
  return `${ino} ${sizeBytes} ${mtimeNs}`;
}
