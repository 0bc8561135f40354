import { copyFile, mkdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import anyTest, { type TestFn } from 'ava';
import { MIB } from '../../../lib/base/units.ts';
import { openReel } from '../../../lib/io/live/reel.ts';
import { limits } from '../../../lib/protocol/limits.ts';
import { makeMatroskaFilm, type MatroskaFilm } from '../../helpers/matroska-film.ts';
import { packetsOf } from '../../helpers/packets.ts';
import { randomBytes } from '../../helpers/random-bytes.ts';
import { nextOf, onceThrough } from '../../helpers/reels.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

interface Made {
  /** With a key frame every two seconds. */
  readonly film: MatroskaFilm & { readonly path: string };
}

const test = anyTest as TestFn<Made>;
const closing: (() => unknown)[] = [];

test.before('a film is made', async t => {
  const path = join(await temporaryDirectory({ teardown: close => void closing.unshift(close) }), 'film.mkv');
  t.context = { film: { ...(await makeMatroskaFilm(path, { sizeBytes: 4 * MIB })), path } };
});

test.after.always('the film is removed', async () => {
  for (const close of closing) await close();
});

test('a film comes in blocks of two seconds, each playable by itself, in which its times go on, and begins again', async t => {
  const { path, frames, packets, durationMs } = t.context.film;
  const blocks = await onceThrough(path);
  t.deepEqual(blocks.map(block => block.durationMs), Array.from({ length: durationMs / 2000 }, () => 2000));
  t.deepEqual(blocks.map(({ isBeginning }) => isBeginning), blocks.map((_, index) => index === 0));
  const parts = await Promise.all(blocks.map(({ bytes }) => packetsOf(bytes)));
  t.deepEqual(parts.map(([pictures]) => Math.round(pictures![0]!.timestamp * 1000)), blocks.map((_, index) => index * 2000));
  t.true(parts.every(([pictures]) => pictures![0]!.type === 'key'));
  const originals = await packetsOf(await readFile(path));
  t.deepEqual(originals.map(({ length }) => length), [frames, packets]);
  for (const [track, original] of originals.entries()) {
    const found = parts.flatMap(part => part[track]!);
    t.is(found.length, original.length);
    t.true(found.every(({ data }, at) => Buffer.from(data).equals(original[at]!.data)), `track ${track}`);
  }
});

test('ready blocks are given as they are, in the order of their numbers, again and again', async t => {
  const directory = await temporaryDirectory(t);
  const film = await readFile(t.context.film.path);
  const noise = Buffer.from(randomBytes(1000, 1));
  const files = { 'cine_00010.mkv': film, 'cine_00002.mkv': noise, '.cine_00000.mkv': noise, 'leame.txt': noise };
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(directory, name), bytes);
  await mkdir(join(directory, 'cine_00003.mkv'));
  await using reel = await openReel(directory);
  for (let round = 0; round < 2; round += 1) {
    const blocks = [await nextOf(reel), await nextOf(reel)];
    t.true([noise, film].every((bytes, index) => bytes.equals(blocks[index]!.bytes)));
    t.deepEqual(blocks.map(({ isBeginning }) => isBeginning), [true, false]);
    t.deepEqual(blocks.map(({ durationMs }) => durationMs), [limits.liveBlockMs, t.context.film.durationMs]);
  }
});

