import test from 'ava';
import { MIB } from '../../../lib/base/units.ts';
import type { Checksum } from '../../../lib/domain/checksum.ts';
import { planOf, type ForeignFile } from '../../../lib/domain/download/foreign-plan.ts';

const whole: Checksum = { algorithm: 'sha-256', hex: 'a'.repeat(64) };
const weak: Checksum = { algorithm: 'md5', hex: 'b'.repeat(32) };
const file: ForeignFile = { name: 'a.iso', sizeBytes: 3 * MIB + 1, checksums: [] };
const pieces = (algorithm: 'sha-1' | 'sha-256', lengthBytes = 2 * MIB) => ({
  algorithm,
  lengthBytes,
  hashes: Array.from({ length: Math.ceil(file.sizeBytes / lengthBytes) }, () => 'c'.repeat(40)),
});

test('pieces are the parts, and strong ones need no look at the whole', t => {
  t.like(planOf({ ...file, checksums: [whole], pieces: pieces('sha-256') }), {
    partSizeBytes: 2 * MIB,
    partAlgorithm: 'sha-256',
    checksum: undefined,
    isVerified: true,
  });
});

test('weak pieces are looked at, and then the whole', t => {
  const plan = planOf({ ...file, checksums: [weak, whole], pieces: pieces('sha-1') });
  t.is(plan.partAlgorithm, 'sha-1');
  t.deepEqual(plan.checksum, whole);
});

test('without pieces parts have no hash, and the strongest checksum decides', t => {
  const plan = planOf({ ...file, checksums: [weak, whole] });
  t.deepEqual(plan.partHashes, [undefined, undefined, undefined, undefined]);
  t.deepEqual(plan.checksum, whole);
  t.true(plan.isVerified);
  t.false(planOf(file).isVerified);
});

test('pieces that are too large to be parts are left alone', t => {
  const plan = planOf({ ...file, checksums: [whole], pieces: pieces('sha-256', 65 * MIB) });
  t.is(plan.partSizeBytes, MIB);
  t.deepEqual(plan.checksum, whole);
});

test('pieces of another size are refused', t => {
  t.throws(() => planOf({ ...file, sizeBytes: 9 * MIB, pieces: pieces('sha-1') }), { code: 'invalid_metalink' } as object);
});

test('only what is the same file has the same id', t => {
  const ids = [
    planOf(file),
    planOf({ ...file, sizeBytes: file.sizeBytes + 1 }),
    planOf({ ...file, version: 'http://x/ "one"' }),
    planOf({ ...file, version: 'http://x/ "two"' }),
    planOf({ ...file, checksums: [whole] }),
    planOf({ ...file, pieces: pieces('sha-1') }),
  ].map(({ id }) => id);
  t.is(new Set(ids).size, ids.length);
  t.true(ids.every(id => /^[0-9a-f]{64}$/.test(id)));
  t.is(planOf({ ...file, name: 'other' }).id, planOf(file).id);
});
