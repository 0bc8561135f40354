import { createHash } from 'node:crypto';
import { VideoError } from '../../base/errors.ts';
import { MIB } from '../../base/units.ts';
import { isCollisionResistant, strongest, type Checksum, type HashAlgorithm } from '../checksum.ts';
import { partCountOf, partSizeFor } from '../manifest.ts';
import type { FilePlan } from './file-plan.ts';

/** Of larger pieces a file would have too few to divide the work, and one that is wrong would cost too much. */
const PIECE_MAX_BYTES = 64 * MIB;

/** Hashes of consecutive stretches of one length, the last of which may be shorter. */
export interface Pieces {
  readonly algorithm: HashAlgorithm;
  readonly lengthBytes: number;
  /** Lower-case hexadecimal. */
  readonly hashes: readonly string[];
}

/** What is known of a file that others publish. */
export interface ForeignFile {
  readonly name: string;
  readonly sizeBytes: number;
  readonly checksums: readonly Checksum[];
  readonly pieces?: Pieces | undefined;
  /** What tells this version from others where no hash does: where it is, and the validator that it has there. */
  readonly version?: string | undefined;
}

/** A plan, and what the whole must hash to before it may be seen; nothing when its parts prove it already. */
export interface ForeignPlan extends FilePlan {
  readonly checksum?: Checksum | undefined;
  /** Whether every byte is compared with a hash before the file has its name. */
  readonly isVerified: boolean;
}

/**
 * How to fetch it. Pieces are its parts unless they are too large; without pieces, parts are as large as ours and come
 * without a hash.
 *
 * @throws VideoError `invalid_metalink` when the pieces are not of a file of this size
 */
export function planOf({ name, sizeBytes, checksums, pieces, version }: ForeignFile): ForeignPlan {
  if (pieces && pieces.hashes.length !== partCountOf(sizeBytes, pieces.lengthBytes)) {
    throw new VideoError('invalid_metalink', { reason: `${name}: ${pieces.hashes.length} pieces of ${pieces.lengthBytes} bytes for ${sizeBytes} bytes` });
  }
  const parts = pieces && pieces.lengthBytes <= PIECE_MAX_BYTES ? pieces : undefined;
  const partSizeBytes = parts?.lengthBytes ?? partSizeFor(sizeBytes);
  const partHashes = parts?.hashes ?? Array.from<undefined>({ length: partCountOf(sizeBytes, partSizeBytes) });
  const whole = strongest(checksums);
  const isProven = parts !== undefined && isCollisionResistant(parts.algorithm);
  return {
    id: identityOf(sizeBytes, partSizeBytes, [parts?.algorithm, ...(parts?.hashes ?? []), whole?.hex, version]),
    name,
    sizeBytes,
    partSizeBytes,
    partHashes,
    ...(parts && { partAlgorithm: parts.algorithm }),
    ...(whole && !isProven && { checksum: whole }),
    isVerified: parts !== undefined || whole !== undefined,
  };
}

function identityOf(sizeBytes: number, partSizeBytes: number, content: readonly (string | undefined)[]): string {
  const hash = createHash('sha256');
  hash.update(`videopartes foreign file 1\n${sizeBytes}\n${partSizeBytes}\n`);
  for (const line of content) hash.update(`${line ?? ''}\n`);
  return hash.digest('hex');
}
