import test from 'ava';
import fc from 'fast-check';
import { formatContentRange, formatRange, parseContentRange, resolveRange } from '../../lib/protocol/range.ts';

const sizes = fc.integer({ min: 1, max: 2 ** 45 });

test('whatever range is asked for inside a file, the answer names exactly it', t => {
  fc.assert(
    fc.property(sizes, fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (size, one, other) => {
      const [start, last] = [one, other].map(share => Math.min(size - 1, Math.floor(share * size))).sort((a, b) => a - b) as [number, number];
      const range = { start, end: last + 1 };
      const resolved = resolveRange(formatRange(range), size);
      t.like(resolved, { range });
      t.like(parseContentRange(formatContentRange(range, size)), { range, sizeBytes: size });
    }),
  );
});

test('no text makes a range that leaves the file', t => {
  const piece = fc.constantFrom('bytes', '=', '-', ',', ' ', '0', '9', '18446744073709551616', '-1', 'a', '%');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), sizes, (pieces, size) => {
      const resolved = resolveRange(pieces.join(''), size) as { readonly range?: { readonly start: number; readonly end: number } };
      const { range } = resolved;
      return range === undefined || (range.start >= 0 && range.start < range.end && range.end <= size);
    }),
    { numRuns: 2000 },
  );
  t.pass();
});
