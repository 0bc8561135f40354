import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Block } from '../../lib/domain/live/block.ts';
import { openPieceMaker } from '../../lib/io/live/piece.ts';
import { runForeign, testWith } from '../helpers/installed-program.ts';
import { onceThrough } from '../helpers/reels.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const SECONDS = 13;
const FRAME_S = 0.04;
const PICTURE = ['-f', 'lavfi', '-i', `testsrc2=s=320x180:r=25:d=${SECONDS}`];
/** So much that the parser of transport streams is another one before the end. */
const NOISE = ['-f', 'lavfi', '-i', `testsrc2=s=640x360:r=25:d=${SECONDS},noise=alls=100:allf=t`];
const SOUND = ['-f', 'lavfi', '-i', `sine=d=${SECONDS}`];
const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '2', '-pix_fmt', 'yuv420p'];
const AAC = ['-c:a', 'aac'];
const films = {
  'b frames.mp4': { flags: [...PICTURE, ...SOUND, ...H264, '-g', '50', ...AAC], blocks: 7 },
  'long gop.mkv': { flags: [...PICTURE, ...SOUND, ...H264, '-g', '250', ...AAC], blocks: 2 },
  'open gop.mkv': { flags: [...PICTURE, ...SOUND, ...H264, '-x264-params', 'open-gop=1:keyint=50:bframes=2:b-adapt=0', ...AAC], blocks: 7 },
  'vp9 opus.mkv': { flags: [...PICTURE, ...SOUND, '-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-g', '50', '-c:a', 'libopus'], blocks: 7 },
  'silent.webm': { flags: [...PICTURE, '-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-g', '25'], blocks: 7 },
  'large.ts': { flags: [...NOISE, ...SOUND, ...H264, '-qp', '20', '-g', '50', ...AAC], blocks: 7 },
  'sound.mp4': { flags: [...SOUND, ...AAC], blocks: 7 },
} as const;

for (const [name, { flags, blocks: count }] of Object.entries(films)) {
  testWith(test.serial, 'ffmpeg', `makes «${name}», whose packets are all in its blocks, once, and whose pieces play without a gap`, async t => {
    t.timeout(240_000);
    const directory = await temporaryDirectory(t);
    const film = join(directory, name);
    await ffmpeg(t, directory, [...flags, film]);
    const blocks = await onceThrough(film);
    t.is(blocks.length, count);
    await writeFile(join(directory, 'blocks.mp4'), Buffer.concat(blocks.map(({ bytes }) => bytes)));
    const original = await probe(t, film);
    t.deepEqual(packetCounts(await probe(t, join(directory, 'blocks.mp4'))), packetCounts(original));
    const durationMs = blocks.reduce((sum, block) => sum + block.durationMs, 0);
    t.true(Math.abs(durationMs - Number(original.format.duration) * 1000) < 100, `${durationMs} ms of ${original.format.duration} s`);
    await playsAsPieces(t, directory, blocks);
  });
}

for (const [kind, reset] of [['mkv', []], ['mkv', ['-reset_timestamps', '1']], ['ts', []], ['ts', ['-reset_timestamps', '1']]] as const) {
  testWith(test.serial, 'ffmpeg', `cuts ready blocks of ${kind}${reset.length > 0 ? ' whose clocks begin again' : ''}, whose pieces play without a gap`, async t => {
    t.timeout(240_000);
    const directory = await temporaryDirectory(t);
    const folder = join(directory, 'ready');
    await mkdir(folder);
    await ffmpeg(t, directory, [...films['b frames.mp4'].flags, '-f', 'segment', '-segment_time', '2', ...reset, join(folder, `film_%05d.${kind}`)]);
    const blocks = await onceThrough(folder);
    t.deepEqual(blocks.map(({ durationMs }) => durationMs), [2000, 2000, 2000, 2000, 2000, 2000, 1000]);
    await playsAsPieces(t, directory, blocks);
  });
}

/** With one beginning, without complaints, and each picture one frame after the one before. */
async function playsAsPieces(t: ExecutionContext, directory: string, blocks: readonly Block[]): Promise<void> {
  await using maker = openPieceMaker();
  const inits = new Set<string>();
  const media: Uint8Array[] = [];
  let startMs = 0;
  for (const [index, { bytes }] of blocks.entries()) {
    const piece = await maker.makePiece(bytes, { number: index + 1, startMs, signal: new AbortController().signal });
    inits.add(Buffer.from(piece.init).toString('base64'));
    media.push(piece.media);
    startMs += piece.durationMs;
  }
  t.is(inits.size, 1);
  const played = join(directory, 'pieces.mp4');
  await writeFile(played, Buffer.concat([Buffer.from([...inits][0]!, 'base64'), ...media]));
  t.is(await ffmpeg(t, directory, ['-xerror', '-i', played, '-f', 'null', '-']), '');
  const { output } = await runForeign(t, 'ffprobe', ['-v', 'error', '-select_streams', 'v', '-show_entries', 'packet=pts_time', '-of', 'csv=p=0', played], { cwd: directory });
  const times = output.trim().split('\n').map(Number).toSorted((one, other) => one - other);
  const steps = times.slice(1).map((time, index) => time - times[index]!);
  t.true(steps.every(step => Math.abs(step - FRAME_S) < 0.003), `${Math.min(...steps)} to ${Math.max(...steps)}`);
}

async function ffmpeg(t: ExecutionContext, cwd: string, flags: readonly string[]): Promise<string> {
  const { status, output } = await runForeign(t, 'ffmpeg', ['-v', 'error', '-y', ...flags], { cwd });
  if (status !== 0) throw new Error(output);
  return output;
}

interface Probed {
  readonly streams: readonly { readonly codec_name: string; readonly nb_read_packets: string }[];
  readonly format: { readonly duration: string };
}

async function probe(t: ExecutionContext, path: string): Promise<Probed> {
  const flags = ['-v', 'error', '-count_packets', '-show_entries', 'format=duration:stream=codec_name,nb_read_packets', '-of', 'json', path];
  const { status, output } = await runForeign(t, 'ffprobe', flags, { cwd: '/' });
  if (status !== 0) throw new Error(output);
  return JSON.parse(output) as Probed;
}

function packetCounts({ streams }: Probed): readonly string[] {
  return streams.map(({ codec_name: codec, nb_read_packets: packets }) => `${codec} ${packets}`);
}
