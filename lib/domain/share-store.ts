import type { FileId } from './file.ts';
import type { IndexedFile, LocalFolder } from './local-folder.ts';
import type { Manifest } from './manifest.ts';
import type { UnfinishedFile } from './served-files.ts';

/** The folder of who downloads: which of its files were fetched, and no others. Several programs may have it at once. */
export interface ShareStore extends Pick<LocalFolder, 'stampOf' | 'open'> {
  /** Of a file that is, or would be, in the folder itself; undefined of any other path. */
  readonly nameOf: (path: string) => string | undefined;

  /** What was fetched, as it was then; nothing when that is not known any more. @throws VideoError `not_a_directory`, `path_not_readable` */
  load(): Promise<readonly IndexedFile[]>;

  /**
   * What others remember meanwhile stays. A removed one is forgotten if it is still the same.
   *
   * @throws VideoError `path_in_use`, `path_not_writable`, `disk_full` …
   */
  change(news: { readonly added?: readonly IndexedFile[]; readonly removed?: readonly IndexedFile[] }): Promise<void>;

  /** Undefined when there is none, or when what is there is damaged. */
  manifest(id: FileId): Promise<Manifest | undefined>;

  /** Durable when it resolves. */
  putManifest(manifest: Manifest): Promise<void>;

  /** @throws VideoError what a disk can say */
  openUnfinished(path: string, manifest: Manifest, present: Iterable<number>): Promise<UnfinishedFile>;
}
