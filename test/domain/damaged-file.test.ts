import test from 'ava';
import { MIB } from '../../lib/base/units.ts';
import { isDamaged, withoutBadParts } from '../../lib/domain/damaged-file.ts';
import { manifestOfParts } from '../helpers/manifests.ts';

const manifest = manifestOfParts(3, 1000);
const file = { manifest, read: async (buffer: Uint8Array) => buffer.byteLength, [Symbol.asyncDispose]: async () => undefined };

test('nothing is read that overlaps a bad part, from the moment that it is known to be bad', async t => {
  let bad: number[] = [];
  const guarded = withoutBadParts(file, () => bad);
  const read = (position: number, bytes: number) => guarded.read(Buffer.alloc(bytes), position);
  t.is(await read(MIB, 10), 10);
  bad = [1];
  await t.throwsAsync(read(MIB, 10), { code: 'file_changed' });
  await t.throwsAsync(read(MIB - 1, 2), { code: 'file_changed' });
  await t.throwsAsync(read(2 * MIB - 1, 2), { code: 'file_changed' });
  t.is(await read(0, MIB), MIB, 'up to it');
  t.is(await read(2 * MIB, 1000), 1000, 'and after it');
});

test('a file without bad parts is not damaged', t => {
  const stamp = { sizeBytes: 0, mtimeNs: '0', ino: '0' };
  t.deepEqual([undefined, [], [0]].map(badParts => isDamaged({ name: 'film', id: 'film', stamp, ...(badParts && { badParts }) })), [false, false, true]);
});
