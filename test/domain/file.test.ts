import test from 'ava';
import fc from 'fast-check';
import { isFileName } from '../../lib/domain/file.ts';

/** The same rules, in the slowest way there is. */
function isNaiveFileName(name: string): boolean {
  const bytes = Buffer.from(name);
  if (bytes.length === 0 || bytes.length > 255 || bytes.toString() !== name) return false;
  return bytes[0] !== 0x2e && bytes.every(byte => byte >= 0x20 && byte !== 0x7f && byte !== 0x2f);
}

test('a name is one visible component of a path of at most 255 bytes of UTF-8, whatever its characters', t => {
  const any = fc.oneof(fc.string({ unit: 'binary', maxLength: 20 }), fc.string({ unit: 'grapheme', minLength: 50, maxLength: 300 }));
  t.notThrows(() => fc.assert(fc.property(any, name => isFileName(name) === isNaiveFileName(name)), { numRuns: 3000 }));
  for (const name of ['a'.repeat(255), 'ñ'.repeat(127), '€'.repeat(85), '🎬'.repeat(63), '\ufeffa', 'a\ud83c', '\udfac', 'a\u0085', '...']) t.is(isFileName(name), isNaiveFileName(name), name);
  for (const name of ['a'.repeat(256), 'ñ'.repeat(128), '€'.repeat(86), '🎬'.repeat(64)]) t.false(isFileName(name));
});
