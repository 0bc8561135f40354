import test from 'ava';
import fc from 'fast-check';
import { KIB, MIB } from '../../lib/base/units.ts';
import { blockHashes, MERKLE_BLOCK_BYTES, MERKLE_HASH_BYTES, partRoot, piecesRoot } from '../../lib/domain/merkle.ts';
import { treeOf } from '../helpers/manifests.ts';
import { randomBytes } from '../helpers/random-bytes.ts';

const PART = 64 * KIB;

function layerOf(bytes: Uint8Array): Buffer {
  const count = Math.ceil(bytes.byteLength / PART);
  const parts = Array.from({ length: count }, (_, part) => bytes.subarray(part * PART, (part + 1) * PART));
  return Buffer.concat(parts.map(part => partRoot(blockHashes(part), PART, count === 1)));
}

test('a block is 16 KiB and the last may be short', t => {
  for (const [size, blocks] of [[0, 0], [1, 1], [MERKLE_BLOCK_BYTES, 1], [MERKLE_BLOCK_BYTES + 1, 2], [MIB, 64]] as const) {
    t.is(blockHashes(new Uint8Array(size)).byteLength, blocks * MERKLE_HASH_BYTES);
  }
});

test('the roots of the parts lead to the root over all blocks of the file, whatever its size', t => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 * PART }), size => {
      const bytes = randomBytes(size, size);
      return piecesRoot(layerOf(bytes), PART).equals(treeOf(bytes));
    }),
    { numRuns: 60, examples: [[1], [MERKLE_BLOCK_BYTES], [PART - 1], [PART], [PART + 1], [2 * PART], [16 * PART], [16 * PART + 1]] },
  );
  t.pass();
});

test('the last of several parts is as wide as the others; an only part is as wide as it needs', t => {
  const bytes = randomBytes(MERKLE_BLOCK_BYTES + 5, 1);
  t.deepEqual(partRoot(blockHashes(bytes), PART, false), treeOf(bytes, PART / MERKLE_BLOCK_BYTES));
  t.deepEqual(partRoot(blockHashes(bytes), PART, true), treeOf(bytes));
  t.notDeepEqual(partRoot(blockHashes(bytes), PART, true), partRoot(blockHashes(bytes), PART, false));
});
