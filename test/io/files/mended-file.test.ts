import { chmod, mkdir, open, readFile, stat, truncate, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { MIB } from '../../../lib/base/units.ts';
import type { DamagedFile } from '../../../lib/domain/damaged-file.ts';
import { fileStampAt } from '../../../lib/io/files/folder-scan.ts';
import { openMendedFile, type MendedFileOptions } from '../../../lib/io/files/mended-file.ts';
import { manifestOf } from '../../helpers/manifests.ts';
import { randomBytes } from '../../helpers/random-bytes.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const bytes = randomBytes(4 * MIB + 10, 9);
const manifest = manifestOf(bytes, 'film');
const partOf = (part: number) => bytes.subarray(part * MIB, (part + 1) * MIB);
const { signal } = new AbortController();

/** A file whose parts 1 and 4 are bad, of which the index knows the first. */
async function damagedFile(t: ExecutionContext): Promise<MendedFileOptions & { readonly rotten: Buffer }> {
  const directory = await temporaryDirectory(t);
  await mkdir(join(directory, 'incoming'));
  const finalPath = join(directory, 'film');
  const rotten = Buffer.from(bytes);
  for (const offset of [MIB + 5, 4 * MIB]) rotten[offset]! ^= 1;
  await writeFile(finalPath, rotten);
  await chmod(finalPath, 0o640);
  const damaged: DamagedFile = { name: 'film', id: manifest.id, stamp: (await fileStampAt(finalPath))!, badParts: [1] };
  return { manifest, damaged, finalPath, partialPath: join(directory, 'incoming', `${manifest.id}.partial`), signal, rotten };
}

test('it begins with the good parts, and takes the place of the damaged file when the others came', async t => {
  const { rotten, ...options } = await damagedFile(t);
  await using sink = await openMendedFile(options);
  t.deepEqual([...sink.present], [0, 2, 3], 'what else is bad was found');
  for (const part of [1, 4]) {
    await sink.write(part, 0, partOf(part));
    await sink.keep(part);
    t.true(rotten.equals(await readFile(options.finalPath)), 'until it is whole, nothing changes');
  }
  await sink.finish();
  t.true(bytes.equals(await readFile(options.finalPath)));
  t.is((await stat(options.finalPath)).mode & 0o777, 0o640);
});

test('what an interrupted mending brought is not brought again', async t => {
  const { rotten: _, ...options } = await damagedFile(t);
  {
    await using first = await openMendedFile(options);
    await first.write(1, 0, partOf(1));
    await first.keep(1);
  }
  await using second = await openMendedFile(options);
  t.deepEqual([...second.present], [0, 1, 2, 3]);
});

test('an interrupted copy of the good parts is begun anew', async t => {
  const { rotten, ...options } = await damagedFile(t);
  await writeFile(options.partialPath, rotten);
  await truncate(options.partialPath, MIB + 100);
  await using sink = await openMendedFile(options);
  t.deepEqual([...sink.present], [0, 2, 3]);
});

test('a file that somebody put there meanwhile is left alone', async t => {
  const { rotten: _, ...options } = await damagedFile(t);
  await using sink = await openMendedFile(options);
  for (const part of [1, 4]) await sink.write(part, 0, partOf(part));
  await writeFile(options.finalPath, 'somebody else');
  await t.throwsAsync(sink.finish(), { code: 'file_changed' });
  t.is(await readFile(options.finalPath, 'utf8'), 'somebody else');
});

test.serial('also one that somebody puts there while the whole one is brought to the disk', async t => {
  const { rotten: _, ...options } = await damagedFile(t);
  await using sink = await openMendedFile(options);
  for (const part of [1, 4]) await sink.write(part, 0, partOf(part));
  const handle = await open(options.finalPath);
  const prototype = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
  const { sync } = prototype;
  t.teardown(() => void (prototype.sync = sync));
  prototype.sync = async function (this: FileHandle) {
    await writeFile(options.finalPath, 'somebody else');
    return sync.call(this);
  };
  await t.throwsAsync(sink.finish(), { code: 'file_changed' });
  t.is(await readFile(options.finalPath, 'utf8'), 'somebody else');
});

test('it can be stopped while it copies', async t => {
  const { rotten, ...options } = await damagedFile(t);
  const stop = new AbortController();
  stop.abort(new Error('stop'));
  await t.throwsAsync(openMendedFile({ ...options, signal: stop.signal }), { message: 'stop' });
  t.true(rotten.equals(await readFile(options.finalPath)));
});
