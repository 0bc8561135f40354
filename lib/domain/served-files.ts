import type { FileId } from './file.ts';
import type { HeldParts } from './held-parts.ts';
import type { Manifest } from './manifest.ts';

/** What a server of bytes may give away: files by their id, and nothing else. */
export interface ServedFiles {
  /**
   * Opens one for one request; whoever asked disposes of it. Undefined when it is not here. A read that waits for its
   * bytes ends with the signal's reason.
   *
   * @throws VideoError `file_changed` when the bytes on disk are no longer those of the manifest.
   */
  open(id: FileId, options: { readonly signal: AbortSignal }): Promise<ServedFile | undefined>;
}

/** A file that is being fetched, for those who want what is here of it. Disposed of, it goes on for those who have it open. */
export interface UnfinishedFile extends AsyncDisposable {
  readonly held: HeldParts;
  readonly manifest: Manifest;
  open(): ServedFile;
}

export interface ServedFile extends AsyncDisposable {
  readonly manifest: Manifest;
  /** While it is being fetched: the parts that are here and right. Without it, all are. */
  readonly held?: HeldParts | undefined;

  /**
   * Fills `buffer` with the bytes from `position` on, and tells how many came: fewer only at the end of the file.
   * `buffer` belongs to the reader until the promise settles.
   *
   * @throws VideoError `file_changed` when the file changed since it was opened; what was read is then not to be sent.
   */
  read(buffer: Uint8Array, position: number): Promise<number>;
}
