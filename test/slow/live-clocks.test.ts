import { readFile } from 'node:fs/promises';
import test from 'ava';
import { MINUTE_MS, SECOND_MS } from '../../lib/base/units.ts';
import type { LiveStatistics } from '../../lib/domain/live/live-statistics.ts';
import { jumpingClock } from '../helpers/jumping-clock.ts';
import { missNothing, onAir, watchers } from '../helpers/live-channel.ts';
import { statisticsPathIn, type TalkingProgram } from '../helpers/programs.ts';

/** Of the last so many blocks, none was played and is old. */
const KEPT_BLOCKS = 12;
const HOUR_S = 3600;
const DAY_S = 24 * HOUR_S;
const SLACK_S = 20;

/** The time of day that its last line tells. */
function lastToldS({ lines }: TalkingProgram): number {
  const [hours, minutes, seconds] = /^(\d\d):(\d\d):(\d\d)/.exec(lines.at(-1)!)!.slice(1).map(Number);
  return hours! * HOUR_S + minutes! * 60 + seconds!;
}

async function endedStatistics(program: TalkingProgram, directory: string, order: 'emitir' | 'ver'): Promise<LiveStatistics> {
  await program.stop();
  return JSON.parse(await readFile(statisticsPathIn(directory, `canal-${order}-0`), 'utf8')) as LiveStatistics;
}

test.serial('the clocks of who broadcasts and of who watches jump an hour ahead and back: nobody misses a block, and nothing goes before its time', async t => {
  const startedMs = Date.now();
  const { site, ready, broadcaster } = await onAir(t, { env: jumpingClock() });
  const viewers = await watchers(site, 3, [], { env: jumpingClock() });
  const [first, second] = viewers;
  const jumping = [broadcaster, first!.program, second!.program];
  const jump = () => jumping.forEach(program => program.signal('SIGUSR2'));

  jump();
  const nothingMissed = missNothing(t, viewers, 4, ready);
  await first!.block(first!.blocks.at(-1)!.number + 2);
  const aheadS = (DAY_S + lastToldS(first!.program) - lastToldS(viewers[2]!.program)) % DAY_S;
  t.true(Math.abs(aheadS - HOUR_S) < SLACK_S, `${aheadS} s ahead`);
  // Whoever comes by that clock finds the blocks of one who lives, whose lock looks an hour old.
  const neighbour = await site.watch([], { directory: first!.directory, env: jumpingClock({ isAhead: true }) });
  await neighbour.block(0);
  jump();
  await nothingMissed;
  for (const viewer of viewers) {
    const last = viewer.blocks.at(-1)!.number;
    const onDisk = new Set((await viewer.hashes()).map(([number]) => number));
    for (const { number, lagMs } of viewer.blocks) {
      t.true(onDisk.has(number) || number < last - KEPT_BLOCKS, `block ${number} of ${last}`);
      t.true(lagMs >= 0, `block ${number}: ${lagMs} ms`);
    }
    t.true(viewer.program.lines.every(line => !/no lleg|faltan|antes de tiempo|deja de dar|No llega/.test(line)));
  }
  t.regex((await broadcaster.ask('CANALES', /^ *0 .*/))[0], / 4 +0 *$/);
  for (const [program, directory, order] of [[first!.program, first!.directory, 'ver'], [broadcaster, site.directory, 'emitir']] as const) {
    const { sessions, savedAt } = await endedStatistics(program, directory, order);
    const [{ startedAt, elapsedMs, joinMs = 0, missedBlocks }] = sessions as [LiveStatistics['sessions'][0]];
    const tookMs = Date.now() - startedMs;
    t.true(elapsedMs > 0 && elapsedMs <= tookMs && joinMs <= elapsedMs, `${order}: ${elapsedMs} of ${tookMs} ms, joined after ${joinMs} ms`);
    t.true(Date.parse(startedAt) >= startedMs && Date.parse(savedAt) >= Date.parse(startedAt) && Date.parse(savedAt) - startedMs < MINUTE_MS + SECOND_MS, `${startedAt}, ${savedAt}`);
    t.is(missedBlocks, 0);
  }
});
