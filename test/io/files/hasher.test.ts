import { appendFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { open, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import test from 'ava';
import { MIB } from '../../../lib/base/units.ts';
import { hashFile } from '../../../lib/io/files/hash-file.ts';
import { Hasher } from '../../../lib/io/files/hasher.ts';
import { manifestOf, piecesOf } from '../../helpers/manifests.ts';
import { randomBytes } from '../../helpers/random-bytes.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const never = new AbortController().signal;

async function sparseFile(path: string, sizeBytes: number): Promise<void> {
  const file = await open(path, 'w');
  await file.truncate(sizeBytes);
  await file.close();
}

for (const size of [0, 1, MIB - 1, MIB, MIB + 1, 3 * MIB, 5 * MIB + 12_345]) {
  test(`describes a file of ${size} bytes`, async t => {
    const path = join(await temporaryDirectory(t), 'video');
    const bytes = randomBytes(size, 1);
    await writeFile(path, bytes);
    const { content, stamp } = await hashFile(path, { signal: never });
    const { sizeBytes, partSizeBytes, partHashes, sha256 } = manifestOf(bytes);
    t.deepEqual(content, { sizeBytes, partSizeBytes, partHashes, sha256, pieces: piecesOf(bytes) });
    t.is(stamp.sizeBytes, size);
  });
}

test('parts of more than one chunk are hashed whole', async t => {
  const path = join(await temporaryDirectory(t), 'video');
  await sparseFile(path, 3000 * MIB - 5);
  const progress: number[] = [];
  const abort = new AbortController();
  const hashing = hashFile(path, {
    signal: abort.signal,
    onProgress: done => {
      progress.push(done);
      if (done >= 8 * MIB) abort.abort(new Error('seen enough'));
    },
  });
  await t.throwsAsync(hashing, { message: 'seen enough' });
  t.deepEqual(progress.slice(0, 2), [MIB, 2 * MIB]);
});

test('a file that grows, is replaced or vanishes while it is read is refused', async t => {
  const folder = await temporaryDirectory(t);
  const path = join(folder, 'video');
  const changes = {
    grows: () => appendFileSync(path, 'more'),
    'is touched': () => utimesSync(path, 1, 1),
    'is replaced': () => {
      writeFileSync(join(folder, 'other'), randomBytes(4 * MIB, 1));
      renameSync(join(folder, 'other'), path);
    },
    vanishes: () => rmSync(path),
  };
  for (const [title, change] of Object.entries(changes)) {
    await writeFile(path, randomBytes(4 * MIB, 1));
    let isChanged = false;
    const onProgress = () => {
      if (!isChanged) change();
      isChanged = true;
    };
    await t.throwsAsync(hashFile(path, { signal: never, onProgress }), { code: 'file_changed' }, title);
  }
});

test('neither a link nor a folder is read', async t => {
  const folder = await temporaryDirectory(t);
  await writeFile(join(folder, 'video'), 'bytes');
  await symlink(join(folder, 'video'), join(folder, 'link'));
  await t.throwsAsync(hashFile(join(folder, 'link'), { signal: never }), { code: 'file_changed' });
  await t.throwsAsync(hashFile(folder, { signal: never }), { code: 'file_changed' });
});

test('the hasher reads in a thread, which ends when it is idle and starts again', async t => {
  const path = join(await temporaryDirectory(t), 'video');
  const bytes = randomBytes(2 * MIB + 7, 1);
  await writeFile(path, bytes);
  await using hasher = new Hasher({ idleMs: 1 });
  t.false(hasher.isRunning);
  for (let round = 0; round < 2; round += 1) {
    const { content } = await hasher.hash(path, { signal: never });
    t.is(content.sha256, manifestOf(bytes).sha256);
    t.true(hasher.isRunning);
    while (hasher.isRunning) await new Promise(resolve => setTimeout(resolve, 2));
  }
});

test('errors and cancellations cross from the thread', async t => {
  const folder = await temporaryDirectory(t);
  const path = join(folder, 'video');
  await sparseFile(path, 512 * MIB);
  await using hasher = new Hasher();
  await t.throwsAsync(hasher.hash(join(folder, 'absent'), { signal: never }), { code: 'file_changed' });
  const abort = new AbortController();
  const onProgress = () => abort.abort(new Error('enough'));
  await t.throwsAsync(hasher.hash(path, { signal: abort.signal, onProgress }), { message: 'enough' });
  await writeFile(path, 'short');
  const { content } = await hasher.hash(path, { signal: never });
  t.is(content.sizeBytes, 5);
});

test('the event loop stays free while a large file is hashed', async t => {
  const path = join(await temporaryDirectory(t), 'video');
  await sparseFile(path, 512 * MIB);
  await using hasher = new Hasher();
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  await hasher.hash(path, { signal: never });
  delay.disable();
  const medianMs = delay.percentile(50) / 1e6;
  t.log(`event loop delay: median ${medianMs.toFixed(1)} ms, longest ${(delay.max / 1e6).toFixed(1)} ms`);
  t.true(medianMs < 50);
});
