import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { MIB } from '../../lib/base/units.ts';
import { eventually } from '../helpers/eventually.ts';
import { testWith } from '../helpers/installed-program.ts';
import { LiveSite, type LiveViewer } from '../helpers/live-site.ts';

const WATCHED_S = 6;

/** A viewer that starts mpv, which shows nothing to anybody and writes what it does into a file. */
async function watchWithMpv(t: ExecutionContext, settings: readonly string[]): Promise<{ readonly viewer: LiveViewer; readonly diary: () => Promise<string> }> {
  t.timeout(120_000);
  const site = await LiveSite.open(t);
  const home = join(site.directory, 'mpv');
  const path = join(site.directory, 'mpv.log');
  await mkdir(home);
  await writeFile(join(home, 'mpv.conf'), ['vo=null', 'ao=null', `log-file=${path}`, ...settings, ''].join('\n'));
  await site.broadcast([await site.film('película.mp4', { sizeBytes: 4 * MIB })]);
  const viewer = await site.watch(['--retardo', '2', '--reproductor', 'mpv'], { env: { MPV_HOME: home } });
  return { viewer, diary: () => readFile(path, 'utf8').catch(() => '') };
}

testWith(test.serial, 'mpv', 'is started by a viewer, plays the channel, and the viewer leaves when it ends', async t => {
  const { viewer, diary } = await watchWithMpv(t, [`length=${WATCHED_S}`]);
  const { status, stderr } = await viewer.program.ended();
  t.is(status, 0);
  t.is(stderr, '');
  const told = await diary();
  t.true(told.includes(await viewer.url()), told);
  t.regex(told, /VO: \[null\] 320x180/);
  t.regex(told, /EOF code: 1|finished playback, success/);
});

testWith(test.serial, 'mpv', 'is closed when its viewer ends', async t => {
  const { viewer, diary } = await watchWithMpv(t, []);
  await eventually('it plays', async () => /VO: \[null\] 320x180/.test(await diary()), 60_000);
  t.is((await viewer.program.stop('SIGINT')).status, 0);
  // It says so itself, which a killed one does not.
  t.regex(await diary(), /Done terminating demuxers/);
});
