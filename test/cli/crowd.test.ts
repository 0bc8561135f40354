import { readFile, writeFile } from 'node:fs/promises';
import test from 'ava';
import { MIB } from '../../lib/base/units.ts';
import { ThrottledNode } from '../../bench/throttled-node.ts';
import { manifestOf } from '../helpers/manifests.ts';
import { randomBytes } from '../helpers/random-bytes.ts';
import { SharingSite } from '../helpers/sharing-site.ts';

const NAME = 'faro.mp4';
const CROWD = ['ana', 'bea', 'eva', 'luz'];
const bytes = randomBytes(10 * MIB + 77, 81);

interface Statistics {
  readonly totals: { readonly sharedBytes?: number };
  readonly downloads: readonly { readonly sources: readonly { readonly id: string; readonly bytes: number }[] }[];
}

test('those who want one file at the same time give its parts to each other, and the secondary gives less than each of them takes', async t => {
  const site = await SharingSite.start(t);
  await writeFile(site.path(NAME), bytes);
  const node = await ThrottledNode.start(site.path(NAME), manifestOf(bytes, NAME), 1);
  t.teardown(() => node[Symbol.asyncDispose]());
  node.behave({ bytesPerSecond: 2 * MIB });
  await node.join(site.centralUrl);

  const clients = CROWD.map(name => site.order(name, NAME, '--nombre', name));
  const ends = await Promise.all(clients.map(client => client.ended({ withinMs: 120_000 })));
  t.deepEqual(ends.map(({ status }) => status), CROWD.map(() => 0), ends.map(({ stderr }) => stderr).join('\n'));
  for (const name of CROWD) t.true(bytes.equals(await readFile(site.path(name, NAME))), name);

  const saved = await Promise.all(CROWD.map(async name => JSON.parse(await readFile(site.statisticsPath(name), 'utf8')) as Statistics));
  const given = saved.flatMap(({ downloads }) => downloads.at(-1)!.sources);
  const sumOf = (isIt: (id: string) => boolean) => given.filter(({ id }) => isIt(id)).reduce((sum, source) => sum + source.bytes, 0);
  const fromPeers = sumOf(id => id.startsWith('127.0.0.1:'));
  t.log(`${(fromPeers / MIB).toFixed(1)} MiB from each other, ${(sumOf(id => id === 'secundario-1') / MIB).toFixed(1)} from the secondary`);
  t.true(fromPeers > 0);
  t.true(node.sentBytes < CROWD.length * bytes.length);
  t.true(saved.some(({ totals }) => (totals.sharedBytes ?? 0) > 0));
});
