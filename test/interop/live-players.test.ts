import test, { type ExecutionContext } from 'ava';
import { systemClock as clock } from '../../lib/base/clock.ts';
import { startLiveServer } from '../../lib/io/live/live-server.ts';
import { openStoredShelf } from '../../lib/io/live/stored-shelf.ts';
import { FragmentPieces, makeFragmentedBlocks } from '../helpers/fragmented-blocks.ts';
import { runForeign, testWith } from '../helpers/installed-program.ts';
import { arrived, BLOCK_MS, toldLog } from '../helpers/live-shelf.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const FILM_BLOCKS = 4;
/** Shown at once, for a player to begin with. */
const FIRST_BLOCKS = 3;
const MISSED = 5;
const WATCHED_S = 10;

/** A channel that goes on in real time: a film of four blocks again and again, of which one block never comes. */
async function broadcast(t: ExecutionContext) {
  const film = await makeFragmentedBlocks(t, FILM_BLOCKS);
  const directory = await temporaryDirectory(t);
  const { log, told } = toldLog();
  const shelf = await openStoredShelf({ directory, channel: 0, clock, log });
  const stopping = new AbortController();
  const server = await startLiveServer({ ip: '127.0.0.1', port: 0 }, shelf, { pieces: new FragmentPieces(), clock, log, signal: stopping.signal });
  const send = async () => {
    const startedMs = clock.now() + BLOCK_MS;
    for (let number = 0; ; number += 1) {
      const dueMs = startedMs + Math.max(0, number - FIRST_BLOCKS) * BLOCK_MS;
      await clock.sleep(dueMs - 2 * BLOCK_MS - clock.now(), { signal: stopping.signal });
      const block = arrived(number, { isBeginning: number % FILM_BLOCKS === 0 });
      if (number !== MISSED) await shelf.put(block, film[number % FILM_BLOCKS]!, dueMs);
    }
  };
  const sending = send().catch(() => undefined);
  t.teardown(async () => {
    stopping.abort();
    await sending;
    await server[Symbol.asyncDispose]();
    await shelf[Symbol.asyncDispose]();
  });
  return { url: server.url, directory, told };
}

testWith(test.serial, 'ffprobe', 'reads ten seconds of a channel across a missed block and a beginning', async t => {
  const { url, directory, told } = await broadcast(t);
  const flags = ['-v', 'error', '-read_intervals', `%+${WATCHED_S}`, '-select_streams', 'v', '-show_entries', 'packet=pts_time', '-of', 'json', url];
  const { status, output } = await runForeign(t, 'ffprobe', flags, { cwd: directory });
  t.is(status, 0, output);
  const { packets } = JSON.parse(output) as { packets: { pts_time: string }[] };
  const times = packets.map(({ pts_time: time }) => Number(time));
  t.true(times.at(-1)! - times[0]! > WATCHED_S - 0.1, output);
  // A player's clock goes on over what was missed.
  times.slice(1).forEach((time, index) => t.true(Math.abs(time - times[index]! - 0.04) < 0.005, `${times[index]} and then ${time}`));
  t.deepEqual(told, [`live.missed 0 ${MISSED} ${MISSED}`]);
});

testWith(test.serial, 'mpv', 'plays ten seconds of a channel across a missed block and a beginning', async t => {
  const { url, directory, told } = await broadcast(t);
  const flags = ['--no-config', '--vo=null', '--ao=null', `--length=${WATCHED_S}`, url];
  const { status, output } = await runForeign(t, 'mpv', flags, { cwd: directory });
  t.is(status, 0, output);
  t.regex(output, /VO: \[null\] 320x180/);
  t.notRegex(output, /error|invalid|fail|corrupt/i);
  t.deepEqual(told, [`live.missed 0 ${MISSED} ${MISSED}`]);
});

testWith(test.serial, 'vlc', 'plays ten seconds of a channel across a missed block and a beginning', async t => {
  const { url, told } = await broadcast(t);
  const flags = ['-I', 'dummy', '--vout', 'dummy', '--aout', 'dummy', '--run-time', String(WATCHED_S), '--play-and-exit', '-vv', url, 'vlc://quit'];
  const { status, output } = await runForeign(t, 'vlc', flags, { cwd: '/' });
  t.is(status, 0);
  t.regex(output, /Received first picture/);
  t.deepEqual(told, [`live.missed 0 ${MISSED} ${MISSED}`]);
});
