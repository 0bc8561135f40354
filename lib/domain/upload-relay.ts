import type { FileId, NodeNumber } from './file.ts';

/** A secondary that takes an upload, as the central reaches it. */
export interface UploadPlace {
  readonly node: NodeNumber;
  readonly nodeUrl: string;
  /** What the secondary wants to see, where it wants something. */
  readonly token: string | undefined;
  /** Certificates that are trusted besides the known ones. */
  readonly ca: string | undefined;
}

export interface UploadRelay {
  /**
   * Where a new file is to be sent. `replaces` is the content that has its name and may make room.
   *
   * @throws VideoError `name_taken`, `no_nodes`, `no_room`
   */
  open(wish: { readonly name: string; readonly sizeBytes: number | undefined; readonly replaces: FileId | undefined }): Promise<UploadPlace & { readonly uploadId: string }>;

  /**
   * Where what was begun is gone on with.
   *
   * @throws VideoError `not_found` for a node that nobody knows or that is gone for good, `no_nodes` while it is down
   */
  find(upload: { readonly node: NodeNumber; readonly uploadId: string }): UploadPlace;
}
