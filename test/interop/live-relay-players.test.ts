import test, { type ExecutionContext } from 'ava';
import { MIB } from '../../lib/base/units.ts';
import { eventually } from '../helpers/eventually.ts';
import { runForeign, testWith, type ForeignEnd, type ForeignProgram } from '../helpers/installed-program.ts';
import { LiveSite, type LiveViewer } from '../helpers/live-site.ts';
import { ownLoopback } from '../helpers/loopback.ts';

const WATCHED_S = 60;
const RELAYS = 4;
/** Of what is played before each of the deaths. */
const BLOCKS_BETWEEN = 8;
/** More than a minute, and a beginning. */
const FILM_BYTES = 20 * MIB;

interface Watched {
  readonly url: string;
  readonly directory: string;
  /** Kills who feeds the viewer, now and once more some blocks later. */
  killFeeders(): Promise<void>;
}

async function watchThroughRelays(t: ExecutionContext): Promise<Watched> {
  t.timeout(240_000);
  const site = await LiveSite.open(t);
  await site.broadcast([await site.film('película.mp4', { sizeBytes: FILM_BYTES })]);
  const relays = new Map<string, LiveViewer>();
  for (let index = 0; index < RELAYS; index += 1) {
    const ip = ownLoopback();
    relays.set(ip, await site.watch(['--ip-local', ip, '--max-retransmisiones', '3']));
  }
  await Promise.all([...relays.values()].map(relay => relay.block(0)));
  const viewer = await site.watch(['--ip-local', ownLoopback(), '--max-retransmisiones', '0']);
  await viewer.block(0);
  const feeder = () =>
    eventually('a relay feeds the viewer', async () => {
      const rows = await viewer.connections();
      return [...relays.keys()].find(ip => rows.some(row => row.startsWith('recibe de') && row.includes(` ${ip}:`)));
    });
  await feeder();
  return {
    // Opened at once, before anything is shown.
    url: await viewer.url(),
    directory: site.directory,
    async killFeeders() {
      for (let death = 1; death <= 2; death += 1) {
        await viewer.block(viewer.blocks.at(-1)!.number + BLOCKS_BETWEEN);
        const ip = await feeder();
        await relays.get(ip)!.program.stop('SIGKILL');
        relays.delete(ip);
      }
    },
  };
}

async function play(t: ExecutionContext, program: ForeignProgram, flags: (url: string) => readonly string[]): Promise<ForeignEnd> {
  const { url, directory, killFeeders } = await watchThroughRelays(t);
  const [end] = await Promise.all([runForeign(t, program, flags(url), { cwd: program === 'vlc' ? '/' : directory }), killFeeders()]);
  t.is(end.status, 0, end.output);
  return end;
}

testWith(test, 'ffprobe', 'reads a minute of a channel while relays that feed the viewer are killed', async t => {
  const { output } = await play(t, 'ffprobe', url => ['-v', 'error', '-read_intervals', `%+${WATCHED_S}`, '-select_streams', 'v', '-show_entries', 'packet=pts_time', '-of', 'json', url]);
  const { packets } = JSON.parse(output) as { packets: { pts_time: string }[] };
  const times = packets.map(({ pts_time: time }) => Number(time));
  t.true(times.at(-1)! - times[0]! > WATCHED_S - 0.1, output.slice(-200));
  times.slice(1).forEach((time, index) => t.true(Math.abs(time - times[index]! - 0.04) < 0.005, `${times[index]} and then ${time}`));
});

testWith(test, 'mpv', 'plays a minute of a channel while relays that feed the viewer are killed', async t => {
  const { output } = await play(t, 'mpv', url => ['--no-config', '--vo=null', '--ao=null', `--length=${WATCHED_S}`, url]);
  t.regex(output, /VO: \[null\] 320x180/);
  t.notRegex(output, /error|invalid|fail|corrupt/i);
});

testWith(test, 'vlc', 'plays a minute of a channel while relays that feed the viewer are killed', async t => {
  const { output } = await play(t, 'vlc', url => ['-I', 'dummy', '--vout', 'dummy', '--aout', 'dummy', '--run-time', String(WATCHED_S), '--play-and-exit', '-vv', url, 'vlc://quit']);
  t.regex(output, /Received first picture/);
});
