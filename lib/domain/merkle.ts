import { hash } from 'node:crypto';
import { KIB } from '../base/units.ts';

/** The SHA-256 trees of BEP 52: leaves are blocks of 16 KiB, and what is missing to a power of two is zeros. */
export const MERKLE_BLOCK_BYTES = 16 * KIB;
export const MERKLE_HASH_BYTES = 32;

const PAIR_BYTES = 2 * MERKLE_HASH_BYTES;
const NO_BLOCK = Buffer.alloc(MERKLE_HASH_BYTES);

/** Hash of each block, one after another; only the last block may be short. */
export function blockHashes(bytes: Uint8Array): Buffer {
  return hashEach(bytes, MERKLE_BLOCK_BYTES);
}

/**
 * Root over the block hashes of one part. The last part of several is as wide as the others; a file of one part is only as
 * wide as it needs to be, and this is then its pieces root.
 */
export function partRoot(blocks: Uint8Array, partSizeBytes: number, isOnlyPart: boolean): Buffer {
  const width = isOnlyPart ? powerOfTwoFrom(blocks.byteLength / MERKLE_HASH_BYTES) : partSizeBytes / MERKLE_BLOCK_BYTES;
  return merkleRoot(blocks, width, NO_BLOCK);
}

/** The `pieces root` of a file that is not empty, from the roots of its parts, 32 bytes each. */
export function piecesRoot(layer: Uint8Array, partSizeBytes: number): Buffer {
  const parts = layer.byteLength / MERKLE_HASH_BYTES;
  const noPart = merkleRoot(NO_BLOCK, partSizeBytes / MERKLE_BLOCK_BYTES, NO_BLOCK);
  return merkleRoot(layer, powerOfTwoFrom(parts), noPart);
}

/** `width` is a power of two; `padding` stands for each of the leaves that are missing to it. */
function merkleRoot(leaves: Uint8Array, width: number, padding: Buffer): Buffer {
  let level: Buffer = Buffer.from(leaves);
  let missing = padding;
  for (let nodes = width; nodes > 1; nodes /= 2) {
    // Beyond the first missing node of a level every pair is of missing nodes: it need not be written out.
    if (level.byteLength % PAIR_BYTES !== 0) level = Buffer.concat([level, missing]);
    level = hashEach(level, PAIR_BYTES);
    missing = hashEach(Buffer.concat([missing, missing]), PAIR_BYTES);
  }
  return level;
}

/** Text comes out of a hash with less ado than a buffer of its own, and there are 131 072 hashes in a GiB. */
function hashEach(bytes: Uint8Array, lengthBytes: number): Buffer {
  const count = Math.ceil(bytes.byteLength / lengthBytes);
  const hashes = Buffer.allocUnsafe(count * MERKLE_HASH_BYTES);
  for (let index = 0; index < count; index += 1) {
    const one = bytes.subarray(index * lengthBytes, (index + 1) * lengthBytes);
    hashes.write(hash('sha256', one, 'binary'), index * MERKLE_HASH_BYTES, 'latin1');
  }
  return hashes;
}

function powerOfTwoFrom(count: number): number {
  return 2 ** Math.ceil(Math.log2(count));
}
