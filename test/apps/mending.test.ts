import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { MIB } from '../../lib/base/units.ts';
import { filePath } from '../../lib/protocol/data.ts';
import { eventually } from '../helpers/eventually.ts';
import { manifestOf } from '../helpers/manifests.ts';
import { randomBytes } from '../helpers/random-bytes.ts';
import { patient, restless, RottingSite, type RottingNode } from '../helpers/rotting-site.ts';

const NAME = 'señal 📺.mp4';
const PARTS = 4;
const bytes = randomBytes(PARTS * MIB - 1000, 5);
const { id } = manifestOf(bytes);

/** As many nodes with a replica each. */
async function withReplicas(t: ExecutionContext, nodes: number, scrub = patient, replicas = nodes): Promise<{ site: RottingSite; nodes: readonly RottingNode[] }> {
  const site = await RottingSite.open(t, { replicas });
  await site.put(1, NAME, bytes);
  const numbers = Array.from({ length: nodes }, (_, index) => index + 1);
  const running = await Promise.all(numbers.map(number => site.start(number, scrub)));
  await site.whenHeldBy(NAME, nodes);
  return { site, nodes: running };
}

const damage = (site: RottingSite, node: RottingNode, ...parts: readonly number[]) => site.rot(node, NAME, ...parts.map(part => part * MIB + 77));

async function whenMended(node: RottingNode, times = 1): Promise<void> {
  await eventually('mended', () => node.count('replica.mended') === times, 60_000);
}

const rangeOf = (node: RottingNode, part: number) => fetch(node.url + filePath(id), { headers: { Range: `bytes=${part * MIB}-${(part + 1) * MIB - 1}` } });

test('a flipped bit, where size and time are as before, is found in its turn and mended from the others', async t => {
  const { site, nodes } = await withReplicas(t, 3, restless);
  const node = await damage(site, nodes[0]!, 2);
  await whenMended(node);
  t.true(bytes.equals(await node.bytesOf(NAME)));
  await site.whenHeldBy(NAME, 3);
  t.deepEqual(await readdir(join(node.folder, '.videopartes', 'incoming')), []);
  t.like(node.told.find(({ event }) => event === 'replica.damaged'), { fields: { name: NAME, parts: 1 } });
  t.is(site.central.count('replica.damaged'), 1);
  await eventually('the central knows that it is mended', () => site.central.count('replica.mended') === 1);
  t.false(nodes.slice(1).some(other => other.count('replica.damaged') > 0));
});

test('three replicas, each with another bad part: all of them are mended', async t => {
  const { site, nodes } = await withReplicas(t, 3);
  const rotten = await Promise.all(nodes.map((node, index) => damage(site, node, index)));
  for (const node of rotten) t.deepEqual(await node.ask('REVISAR', NAME), ['Se revisa cuanto antes.']);
  for (const node of rotten) await whenMended(node);
  await site.whenHeldBy(NAME, 3);
  for (const node of rotten) t.true(bytes.equals(await node.bytesOf(NAME)));
});

test('what nobody has right stays, is told, and its good parts are served', async t => {
  const { site, nodes } = await withReplicas(t, 1);
  const node = await damage(site, nodes[0]!, 1);
  const rotten = await node.bytesOf(NAME);
  await node.ask('REVISAR');
  await eventually('found', () => node.count('replica.damaged') === 1);
  await eventually('withdrawn', async () => (await site.holders(NAME)).length === 0);
  await eventually('the central is told', () => site.central.count('replica.damaged') === 1);
  t.true((await node.ask('ESTADO')).includes(`«${NAME}» tiene 1 parte dañada; lo demás se sigue sirviendo.`));
  const good = await rangeOf(node, 0);
  t.is(good.status, 206);
  t.true(bytes.subarray(0, MIB).equals(Buffer.from(await good.arrayBuffer())));
  t.is((await rangeOf(node, 1)).status, 404);

  await node[Symbol.asyncDispose]();
  const again = await site.start(1);
  await eventually('it is told after a restart', async () => (await again.ask('ESTADO')).some(line => line.includes('1 parte dañada')));
  t.true(rotten.equals(await again.bytesOf(NAME)), 'not a byte of it was touched');
  t.is(again.count('file.hashing'), 0, 'and it is not taken for something new');
  t.deepEqual(await site.holders(NAME), []);
  // A copy of before comes back.
  await site.put(2, NAME, bytes);
  await site.start(2);
  await whenMended(again);
  t.true(bytes.equals(await again.bytesOf(NAME)));
});

test('a client that gets a bad part is enough: the replica is read, mended, and not read again for every complaint', async t => {
  const { site, nodes } = await withReplicas(t, 2);
  const other = nodes[1]!;
  const node = await damage(site, nodes[0]!, 3);
  await site.whenHeldBy(NAME, 2);
  const client = site.central.client();
  const complain = async () => {
    const { ticketId } = await client.tickets.open({ client: 'ana', name: NAME });
    const problems = [1, 2].map(number => ({ node: number, kind: 'corrupt' as const, part: 3 }));
    await client.tickets.progress({ ticketId, doneBytes: 0, problems });
  };
  await complain();
  await complain();
  await whenMended(node);
  t.true(bytes.equals(await node.bytesOf(NAME)));
  await eventually('the other one was read as well', () => other.count('scrub.finished') === 1);
  await complain();
  await site.whenHeldBy(NAME, 2);
  t.is(site.central.count('verify.ordered'), 2);
  t.is(other.count('scrub.finished'), 1);
});

test('a secondary that gets a bad part while it copies is enough as well', async t => {
  const { site, nodes } = await withReplicas(t, 2, patient, 3);
  const node = await damage(site, nodes[0]!, 0, 1, 2, 3);
  await site.whenHeldBy(NAME, 2);
  const third = await site.start(3);
  await site.whenHeldBy(NAME, 3);
  t.true(bytes.equals(await third.bytesOf(NAME)));
  t.true(third.count('source.corrupt') > 0);
  await whenMended(node);
  t.true(bytes.equals(await node.bytesOf(NAME)));
});

test('a person who puts the right file back ends the quarantine', async t => {
  const { site, nodes } = await withReplicas(t, 1);
  const node = await damage(site, nodes[0]!, 0);
  await node.ask('REVISAR', NAME);
  await eventually('found', () => node.count('replica.damaged') === 1);
  await site.put(1, NAME, bytes);
  await site.whenHeldBy(NAME, 1);
  t.deepEqual((await node.ask('ESTADO')).filter(line => line.includes('dañada')), []);
});

test('a damaged file that is renamed stays in quarantine under its new name', async t => {
  const { site, nodes } = await withReplicas(t, 1);
  const node = await damage(site, nodes[0]!, 0);
  await node.ask('REVISAR', NAME);
  await eventually('found', () => node.count('replica.damaged') === 1);
  await rename(join(node.folder, NAME), join(node.folder, 'otro.mp4'));
  await eventually('seen', async () => (await node.ask('ESTADO')).some(line => line.includes('«otro.mp4» tiene 1 parte dañada')));
  await t.throwsAsync(node.ask('REVISAR', NAME), { code: 'file_not_found' });
});
