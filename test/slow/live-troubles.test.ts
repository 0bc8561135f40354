import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { KIB } from '../../lib/base/units.ts';
import type { Slice } from '../../lib/domain/live/stream.ts';
import { eventually } from '../helpers/eventually.ts';
import { missNothing, onAir, watchers } from '../helpers/live-channel.ts';
import { mountSmallDisk } from '../helpers/mounts.ts';
import { openWayOut } from '../helpers/outward-only.ts';
import { altered, startUnfaithfulMember } from '../helpers/unfaithful-member.ts';

const PAUSE_MS = 5000;

test.serial('a viewer who is paused for five seconds is the only one who notices', async t => {
  const { site, ready } = await onAir(t);
  const viewers = await watchers(site, 5);
  const [paused, ...others] = viewers;
  await eventually('it gives to others', async () => (await paused!.connections()).some(row => row.startsWith('envía a')));
  paused!.program.signal('SIGSTOP');
  const nothingMissed = missNothing(t, others, 6, ready);
  await sleep(PAUSE_MS);
  paused!.program.signal('SIGCONT');
  await nothingMissed;
  await missNothing(t, viewers, 3, ready);
});

test.serial('a viewer whom nobody can connect to watches, says that it does not relay, and the others do', async t => {
  const { site, ready } = await onAir(t);
  const way = await openWayOut(t, { ip: site.ip, port: 6061 });
  const hidden = await site.watch(['--ip', way.ip, '--puerto', '6060', '--puerto-relevo', String(way.port), '--max-retransmisiones', '4']);
  await hidden.program.says(/Los demás no pueden conectarse a este espectador/);
  await hidden.block(0);
  const viewers = [hidden, ...(await watchers(site, 4))];
  await missNothing(t, viewers, 3, ready);
  t.false((await hidden.connections()).some(row => row.startsWith('envía a')));
});

test.serial('a viewer whose disk is full says so, goes on relaying, and stores again when there is room', async t => {
  const { site, ready } = await onAir(t, { sizeBytes: 300 * KIB });
  const disk = await mountSmallDisk(t, join(site.directory, 'disco'), { sizeMib: 1 });
  if (!disk) return;
  const full = await site.watch([], { directory: disk.path });
  await full.block(0);
  const others = await watchers(site, 4);
  await full.program.says(/no se pudo guardar el bloque \d+/);
  await missNothing(t, others, 3, ready);
  await disk.resize(64);
  await full.program.says(/los bloques se guardan de nuevo/);
});

const faults = {
  alters: (slice: Slice) => ({ slice: altered(slice), afterMs: 0 }),
  'holds back for six seconds': (slice: Slice) => ({ slice, afterMs: 6000 }),
  swallows: () => undefined,
} as const;
for (const [what, give] of Object.entries(faults)) {
  test.serial(`a member who ${what} what it should give is left, and nobody misses a block`, async t => {
    const { site, ready } = await onAir(t);
    const unfaithful = await startUnfaithfulMember(t, { rootIp: site.ip, give });
    await eventually('it is fed', () => unfaithful.parents.every(parent => parent !== undefined));
    const viewers = await watchers(site, 5);
    await eventually('somebody left it', () => viewers.some(({ program }) => program.lines.some(line => /deja de dar la rebanada/.test(line))), 60_000);
    await missNothing(t, viewers, 4, ready);
  });
}
