import test from 'ava';
import { KIB } from '../../lib/base/units.ts';
import { eventually } from '../helpers/eventually.ts';
import { missNothing, onAir, watchers } from '../helpers/live-channel.ts';
import { hashOf } from '../helpers/live-site.ts';
import { openOwnLine } from '../helpers/own-line.ts';

const BLOCK_BYTES = 512 * KIB;
const BLOCK_S = 2;

test.serial('a viewer whose line brings half of the channel is the only one who misses blocks, says so, and misses none when it is good again', async t => {
  const line = await openOwnLine(t);
  if (!line) return;
  const { site, ready } = await onAir(t, { sizeBytes: BLOCK_BYTES, ip: line.ip });
  const slow = await site.watch([], { through: line.through });
  await slow.block(0);
  const others = await watchers(site, 4);
  await eventually('it gives to others', async () => (await slow.connections()).some(row => row.startsWith('envía a')));

  await line.narrow(BLOCK_BYTES / BLOCK_S / 2);
  const nothingMissed = missNothing(t, others, 6, ready);
  await slow.program.says(/llega menos de lo que se emite y faltan muchos bloques/);
  await line.widen();
  const good = slow.program.lines.length;
  const [, number] = await slow.program.says(/los bloques llegan a tiempo de nuevo; el (\d+) ya se muestra/);
  await Promise.all([nothingMissed, slow.block(Number(number) + 4)]);
  for (const [block, hash] of await slow.hashes()) t.is(hash, hashOf(ready.blocks[block % ready.blocks.length]!), `block ${block}`);
  const missed = slow.program.lines.slice(good).map(text => /: (?:el bloque|los bloques \d+ a) (\d+) no lleg/.exec(text)?.[1]).filter(last => last !== undefined);
  t.true(missed.every(last => Number(last) < Number(number)), missed.join(' '));
  for (const told of [/faltan muchos bloques/, /llegan a tiempo de nuevo/]) t.is(slow.program.lines.filter(text => told.test(text)).length, 1);
  for (const { program } of others) t.false(program.lines.some(text => /no lleg|faltan/.test(text)));
});
