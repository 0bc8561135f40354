import test from 'ava';
import fc from 'fast-check';
import { BlockSigner, SliceChecker } from '../../../lib/domain/live/block-signature.ts';
import { sliceRange, SLICES, type BlockManifest, type Slice } from '../../../lib/domain/live/stream.ts';

const bytes = fc.uint8Array({ minLength: 1, maxLength: 200 });

function slicesOf(signer: BlockSigner, content: Uint8Array): readonly Slice[] {
  return signer.slices({ bytes: content, durationMs: 2000, isBeginning: false }, 12.6);
}

test('the slices of a block, one behind the other, are the block', t => {
  fc.assert(
    fc.property(bytes, content => {
      const slices = slicesOf(new BlockSigner(), content);
      t.is(slices.length, SLICES);
      t.deepEqual(Buffer.concat(slices.map(slice => slice.bytes)), Buffer.from(content));
      for (const { block, index, bytes: piece } of slices) {
        const { start, end } = sliceRange(block.sizeBytes, index);
        t.is(piece.byteLength, end - start);
      }
    }),
    { numRuns: 50 },
  );
});

test('blocks of a stream are numbered without gaps, and each slice of them is genuine', t => {
  const signer = new BlockSigner();
  const checker = new SliceChecker(signer.stream);
  for (let number = 0; number < 100; number += 1) {
    const slices = slicesOf(signer, Buffer.from(`block ${number}`));
    t.is(slices[0]!.block.number, number);
    t.true(slices.every(slice => checker.isGenuine(slice)));
  }
});

test('who alters anything of a slice is found out', t => {
  const signer = new BlockSigner();
  const [slice] = slicesOf(signer, Buffer.from('what was broadcast'));
  const altered = (change: Partial<BlockManifest>): Slice => ({ ...slice!, block: { ...slice!.block, ...change } });
  const other = slicesOf(new BlockSigner(), Buffer.from('what was broadcast'))[0]!;
  const forged: readonly Slice[] = [
    { ...slice!, bytes: Buffer.from('WHAT ') },
    { ...slice!, bytes: slice!.bytes.subarray(1) },
    { ...slice!, index: 1 },
    altered({ number: 7 }),
    altered({ emittedMs: 0 }),
    altered({ durationMs: 1 }),
    altered({ isBeginning: true }),
    altered({ sizeBytes: 17 }),
    altered({ sliceHashes: other.block.sliceHashes.toReversed() }),
    altered({ signature: other.block.signature }),
    altered({ signature: '' }),
    other,
    { ...other, block: { ...other.block, stream: signer.stream } },
  ];
  for (const [index, forgery] of forged.entries()) t.false(new SliceChecker(signer.stream).isGenuine(forgery), String(index));
  // Also by one who has seen the true block.
  const checker = new SliceChecker(signer.stream);
  t.true(checker.isGenuine(slice!));
  for (const [index, forgery] of forged.entries()) t.false(checker.isGenuine(forgery), String(index));
});

test('what is no key is refused', t => {
  for (const stream of ['', 'stream', '../../etc', 'A'.repeat(64)]) t.throws(() => new SliceChecker(stream), undefined, stream);
});
