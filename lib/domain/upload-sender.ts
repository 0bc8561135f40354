import type { FileId } from './file.ts';

export interface FileToSend {
  /** Where uploads are taken. */
  readonly url: string;
  readonly uploadId: string;
  /** What the receiver wants to see, where it wants something. */
  readonly token?: string | undefined;
  readonly path: string;
  readonly name: string;
  readonly id: FileId;
  /** The content that has the name now, and makes room for this one. */
  readonly replaces?: FileId | undefined;
  readonly sizeBytes: number;
}

export interface UploadSender {
  /**
   * Sends what the receiver lacks; resolves when it verified the whole.
   *
   * @throws VideoError `name_taken`, `no_room`, `upload_corrupt`, `uploads_full` …, as the receiver answered; `source_unreachable`,
   * `source_refused`, `path_not_readable`; or the signal's reason
   */
  send(file: FileToSend, options: { readonly onSent: (bytesThere: number) => void; readonly signal: AbortSignal }): Promise<void>;
}
