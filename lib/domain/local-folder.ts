import type { VideoError } from '../base/errors.ts';
import type { FileId } from './file.ts';
import type { Manifest } from './manifest.ts';
import type { ServedFile } from './served-files.ts';

/** Tells one state of a file on disk from another: any write, replacement or restore changes it. */
export interface FileStamp {
  readonly sizeBytes: number;
  /** Nanoseconds since 1970; a decimal text, because a number would lose its end. */
  readonly mtimeNs: string;
  readonly ino: string;
}

export interface LocalFile {
  readonly name: string;
  readonly stamp: FileStamp;
}

/** A file whose content is known as long as its stamp is the same. */
export interface IndexedFile extends LocalFile {
  readonly id: FileId;
  /** Parts that were found to be bad since: `damaged-file.ts`. */
  readonly badParts?: readonly number[] | undefined;
}

export interface FolderListing {
  /** Ordinary files that can be shared, in no particular order. */
  readonly files: readonly LocalFile[];
  /** Files that are there and that the disk, or a permission, does not let be looked at now. */
  readonly unseen: readonly { readonly name: string; readonly error: VideoError<'path_not_readable'> }[];
  /** Ordinary, visible files whose names cannot be: not UTF-8, or with control characters. */
  readonly ignored: readonly { readonly name: string; readonly error: VideoError<'invalid_name'> }[];
}

export interface DiskSpace {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** The folder that people see: one level of ordinary files. Links, subfolders and hidden names are not in it. */
export interface LocalFolder {
  /** @throws VideoError `path_not_readable`, `not_a_directory` */
  list(): Promise<FolderListing>;

  /** Undefined when there is no ordinary file of that name. */
  stampOf(name: string): Promise<FileStamp | undefined>;

  /** Whether anything at all (a file, a link, a folder) has the name. */
  isTaken(name: string): Promise<boolean>;

  /**
   * Reads the file once, away from the main thread, and describes it; the stamp is the one that it had all the while.
   *
   * @throws VideoError `file_changed`, `path_not_readable`; or the signal's reason
   */
  describe(name: string, options: { readonly signal: AbortSignal }): Promise<{ readonly manifest: Manifest; readonly stamp: FileStamp }>;

  /** @throws VideoError `file_changed` when the file no longer has its stamp, `path_not_readable` */
  open(file: IndexedFile, manifest: Manifest): Promise<ServedFile>;

  /**
   * Reads one part and tells whether it is the manifest's; one that the disk cannot read is not.
   *
   * @throws VideoError `file_changed` when the file no longer has its stamp, `path_not_readable`
   */
  checkPart(file: IndexedFile, manifest: Manifest, part: number): Promise<boolean>;

  /** Calls back soon after something changed; where the system cannot tell, never. */
  watch(onChange: () => void): Disposable;

  space(): Promise<DiskSpace>;
}

export interface ManifestStore {
  /** Undefined when there is none, or when what is there is damaged. */
  get(id: FileId): Promise<Manifest | undefined>;
  /** Durable when it resolves. */
  put(manifest: Manifest): Promise<void>;
  /** Ids of every kept manifest. */
  ids(): Promise<ReadonlySet<FileId>>;
}

/** What a run remembers for the next one, so that it need not read every file again. */
export interface IndexStore {
  /** Empty when there is none or it is damaged. @throws VideoError `not_a_directory`, `path_not_readable` */
  load(): Promise<readonly IndexedFile[]>;
  save(files: readonly IndexedFile[]): Promise<void>;
}

/** How far the reading of one file again has come. */
export interface ScrubPlace {
  readonly stamp: FileStamp;
  readonly nextPart: number;
  readonly readBytes: number;
  readonly badParts: readonly number[];
}

/** When files were last read to their end, by their stamps, so that a new name changes nothing; and what is being read. */
export interface ScrubRecord {
  readonly read: readonly { readonly stamp: FileStamp; readonly atMs: number }[];
  readonly place?: ScrubPlace | undefined;
}

/** What a run remembers of reading files again. It only saves work: a damaged one is as good as none. */
export interface ScrubStore {
  load(): Promise<ScrubRecord>;
  save(record: ScrubRecord): Promise<void>;
}

export interface LeftoverQuery {
  /** What was written since is kept, whoever may want it. Milliseconds since 1970. */
  readonly writtenBeforeMs: number;
  readonly isWanted: (id: FileId) => boolean;
}

/** What runs of a secondary leave behind; each removal tells how many files it was. */
export interface LeftoverStore {
  /** Unfinished copies, and what was kept about them. */
  removeCopies(query: LeftoverQuery): Promise<number>;
  removeManifests(query: LeftoverQuery): Promise<number>;
}

export function isSameStamp(one: FileStamp, other: FileStamp): boolean {
  return one.sizeBytes === other.sizeBytes && one.mtimeNs === other.mtimeNs && one.ino === other.ino;
}

/** Unfinished downloads, and what stands beside them. */
const UNFINISHED = /\.partial(?:\.journal|\.lock)?$/;

/** Whether an ordinary file of this name is for others to have. */
export function isVisibleName(name: string): boolean {
  return !name.startsWith('.') && !UNFINISHED.test(name);
}

const NS_PER_MS = 1_000_000n;

/** Milliseconds since 1970, rounded down. */
export function modifiedAtMs({ mtimeNs }: FileStamp): number {
  return Number(BigInt(mtimeNs) / NS_PER_MS);
}
