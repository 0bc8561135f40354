import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import anyTest, { type TestFn } from 'ava';
import { makeSampleVideo } from '../../lib/apps/demo/sample-video.ts';
import { MIB } from '../../lib/base/units.ts';
import { roleSecrets } from '../../lib/domain/roles.ts';
import { runForeign, testWith } from '../helpers/installed-program.ts';
import { ProcessCluster } from '../helpers/process-cluster.ts';
import { putVideo } from '../helpers/put-video.ts';

interface Site {
  readonly cluster: ProcessCluster;
  /** Of the film at the central, and at a secondary. */
  readonly urls: readonly string[];
  readonly durationMs: number;
}

const test = anyTest as TestFn<Site>;
const NAME = 'niña y faro.mp4';
const closing: (() => unknown)[] = [];

test.before('two secondaries hold a film', async t => {
  const cluster = await ProcessCluster.start({ teardown: close => void closing.unshift(close) }, { secondaries: 2 });
  const folder = cluster.folderOf(1);
  await mkdir(folder, { recursive: true });
  const card = { width: 320, height: 180, framesPerSecond: 25, frames: 50 };
  const { durationMs } = await makeSampleVideo(join(folder, `.${NAME}`), { sizeBytes: 6 * MIB, card, signal: new AbortController().signal });
  await rename(join(folder, `.${NAME}`), join(folder, NAME));
  await cluster.whenHeldBy(NAME, 2);
  const { id } = await cluster.ask<{ id: string }>(`/video?name=${encodeURIComponent(NAME)}`);
  const { nodes } = await cluster.ask<{ nodes: readonly { url: string }[] }>('/nodes');
  const central = `http://127.0.0.1:${cluster.centralPort}`;
  t.context = { cluster, urls: [`${central}/stream?id=${id}`, `${nodes[0]!.url}/files/${id}`], durationMs };
});

test.after.always('the programs are stopped', async () => {
  for (const close of closing) await close();
});

testWith(test.serial, 'ffprobe', 'reads how long a film is and a frame of its middle, from the central and from a secondary', async t => {
  const { cluster, urls, durationMs } = t.context;
  for (const url of urls) {
    const flags = ['-v', 'error', '-read_intervals', `${durationMs / 2000}%+#1`, '-show_entries', 'format=duration:stream=codec_name:packet=pts_time', '-of', 'json', url];
    const { status, output } = await runForeign(t, 'ffprobe', flags, { cwd: cluster.directory });
    t.is(status, 0, output);
    const { streams, packets, format } = JSON.parse(output) as { streams: { codec_name: string }[]; packets: { pts_time: string }[]; format: { duration: string } };
    t.is(streams[0]!.codec_name, 'h264');
    t.is(Math.round(Number(format.duration) * 1000), durationMs);
    t.true(Math.abs(Number(packets[0]!.pts_time) * 1000 - durationMs / 2) <= 2000, packets[0]!.pts_time);
  }
});

testWith(test.serial, 'mpv', 'plays from the middle, from the central and from a secondary, and the library as a list', async t => {
  const { cluster, urls } = t.context;
  const library = `http://127.0.0.1:${cluster.centralPort}/library.m3u`;
  for (const place of [...urls, `--playlist=${library}`]) {
    const flags = ['--no-config', '--vo=null', '--ao=null', '--untimed', '--start=50%', '--frames=25', place];
    const { status, output } = await runForeign(t, 'mpv', flags, { cwd: cluster.directory });
    t.is(status, 0, output);
    t.regex(output, /VO: \[null\] 320x180/);
  }
});

testWith(test.serial, 'vlc', 'plays from the middle, from the central and from a secondary', async t => {
  const { urls, durationMs } = t.context;
  const startS = String(Math.round(durationMs / 2000));
  for (const url of urls) {
    const flags = ['-I', 'dummy', '--vout', 'dummy', '--aout', 'dummy', '--start-time', startS, '--run-time', '1', '--play-and-exit', '-vv', url, 'vlc://quit'];
    const { status, output } = await runForeign(t, 'vlc', flags, { cwd: '/' });
    t.is(status, 0);
    t.regex(output, /Received first picture/);
  }
});

testWith(test.serial, 'mpv', 'plays a list that was saved where only readers read, and without it nothing', async t => {
  const { cluster, urls } = t.context;
  const guarded = await ProcessCluster.start(t, { secondaries: 1, centralFlags: ['--ip', '0.0.0.0', '--lectura', 'secreta', '--replicas', '1'] });
  await putVideo(guarded.folderOf(1), NAME, await readFile(join(cluster.folderOf(1), NAME)));
  await guarded.whenHeldBy(NAME, 1);
  const address = `http://127.0.0.1:${guarded.centralPort}`;
  const list = join(guarded.directory, 'library.m3u');
  await writeFile(list, await (await fetch(`${address}/library.m3u`, { headers: { authorization: `Bearer ${roleSecrets(guarded.secret!).reader}` } })).text());
  const flags = ['--no-config', '--vo=null', '--ao=null', '--untimed', '--start=50%', '--frames=25'];
  const { status, output } = await runForeign(t, 'mpv', [...flags, `--playlist=${list}`], { cwd: guarded.directory });
  t.is(status, 0, output);
  t.regex(output, /VO: \[null\] 320x180/);
  const refused = await runForeign(t, 'mpv', [...flags, `${address}${new URL(urls[0]!).pathname}${new URL(urls[0]!).search}`], { cwd: guarded.directory });
  t.not(refused.status, 0);
});
