import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Piece, PieceMaker } from '../../lib/domain/live/piece.ts';
import { runForeign } from './installed-program.ts';
import { temporaryDirectory } from './temporary-directory.ts';

type Teardown = Parameters<typeof runForeign>[0];

/** Boxes that have others in them, and nothing else that matters here. */
const CONTAINERS = new Set(['moov', 'trak', 'mdia', 'moof', 'traf']);

interface Box {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** Blocks of a film as fragmented MP4, of 2 s each from a key frame on, with picture and sound; made by ffmpeg. */
export async function makeFragmentedBlocks(t: Teardown, count: number): Promise<readonly Buffer[]> {
  const cwd = await temporaryDirectory(t);
  const seconds = String(2 * count);
  const picture = ['-f', 'lavfi', '-i', `testsrc2=size=320x180:rate=25:duration=${seconds}`];
  const sound = ['-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=48000:duration=${seconds}`];
  const codecs = ['-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '0', '-g', '50', '-keyint_min', '50', '-sc_threshold', '0', '-c:a', 'aac'];
  const list = ['-f', 'hls', '-hls_time', '2', '-hls_segment_type', 'fmp4', '-hls_list_size', '0', '-hls_segment_filename', 'part%03d.m4s', 'list.m3u8'];
  const { status, output } = await runForeign(t, 'ffmpeg', ['-v', 'error', '-y', ...picture, ...sound, ...codecs, ...list], { cwd });
  if (status !== 0) throw new Error(output);
  const init = await readFile(join(cwd, 'init.mp4'));
  const names = (await readdir(cwd)).filter(name => name.endsWith('.m4s')).toSorted();
  return Promise.all(names.slice(0, count).map(async name => Buffer.concat([init, await readFile(join(cwd, name))])));
}

/** Makes pieces of such blocks: the init, and the rest with its times moved to where it is wanted. */
export class FragmentPieces implements PieceMaker {
  makePiece(bytes: Uint8Array, { startMs }: { readonly startMs: number }): Promise<Piece> {
    const block = Buffer.from(bytes);
    const at = [...boxesIn(block)].find(({ type }) => type === 'moof' || type === 'styp')!.start;
    const [init, media] = [block.subarray(0, at), block.subarray(at)];
    const timescales = timescalesOf(init);
    let track = 0;
    let movedMs: number | undefined;
    for (const { type, start } of boxesIn(media)) {
      if (type === 'tfhd') track = media.readUInt32BE(start + 12);
      if (type !== 'tfdt') continue;
      const timescale = timescales.get(track)!;
      const time = Number(media.readBigUInt64BE(start + 12));
      movedMs ??= startMs - (time / timescale) * 1000;
      media.writeBigUInt64BE(BigInt(Math.max(0, Math.round(time + (movedMs * timescale) / 1000))), start + 12);
    }
    return Promise.resolve({ init, media, durationMs: 2000, contentType: 'video/mp4' });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

function timescalesOf(init: Buffer): ReadonlyMap<number, number> {
  const timescales = new Map<number, number>();
  let track = 0;
  for (const { type, start } of boxesIn(init)) {
    const isLong = init[start + 8] === 1;
    if (type === 'tkhd') track = init.readUInt32BE(start + (isLong ? 28 : 20));
    if (type === 'mdhd') timescales.set(track, init.readUInt32BE(start + (isLong ? 28 : 20)));
  }
  return timescales;
}

/** All boxes, those in others after them. */
function* boxesIn(bytes: Buffer, from = 0, to = bytes.byteLength): Generator<Box> {
  for (let start = from; start < to; ) {
    const end = start + bytes.readUInt32BE(start);
    const type = bytes.toString('latin1', start + 4, start + 8);
    yield { type, start, end };
    if (CONTAINERS.has(type)) yield* boxesIn(bytes, start + 8, end);
    start = end;
  }
}
