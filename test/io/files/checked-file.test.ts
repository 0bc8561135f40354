import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { isVideoError } from '../../../lib/base/errors.ts';
import { planOf, type ForeignFile } from '../../../lib/domain/download/foreign-plan.ts';
import type { Sink } from '../../../lib/domain/download/sink.ts';
import { partRange } from '../../../lib/domain/manifest.ts';
import { openCheckedFile } from '../../../lib/io/files/checked-file.ts';
import { partialPathFor } from '../../../lib/io/files/partial-name.ts';
import { sinkContract } from '../../contracts/sink.ts';
import { sha256 } from '../../helpers/manifests.ts';
import { randomBytes } from '../../helpers/random-bytes.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const bytes = randomBytes(2 * 1024 * 1024 + 5, 31);
const known: ForeignFile = { name: 'a.iso', sizeBytes: bytes.byteLength, checksums: [{ algorithm: 'sha-256', hex: sha256(bytes) }] };

async function place(t: ExecutionContext) {
  const finalPath = join(await temporaryDirectory(t), 'a.iso');
  const restarts: string[] = [];
  const open = (file: ForeignFile, name: string): Promise<Sink> => {
    const plan = planOf(file);
    return openCheckedFile({ manifest: plan, finalPath, partialPath: partialPathFor(finalPath), checksum: plan.checksum, onRestart: () => restarts.push(name) });
  };
  return { finalPath, open, restarts, left: () => readdir(dirname(finalPath)) };
}

async function put(sink: Sink, of: Uint8Array, parts: readonly number[] = [0, 1, 2]): Promise<void> {
  for (const part of parts) {
    const { start, end } = partRange(planOf(known), part);
    await sink.write(part, 0, of.subarray(start, end));
    await sink.keep(part);
  }
}

sinkContract(test, 'checked file', async (t, manifest) => {
  const finalPath = join(await temporaryDirectory(t), 'a.iso');
  const checksum = { algorithm: 'sha-256', hex: manifest.sha256 } as const;
  return {
    open: () => openCheckedFile({ manifest, finalPath, partialPath: partialPathFor(finalPath), checksum, onRestart: () => undefined }),
    visible: () => readFile(finalPath).catch(() => undefined),
  };
});

test('a file that is what its checksum says gets its name', async t => {
  const { open, finalPath, left } = await place(t);
  {
    await using sink = await open(known, 'first');
    await put(sink, bytes);
    await sink.finish();
  }
  t.true(bytes.equals(await readFile(finalPath)));
  t.deepEqual(await left(), ['a.iso']);
});

test('a file that is not what its checksum says is thrown away, and nothing of it is ever seen', async t => {
  const { open, left } = await place(t);
  const wrong = Buffer.from(bytes);
  wrong[1_500_000]! ^= 1;
  {
    await using sink = await open(known, 'first');
    await put(sink, wrong);
    const error = await t.throwsAsync(sink.finish());
    t.true(isVideoError(error, 'checksum_mismatch'), String(error));
  }
  t.deepEqual(await left(), []);
});

test('without part hashes a later run trusts what was kept of this version, and nothing of another', async t => {
  const { open, restarts } = await place(t);
  const one = { ...known, checksums: [], version: 'http://x/ "one"' };
  {
    await using sink = await open(one, 'one');
    await put(sink, bytes, [0, 2]);
  }
  {
    await using sink = await open(one, 'one again');
    t.deepEqual([...sink.present], [0, 2]);
  }
  {
    await using sink = await open({ ...one, version: 'http://x/ "two"' }, 'two');
    t.is(sink.present.size, 0);
  }
  t.deepEqual(restarts, ['two']);
});
