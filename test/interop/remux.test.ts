import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import anyTest, { type TestFn } from 'ava';
import { runForeign, testWith } from '../helpers/installed-program.ts';
import { ProcessCluster } from '../helpers/process-cluster.ts';

interface Site {
  readonly cluster: ProcessCluster;
}

const test = anyTest as TestFn<Site>;
const closing: (() => unknown)[] = [];
const SECONDS = 12;
const PICTURE = ['-f', 'lavfi', '-i', `testsrc2=s=320x180:r=25:d=${SECONDS}`];
const SOUND = ['-f', 'lavfi', '-i', `sine=d=${SECONDS}`];
const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '2', '-g', '50', '-pix_fmt', 'yuv420p'];
/** What others make of the same pictures, by the name of the file. */
const carried = {
  'h264 aac.mkv': { flags: [...PICTURE, ...SOUND, ...H264, '-c:a', 'aac'], codecs: ['h264', 'aac'], named: /avc1\.\w{6}, mp4a\.40\.2/ },
  'h264 mp3.mkv': { flags: [...PICTURE, ...SOUND, ...H264, '-c:a', 'libmp3lame'], codecs: ['h264', 'mp3'], named: /avc1\.\w{6}, mp4a\.6B/ },
  'vp9 opus.mkv': { flags: [...PICTURE, ...SOUND, '-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-g', '50', '-c:a', 'libopus'], codecs: ['vp9', 'opus'], named: /vp09[\w.]+, opus/ },
  'h265 flac.mkv': { flags: [...PICTURE, ...SOUND, '-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'keyint=50:log-level=none', '-c:a', 'flac'], codecs: ['hevc', 'flac'], named: /hvc1[\w.]+, flac/ },
  // Whose clock begins later than zero.
  'h264 aac.ts': { flags: [...PICTURE, ...SOUND, ...H264, '-c:a', 'aac'], codecs: ['h264', 'aac'], named: /avc1\.\w{6}, mp4a\.40\.2/ },
} as const;
const refused = {
  'mpeg4.mkv': { flags: [...PICTURE, '-c:v', 'mpeg4'], obstacle: 'codec', codecs: ['V_MPEG4/ISO/ASP'] },
  'h264 ac3.mkv': { flags: [...PICTURE, ...SOUND, ...H264, '-c:a', 'ac3'], obstacle: 'codec', codecs: ['ac3'] },
  'h264 mp3.avi': { flags: [...PICTURE, ...SOUND, ...H264, '-c:a', 'libmp3lame'], obstacle: 'container', codecs: [] },
} as const;

test.before('two secondaries are there', async t => {
  t.context = { cluster: await ProcessCluster.start({ teardown: close => void closing.unshift(close) }, { secondaries: 2 }) };
});

test.after.always('the programs are stopped', async () => {
  for (const close of closing) await close();
});

testWith(test.serial, 'ffmpeg', 'makes films that come as MP4 from the central, whole and from a second on', async t => {
  t.timeout(240_000);
  const { cluster } = t.context;
  for (const [name, { flags, codecs, named }] of Object.entries(carried)) {
    await addFilm(t, cluster, name, flags);
    const url = await urlOf(cluster, name);
    const { headers } = await fetch(url, { method: 'HEAD' });
    t.regex(headers.get('content-type')!, new RegExp(`^video/mp4; codecs="${named.source}"$`), name);
    const original = await probe(t, join(cluster.folderOf(1), name));
    const whole = await probe(t, url);
    t.deepEqual(whole.streams.map(({ codec_name: codec }) => codec), codecs, name);
    t.deepEqual(whole.streams.map(({ nb_read_packets: packets }) => packets), original.streams.map(({ nb_read_packets: packets }) => packets), name);
    isAbout(t, whole.format.start_time, 0);
    // A key frame every two seconds.
    const later = await probe(t, `${url}&desde=7.5`);
    isAbout(t, later.format.start_time, 6);
    const { status, output } = await runForeign(t, 'ffmpeg', ['-v', 'warning', '-xerror', '-i', url, '-f', 'null', '-'], { cwd: cluster.directory });
    t.deepEqual([status, output], [0, ''], `${name} is decoded without complaints`);
  }
});

testWith(test.serial, 'ffmpeg', 'makes films that cannot come as MP4, and the central says why', async t => {
  t.timeout(120_000);
  const { cluster } = t.context;
  for (const [name, { flags, obstacle, codecs }] of Object.entries(refused)) {
    await addFilm(t, cluster, name, flags);
    const response = await fetch(await urlOf(cluster, name));
    t.is(response.status, 406, name);
    t.like(await response.json(), { code: 'not_remuxable', details: { name, obstacle, codecs } });
  }
});

interface Probed {
  readonly streams: readonly { readonly codec_name: string; readonly nb_read_packets: string }[];
  readonly format: { readonly start_time: string };
}

async function addFilm(t: Parameters<typeof runForeign>[0], cluster: ProcessCluster, name: string, flags: readonly string[]): Promise<void> {
  await mkdir(cluster.folderOf(1), { recursive: true });
  const hidden = join(cluster.folderOf(1), `.${name}`);
  const { status, output } = await runForeign(t, 'ffmpeg', ['-v', 'error', '-y', ...flags, hidden], { cwd: cluster.directory });
  if (status !== 0) throw new Error(output);
  await rename(hidden, join(cluster.folderOf(1), name));
  await cluster.whenHeldBy(name, 2);
}

async function urlOf(cluster: ProcessCluster, name: string): Promise<string> {
  const { id } = await cluster.ask<{ id: string }>(`/video?name=${encodeURIComponent(name)}`);
  return `http://127.0.0.1:${cluster.centralPort}/stream?id=${id}&formato=mp4`;
}

async function probe(t: Parameters<typeof runForeign>[0], place: string): Promise<Probed> {
  const flags = ['-v', 'error', '-count_packets', '-show_entries', 'format=start_time:stream=codec_name,nb_read_packets', '-of', 'json', place];
  const { status, output } = await runForeign(t, 'ffprobe', flags, { cwd: '/' });
  if (status !== 0) throw new Error(output);
  return JSON.parse(output) as Probed;
}

/** Within what frames that are shown late and early, and sound that is cut into blocks, make of it. */
function isAbout(t: { readonly true: (is: boolean, message: string) => void }, seconds: string, wanted: number): void {
  t.true(Math.abs(Number(seconds) - wanted) < 0.3, `${seconds} s, and not ${wanted}`);
}
