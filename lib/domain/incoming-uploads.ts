import type { FileContent } from './content-hasher.ts';
import type { FileId } from './file.ts';
import type { Manifest } from './manifest.ts';

/** A file that somebody is sending to a secondary. */
export interface IncomingUpload {
  /** 64 lower-case hexadecimal digits. */
  readonly uploadId: string;
  readonly name: string;
  /** Undefined while the sender does not know. */
  readonly sizeBytes: number | undefined;
  /** What the bytes have to turn out to be. */
  readonly fileId: FileId | undefined;
  /** The content that has the name now and is to make room, when a person wants that. */
  readonly replaces?: FileId | undefined;
  /** Bytes that are here. */
  readonly offsetBytes: number;
}

/** What its bytes turned out to be. */
export type FinishedUpload = Pick<Manifest, 'id' | 'sizeBytes'>;

export type NewUpload = Omit<IncomingUpload, 'offsetBytes'>;

/**
 * Where the bytes of uploads are until they are whole. They survive the process.
 *
 * @throws VideoError `disk_full`, `path_not_writable` from whatever writes
 */
export interface IncomingStore {
  all(): Promise<readonly IncomingUpload[]>;

  find(uploadId: string): Promise<IncomingUpload | undefined>;

  /** When bytes of it last came, milliseconds since 1970; undefined for one that is not there. */
  writtenAtMs(uploadId: string): Promise<number | undefined>;

  /** What is there already under this id stays when it may be the beginning of the same file. */
  create(upload: NewUpload): Promise<void>;

  setSize(uploadId: string, sizeBytes: number): Promise<void>;

  /** Writes from `offsetBytes` on; resolves with the new offset. What arrived before an error stays. */
  append(uploadId: string, chunks: AsyncIterable<Uint8Array>, offsetBytes: number): Promise<number>;

  /** Takes the bytes from a file of the folder; costs neither time nor room where the file system can share them. */
  copyFrom(uploadId: string, name: string): Promise<void>;

  /** Reads what arrived. Rejects with the signal's reason, or `path_not_readable`. */
  describe(uploadId: string, options: { readonly signal: AbortSignal }): Promise<FileContent>;

  /**
   * Makes it a file of the folder, durable when it resolves.
   *
   * @throws VideoError `output_exists`
   */
  publish(uploadId: string, name: string): Promise<void>;

  remove(uploadId: string): Promise<void>;
}

/** What a protocol for uploads asks of a secondary. */
export interface UploadDesk {
  /**
   * Begins, or goes on with what arrived before. A content that is here already needs no bytes any more.
   *
   * @throws VideoError `name_taken`, `disk_full`, `line_full`
   */
  begin(upload: NewUpload): Promise<void>;

  /** Undefined for one that nobody began; what ended a while ago is still known, whole. */
  find(uploadId: string): Promise<IncomingUpload | undefined>;

  setSize(uploadId: string, sizeBytes: number): Promise<void>;

  append(uploadId: string, chunks: AsyncIterable<Uint8Array>, offsetBytes: number): Promise<number>;

  /**
   * Every byte arrived: verifies them and takes the file into the folder, from where it is announced.
   *
   * @throws VideoError `upload_corrupt` (the bytes are thrown away), `name_taken`, `disk_full`
   */
  finish(uploadId: string): Promise<FinishedUpload>;

  cancel(uploadId: string): Promise<void>;
}