test('what cannot be shown is told when it is opened', async t => {
  const directory = await temporaryDirectory(t);
  const at = (name: string) => join(directory, name);
  const refused = async (path: string) => {
    const { code, facts } = (await t.throwsAsync<Error & { readonly code: string; readonly facts: object }>(openReel(path)))!;
    return { code, ...facts };
  };
  t.deepEqual(await refused(at('none.mkv')), { code: 'path_not_readable', path: at('none.mkv') });
  t.deepEqual(await refused(directory), { code: 'no_blocks', path: directory });
  await writeFile(at('noise.mkv'), randomBytes(100_000, 1));
  t.deepEqual(await refused(at('noise.mkv')), { code: 'not_remuxable', name: 'noise.mkv', obstacle: 'container', codecs: [] });
  await makeMatroskaFilm(at('pcm.mkv'), { sound: 'pcm-s16' });
  t.deepEqual(await refused(at('pcm.mkv')), { code: 'not_remuxable', name: 'pcm.mkv', obstacle: 'codec', codecs: ['pcm-s16'] });
  await writeFile(at('short.mkv'), (await readFile(t.context.film.path)).subarray(0, 500));
  t.deepEqual(await refused(at('short.mkv')), { code: 'not_remuxable', name: 'short.mkv', obstacle: 'structure', codecs: [] });
  for (const name of ['a_1.ts', 'b_1.ts']) await writeFile(at(name), 'x');
  t.deepEqual(await refused(directory), { code: 'blocks_mixed', path: directory, films: ['a_*.ts', 'b_*.ts'] });
  const stopped = AbortSignal.abort(new Error('stopped'));
  await t.throwsAsync(openReel(t.context.film.path, { signal: stopped }), { message: 'stopped' });
});

test('a film that is replaced on the air is an error, and then the other one begins', async t => {
  const directory = await temporaryDirectory(t);
  const path = join(directory, 'film.mkv');
  await copyFile(t.context.film.path, path);
  await using reel = await openReel(path);
  await makeMatroskaFilm(join(directory, 'other.mkv'));
  await rename(join(directory, 'other.mkv'), path);
  t.is((await failureOf(() => nextOf(reel))).code, 'file_changed');
  const block = await nextOf(reel);
  t.true(block.isBeginning);
  t.true((await nextOf(reel)).isBeginning, 'it has one block');
});

test('a film that is cut short or gone on the air is an error at each call, none at once after another, and begins when it is there again', async t => {
  const path = join(await temporaryDirectory(t), 'film.mkv');
  await copyFile(t.context.film.path, path);
  await using reel = await openReel(path);
  await truncate(path, 100_000);
  t.is((await failureOf(() => nextOf(reel))).code, 'file_changed');
  await rm(path);
  const failedAtMs = performance.now();
  t.is((await failureOf(() => nextOf(reel))).code, 'path_not_readable');
  t.true(performance.now() - failedAtMs > limits.reelRestMs / 2);
  await copyFile(t.context.film.path, path);
  t.true((await nextOf(reel)).isBeginning);
});

test('behind a ready block that is gone, the next one comes', async t => {
  const directory = await temporaryDirectory(t);
  const bytesOf = (index: number) => Buffer.from(randomBytes(1000, index));
  for (let index = 0; index < 5; index += 1) await writeFile(join(directory, `cine_${index}.ts`), bytesOf(index));
  await using reel = await openReel(directory);
  await rm(join(directory, 'cine_3.ts'));
  for (const index of [0, 1, 2]) t.deepEqual(Buffer.from((await nextOf(reel)).bytes), bytesOf(index));
  t.is((await failureOf(() => nextOf(reel))).code, 'path_not_readable');
  t.deepEqual(Buffer.from((await nextOf(reel)).bytes), bytesOf(4));
  t.true((await nextOf(reel)).isBeginning);
});

test('who stops waiting loses no block, and a reel that ended gives none', async t => {
  const reel = await openReel(t.context.film.path);
  await t.throwsAsync(reel.next({ signal: AbortSignal.abort(new Error('stopped')) }), { message: 'stopped' });
  t.true((await nextOf(reel)).isBeginning);
  const coming = nextOf(reel);
  await reel[Symbol.asyncDispose]();
  await coming.catch(() => undefined);
  await t.throwsAsync(nextOf(reel), { code: 'cancelled' });
});

/** Of the first call that fails; what was ready before may come first. */
async function failureOf(call: () => Promise<unknown>): Promise<{ readonly code: string }> {
  for (let calls = 0; calls < 5; calls += 1) {
    try {
      await call();
    } catch (error) {
      return error as { readonly code: string };
    }
  }
  throw new Error('it never failed');
}
