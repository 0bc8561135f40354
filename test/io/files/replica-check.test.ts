import { appendFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { MIB } from '../../../lib/base/units.ts';
import { fileStampAt } from '../../../lib/io/files/folder-scan.ts';
import { isPartRight } from '../../../lib/io/files/replica-check.ts';
import { createScrubStore } from '../../../lib/io/files/scrub-store.ts';
import { rot } from '../../helpers/bit-rot.ts';
import { manifestOf } from '../../helpers/manifests.ts';
import { randomBytes } from '../../helpers/random-bytes.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const bytes = randomBytes(2 * MIB + 5, 1);
const manifest = manifestOf(bytes);

test('a flipped bit is found in its part, though size and time say nothing', async t => {
  const path = join(await temporaryDirectory(t), 'film');
  await writeFile(path, bytes);
  await rot(path, 2 * MIB + 4);
  const stamp = (await fileStampAt(path))!;
  t.deepEqual(await Promise.all([0, 1, 2].map(part => isPartRight(path, stamp, manifest, part))), [true, true, false]);
});

test('a file that is not as its stamp says is not judged', async t => {
  const path = join(await temporaryDirectory(t), 'film');
  await writeFile(path, bytes);
  const stamp = (await fileStampAt(path))!;
  await appendFile(path, '!');
  await t.throwsAsync(isPartRight(path, stamp, manifest, 0), { code: 'file_changed' });
  await rm(path);
  await t.throwsAsync(isPartRight(path, stamp, manifest, 0), { code: 'file_changed' });
  await writeFile(`${path}.other`, bytes);
  await symlink(`${path}.other`, path);
  await t.throwsAsync(isPartRight(path, stamp, manifest, 0), { code: 'file_changed' });
});

test('what was read and when is there after a restart; a damaged record is none', async t => {
  const path = join(await temporaryDirectory(t), 'scrub.json');
  const stamp = { sizeBytes: 1, mtimeNs: '17', ino: '3' };
  const record = { read: [{ stamp, atMs: 5 }], place: { stamp, nextPart: 1, readBytes: 1, badParts: [0] } };
  t.deepEqual(await createScrubStore(path).load(), { read: [] });
  await createScrubStore(path).save(record);
  t.deepEqual(await createScrubStore(path).load(), record);
  await writeFile(path, '{"version":1,"re');
  t.deepEqual(await createScrubStore(path).load(), { read: [] });
});
