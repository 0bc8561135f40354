import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import anyTest, { type ExecutionContext, type TestFn } from 'ava';
import { MIB } from '../../../lib/base/units.ts';
import type { Block } from '../../../lib/domain/live/block.ts';
import type { Piece, PieceMaker } from '../../../lib/domain/live/piece.ts';
import { openPieceMaker } from '../../../lib/io/live/piece.ts';
import { makeMatroskaFilm } from '../../helpers/matroska-film.ts';
import { packetsOf } from '../../helpers/packets.ts';
import { randomBytes } from '../../helpers/random-bytes.ts';
import { onceThrough } from '../../helpers/reels.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

interface Made {
  readonly film: Buffer;
  readonly blocks: readonly Block[];
  readonly durationMs: number;
}

const test = anyTest as TestFn<Made>;
const closing: (() => unknown)[] = [];

test.before('a film is made, and cut', async t => {
  const path = join(await temporaryDirectory({ teardown: close => void closing.unshift(close) }), 'film.mkv');
  const { durationMs } = await makeMatroskaFilm(path, { sizeBytes: 2 * MIB });
  t.context = { film: await readFile(path), blocks: await onceThrough(path), durationMs };
});

test.after.always('the film is removed', async () => {
  for (const close of closing) await close();
});

function pieceMaker(t: ExecutionContext<Made>): PieceMaker {
  const maker = openPieceMaker();
  t.teardown(() => maker[Symbol.asyncDispose]());
  return maker;
}

/** When each track of it begins, as a player reads it. */
async function startsMsOf({ init, media }: Piece): Promise<readonly number[]> {
  return (await packetsOf(Buffer.concat([init, media]))).map(([first]) => Math.round(first!.timestamp * 1000));
}

test('pieces of a film have one beginning, and each stands where it is wanted', async t => {
  const { blocks } = t.context;
  const { signal } = new AbortController();
  const maker = pieceMaker(t);
  const pieces = await Promise.all(blocks.map(({ bytes }, index) => maker.makePiece(bytes, { number: index + 1, startMs: 10_000 + index * 2000, signal })));
  for (const [index, piece] of pieces.entries()) {
    t.deepEqual(Buffer.from(piece.init), Buffer.from(pieces[0]!.init));
    t.is(piece.durationMs, 2000);
    t.regex(piece.contentType, /^video\/mp4; codecs="avc1\.\w{6}, mp4a\.40\.2"$/);
    const [picture, sound] = await startsMsOf(piece);
    t.is(picture, 10_000 + index * 2000);
    const [pictureBefore, soundBefore] = (await packetsOf(blocks[index]!.bytes)).map(([first]) => first!.timestamp * 1000);
    t.true(Math.abs(sound! - picture! - (soundBefore! - pictureBefore!)) <= 1, 'the sound keeps its distance');
  }
});

test('a block of any container will do, and any clock: also one of weeks', async t => {
  const { film, durationMs } = t.context;
  const { signal } = new AbortController();
  const startMs = 30 * 24 * 3600 * 1000 + 0.25;
  const piece = await pieceMaker(t).makePiece(film, { number: 1, startMs, signal });
  t.is(piece.durationMs, durationMs);
  t.deepEqual(await startsMsOf(piece), [Math.round(startMs), Math.round(startMs)]);
});

test('what would be heard before the clock of the player begins is left out', async t => {
  const { signal } = new AbortController();
  const maker = pieceMaker(t);
  const [block] = t.context.blocks;
  const whole = await maker.makePiece(block!.bytes, { number: 1, startMs: 5000, signal });
  const piece = await maker.makePiece(block!.bytes, { number: 1, startMs: 0, signal });
  t.deepEqual(Buffer.from(piece.init), Buffer.from(whole.init));
  t.is((await startsMsOf(piece))[0], 0);
});

test('bytes that are no block are refused, and the next one is made all the same', async t => {
  const { blocks, film } = t.context;
  const { signal } = new AbortController();
  const maker = pieceMaker(t);
  const [block] = blocks;
  const bad = [new Uint8Array(), randomBytes(10_000, 1), film.subarray(0, 500), block!.bytes.subarray(0, 900), Buffer.concat([block!.bytes.subarray(0, 2000), randomBytes(50_000, 2)])];
  for (const [index, bytes] of bad.entries()) {
    const { facts } = (await t.throwsAsync<Error & { readonly facts: object }>(maker.makePiece(bytes, { number: 70 + index, startMs: 0, signal }), { code: 'not_remuxable' }, `bad ${index}`))!;
    t.like(facts, { name: String(70 + index) });
  }
  t.is((await maker.makePiece(block!.bytes, { number: 1, startMs: 0, signal })).durationMs, 2000);
});

test('a block that says that it is an hour long is refused', async t => {
  const { signal } = new AbortController();
  const [block] = t.context.blocks;
  const maker = pieceMaker(t);
  const now = await maker.makePiece(block!.bytes, { number: 1, startMs: 0, signal });
  const later = await maker.makePiece(block!.bytes, { number: 2, startMs: 3_600_000, signal });
  const torn = Buffer.concat([now.init, now.media, later.media]);
  await t.throwsAsync(maker.makePiece(torn, { number: 3, startMs: 0, signal }), { code: 'not_remuxable', message: /structure/ });
});

test('who stops does not wait, and the next one is made all the same', async t => {
  const [block] = t.context.blocks;
  const { signal } = new AbortController();
  const maker = pieceMaker(t);
  const stop = new AbortController();
  const stopped = maker.makePiece(block!.bytes, { number: 1, startMs: 0, signal: stop.signal });
  const next = maker.makePiece(block!.bytes, { number: 2, startMs: 0, signal });
  stop.abort(new Error('stopped'));
  await t.throwsAsync(stopped, { message: 'stopped' });
  t.is((await next).durationMs, 2000);
  await maker[Symbol.asyncDispose]();
  await t.throwsAsync(maker.makePiece(block!.bytes, { number: 3, startMs: 0, signal }), { code: 'cancelled' });
});
