import type { FileId } from '../file.ts';
import type { HashAlgorithm } from '../checksum.ts';

/** Size of a file and of its parts, the last of which may be shorter. */
export interface FileShape {
  readonly sizeBytes: number;
  readonly partSizeBytes: number;
}

/**
 * What the engine needs to know of a file. A manifest of ours is one; of files that others publish less may be known.
 */
export interface FilePlan extends FileShape {
  /** An unfinished file is gone on with by plans of the same id only. */
  readonly id: FileId;
  readonly name: string;
  /** One for each part, lower-case hexadecimal. A part whose hash nobody knows is taken as it comes. */
  readonly partHashes: readonly (string | undefined)[];
  /** Of the part hashes; SHA-256 unless said. */
  readonly partAlgorithm?: HashAlgorithm;
}
