import type { FileId } from './file.ts';
import type { VideoDetails } from './media.ts';

/** A file inside a form, as its bytes come. */
export interface FormFile {
  readonly name: string;
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Bytes of the whole form, when its sender told. */
  readonly formBytes: number | undefined;
  /** What has its name may go to the trash, once the whole file is here. */
  readonly isReplacing: boolean;
}

/** What became of a file that was sent to the central. */
export interface StoredUpload {
  readonly name: string;
  readonly id: FileId;
  readonly sizeBytes: number;
  /** Verified replicas on nodes that are up. */
  readonly replicas: number;
  readonly wanted: number;
}

export interface FormUploads {
  /**
   * Hands the file on to a secondary while it comes, and resolves when it is safe.
   *
   * @throws VideoError `no_nodes`, `no_room`, `name_taken`, `not_acknowledged`, `source_unreachable`; or the signal's reason
   */
  take(file: FormFile, options: { readonly signal: AbortSignal }): Promise<StoredUpload>;

  /** What the form says of its files. */
  describe(id: FileId, details: Pick<VideoDetails, 'title' | 'description'>): Promise<void>;
}
