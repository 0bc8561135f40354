import { appendFile, mkdir, open, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { isVideoError } from '../../../lib/base/errors.ts';
import type { Sink } from '../../../lib/domain/download/sink.ts';
import { partRange, type Manifest } from '../../../lib/domain/manifest.ts';
import { journalHeader, journalRecord, parseJournal } from '../../../lib/io/files/part-journal.ts';
import { partialPathFor } from '../../../lib/io/files/partial-name.ts';
import { lockForProcess } from '../../../lib/io/files/process-lock.ts';
import { openResumableFile } from '../../../lib/io/files/resumable-file.ts';
import { sinkContract } from '../../contracts/sink.ts';
import { eventually } from '../../helpers/eventually.ts';
import { manifestOf } from '../../helpers/manifests.ts';
import { randomBytes } from '../../helpers/random-bytes.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const bytes = randomBytes(5 * 1024 * 1024, 3);
const manifest = manifestOf(bytes);

async function place(t: ExecutionContext, of: Manifest = manifest) {
  const finalPath = join(await temporaryDirectory(t), 'película ñandú 🎬.mp4');
  const partialPath = partialPathFor(finalPath);
  return { finalPath, partialPath, open: () => openResumableFile({ manifest: of, finalPath, partialPath }) };
}

async function put(sink: Sink, part: number): Promise<void> {
  await sink.write(part, 0, partBytes(part));
  await sink.keep(part);
}

function partBytes(part: number): Uint8Array {
  const { start, end } = partRange(manifest, part);
  return bytes.subarray(start, end);
}

sinkContract(test, 'resumable file', async (t, of) => {
  const { finalPath, open: openSink } = await place(t, of);
  return { open: openSink, visible: () => readFile(finalPath).catch(() => undefined) };
});

test('a finished file leaves nothing beside it', async t => {
  const { finalPath, open: openSink } = await place(t);
  {
    await using sink = await openSink();
    await Promise.all(manifest.partHashes.map((_, part) => put(sink, part)));
    await sink.finish();
  }
  t.deepEqual(await readdir(join(finalPath, '..')), ['película ñandú 🎬.mp4']);
});

test('parts that no journal vouches for are found again by their hash, wrong ones are not', async t => {
  const { partialPath, open: openSink } = await place(t);
  const torn = Buffer.from(bytes);
  torn[2 * 1024 * 1024 + 5]! ^= 1;
  torn.fill(0, 4 * 1024 * 1024);
  await writeFile(partialPath, torn);
  await using sink = await openSink();
  t.deepEqual([...sink.present], [0, 1, 3]);
});

test('the journal of another file is not believed', async t => {
  const { partialPath, open: openSink } = await place(t);
  await writeFile(`${partialPath}.journal`, journalHeader({ id: 'f'.repeat(64) }) + journalRecord([0, 1, 2]));
  await writeFile(partialPath, randomBytes(bytes.length, 4));
  await using sink = await openSink();
  t.is(sink.present.size, 0);
});

test('a partial file that was cut short is not believed beyond its end, whatever the journal says', async t => {
  const { partialPath, open: openSink } = await place(t);
  {
    await using sink = await openSink();
    for (const part of [0, 1, 2, 3, 4]) await put(sink, part);
  }
  await truncate(partialPath, 3 * 1024 * 1024 + 10);
  await using sink = await openSink();
  t.deepEqual([...sink.present], [0, 1, 2]);
});

test('a journal that outlived its file vouches for nothing in the next ones', async t => {
  const { partialPath, open: openSink } = await place(t);
  {
    await using sink = await openSink();
    for (const part of [0, 1, 2]) await put(sink, part);
  }
  await rm(partialPath);
  {
    await using sink = await openSink();
    t.is(sink.present.size, 0);
    await put(sink, 4);
  }
  await using sink = await openSink();
  t.deepEqual([...sink.present], [4]);
});

test('half a line of the journal does not hide the lines after it', async t => {
  const { partialPath, open: openSink } = await place(t);
  {
    await using sink = await openSink();
    await put(sink, 0);
  }
  await appendFile(`${partialPath}.journal`, '1,2 dead');
  {
    await using sink = await openSink();
    await put(sink, 3);
  }
  t.deepEqual([...parseJournal(await readFile(`${partialPath}.journal`, 'utf8'), manifest)!].sort(), [0, 3]);
});

test.serial('bytes that the disk lost are not vouched for, and the file does not get its name', async t => {
  const { finalPath, partialPath } = await place(t);
  await using sink = await openResumableFile({ manifest, finalPath, partialPath, syncEveryMs: 0 });
  await put(sink, 0);
  await eventually('the first part is synced', async () => (await journaled(partialPath)).length === 1);
  const mend = await breakSync();
  await put(sink, 1);
  // The system tells it once.
  await eventually('the failure was told', () => mend.failures > 0).finally(() => mend.mend());
  const isLost = { message: /EIO/ };
  await t.throwsAsync(sink.write(2, 0, partBytes(2)), isLost);
  await t.throwsAsync(sink.finish(), isLost);
  await sink[Symbol.asyncDispose]();
  t.deepEqual(await journaled(partialPath), [0]);
  await t.throwsAsync(readFile(finalPath), { code: 'ENOENT' });
});

async function journaled(partialPath: string): Promise<readonly number[]> {
  return [...parseJournal(await readFile(`${partialPath}.journal`, 'utf8'), manifest)!];
}

/** Every `fdatasync` of this process fails until it is mended, as one does after the disk could not write. */
async function breakSync() {
  await using handle = await open(process.execPath);
  const prototype = Object.getPrototypeOf(handle) as { datasync: () => Promise<void> };
  const { datasync } = prototype;
  const broken = {
    failures: 0,
    mend: () => {
      prototype.datasync = datasync;
    },
  };
  prototype.datasync = async () => {
    broken.failures += 1;
    throw Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' });
  };
  return broken;
}

test('a part that begins with zeros is verified by all its bytes', async t => {
  const zeros = Buffer.alloc(bytes.length);
  const { open: openSink } = await place(t, manifestOf(zeros));
  await using sink = await openSink();
  await sink.write(0, 0, zeros.subarray(0, 1024 * 1024));
  t.true(await sink.verify(0));
});

test('two downloads into one file: the second is told that it is in use', async t => {
  const { open: openSink } = await place(t);
  await using _sink = await openSink();
  const error = await t.throwsAsync(openSink());
  t.true(isVideoError(error, 'path_in_use'));
});

test('the lock of a process that is gone is taken over', async t => {
  const path = join(await temporaryDirectory(t), 'lock');
  await writeFile(path, '999999999 elsewhere-not\n');
  await t.throwsAsync(lockForProcess(path), { message: /path_in_use/ });
  await writeFile(path, `999999999 ${hostname()}\n`);
  await using _lock = await lockForProcess(path);
  t.regex(await readFile(path, 'utf8'), new RegExp(`^${process.pid} ${hostname()}\\b`));
});

test('a file that appeared meanwhile under the final name is not overwritten', async t => {
  const { finalPath, partialPath, open: openSink } = await place(t);
  await using sink = await openSink();
  await Promise.all(manifest.partHashes.map((_, part) => put(sink, part)));
  await writeFile(finalPath, 'of somebody else');
  const error = await t.throwsAsync(sink.finish());
  t.true(isVideoError(error, 'output_exists'));
  t.is(await readFile(finalPath, 'utf8'), 'of somebody else');
  t.is((await readFile(partialPath)).byteLength, bytes.byteLength);
});

test('an existing final name is an error before anything is fetched', async t => {
  const { finalPath, open: openSink } = await place(t);
  await writeFile(finalPath, 'mine');
  const error = await t.throwsAsync(openSink());
  t.true(isVideoError(error, 'output_exists'));
});

test('names as long as a file system takes have a partial name that fits, unique to them', t => {
  const folder = '/videos';
  const long = `${'ñ'.repeat(125)}.mp4`;
  const other = `${'ñ'.repeat(125)}.mkv`;
  t.is(Buffer.byteLength(long), 254);
  for (const name of [long, other, 'a'.repeat(255)]) {
    const partial = partialPathFor(join(folder, name));
    t.true(Buffer.byteLength(`${partial.slice(folder.length + 1)}.journal`) <= 255);
  }
  t.not(partialPathFor(join(folder, long)), partialPathFor(join(folder, other)));
  t.is(partialPathFor('/videos/corto.mp4'), '/videos/corto.mp4.partial');
});

test('a folder in the place of the partial file is a clear error and leaves no lock', async t => {
  const { partialPath, finalPath, open: openSink } = await place(t);
  await mkdir(partialPath);
  await t.throwsAsync(openSink());
  t.deepEqual(await readdir(join(finalPath, '..')), ['película ñandú 🎬.mp4.partial']);
});

test('however a journal is torn, it vouches for no part that was not recorded', t => {
  const records = [[0, 1], [7], [2, 3, 900]];
  const of = { id: 'a'.repeat(64), partHashes: Array.from({ length: 1000 }, () => '') };
  const whole = Buffer.from(journalHeader(of) + records.map(journalRecord).join(''));
  const recorded = new Set(records.flat());
  fc.assert(
    fc.property(fc.nat(whole.length), fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 3 }), (length, flips) => {
      const torn = Buffer.from(whole.subarray(0, length));
      for (const [at, value] of flips) if (at < torn.length) torn[at] = value;
      const parts = parseJournal(torn.toString('latin1'), of) ?? new Set<number>();
      return [...parts].every(part => recorded.has(part));
    }),
    { numRuns: 2000 },
  );
  t.deepEqual(parseJournal(whole.toString(), of), recorded);
});
