import { once } from 'node:events';
import { hostname } from 'node:os';
import test, { type ExecutionContext } from 'ava';
import makeMdns, { type ResponsePacket } from 'multicast-dns';
import { systemClock } from '../../../lib/base/clock.ts';
import { silentLog } from '../../../lib/base/log.ts';
import { seededRandom } from '../../../lib/base/random.ts';
import { isNeighbour, type LocalAddress } from '../../../lib/domain/local-network.ts';
import { localAddresses } from '../../../lib/io/central-directory/local-addresses.ts';
import { announceCentral, type Announcement } from '../../../lib/io/central-directory/announcement.ts';
import { mdnsDirectory } from '../../../lib/io/central-directory/mdns.ts';
import { freePorts } from '../../../lib/io/http/free-ports.ts';
import { serviceLabelOf } from '../../../lib/protocol/service.ts';
import { centralDirectoryContract } from '../../contracts/central-directory.ts';
import { eventually } from '../../helpers/eventually.ts';

/** An interface that every machine has. */
const addresses = [{ address: '127.0.0.1', netmask: '255.0.0.0' }];
const SERVICE = '_videopartes._tcp.local';

/** A group of its own for each test, by the port. */
async function openPlace(t: ExecutionContext) {
  const [mdnsPort] = await freePorts(1);
  const announce = async (port: number): Promise<Announcement> => {
    const announcement = await announceCentral({ ip: '127.0.0.1', port }, { clock: systemClock, log: silentLog, addresses, mdnsPort: mdnsPort! });
    t.teardown(() => announcement[Symbol.asyncDispose]());
    return announcement;
  };
  const look = (label?: string) => mdnsDirectory(label, { random: seededRandom(1), addresses: () => addresses, port: mdnsPort! });
  return { mdnsPort: mdnsPort!, announce, look };
}

centralDirectoryContract(test, 'mDNS', async t => {
  const { announce, look } = await openPlace(t);
  let announcements = [await announce(50_000), await announce(50_001)];
  return {
    directory: look(),
    urls: ['http://127.0.0.1:50000', 'http://127.0.0.1:50001'],
    place: {
      hide: async () => void (await Promise.all(announcements.map(one => one[Symbol.asyncDispose]()))),
      show: async () => void (announcements = [await announce(50_000), await announce(50_001)]),
      code: 'central_not_announced',
    },
  };
});

test('mDNS: the one that was asked for by its name is found among others', async t => {
  const { announce, look } = await openPlace(t);
  await announce(50_000);
  const { label } = await announce(50_001);
  t.is(label, serviceLabelOf(hostname(), 50_001));
  t.deepEqual(await look(label).locate(), ['http://127.0.0.1:50001']);
  await t.throwsAsync(look('otra-50000').locate(), { code: 'central_not_announced' } as object);
});

test('mDNS: on each network a central has the address of that network', async t => {
  const [mdnsPort] = await freePorts(1);
  const networks = localAddresses();
  const announcement = await announceCentral({ ip: '0.0.0.0', port: 50_000 }, { clock: systemClock, log: silentLog, mdnsPort: mdnsPort! });
  t.teardown(() => announcement[Symbol.asyncDispose]());
  const locate = (asked: readonly LocalAddress[]) => mdnsDirectory(undefined, { random: seededRandom(1), addresses: () => asked, port: mdnsPort! }).locate();
  t.deepEqual(await locate(addresses), ['http://127.0.0.1:50000']);
  for (const network of networks) {
    // Not every network of every machine has multicast.
    const found = await locate([network]).catch(() => []);
    for (const url of found) t.true(isNeighbour(new URL(url).hostname, network), `${url} at ${network.address}`);
  }
  const everywhere = await locate(networks);
  t.is(everywhere.at(-1), 'http://127.0.0.1:50000', 'loopback is the last choice');
});

test('mDNS: who listens to the group hears a central come and go', async t => {
  const { announce, mdnsPort } = await openPlace(t);
  const browser = makeMdns({ port: mdnsPort, interface: '127.0.0.1', bind: '0.0.0.0' });
  t.teardown(() => new Promise<void>(resolve => browser.destroy(resolve)));
  await once(browser, 'ready');
  const lifetimes: (number | undefined)[] = [];
  browser.on('response', ({ answers = [] }: ResponsePacket) => {
    const record = answers.find(({ type, name }) => type === 'PTR' && name === SERVICE);
    if (record) lifetimes.push((record as { readonly ttl?: number }).ttl);
  });
  const announcement = await announce(50_000);
  // What it says by itself, at the beginning and a second later.
  await eventually('it is announced twice', () => lifetimes.length === 2);
  browser.query({ questions: [{ name: SERVICE, type: 'PTR' }] });
  await eventually('who asks from the port of the group is answered there', () => lifetimes.length === 3);
  await announcement[Symbol.asyncDispose]();
  await eventually('it is taken back', () => lifetimes.length === 4);
  t.deepEqual(lifetimes, [4500, 4500, 4500, 0]);
});

test('mDNS: a central that only IPv6 reaches cannot be announced, and says so', async t => {
  const options = { clock: systemClock, log: silentLog, addresses };
  await t.throwsAsync(announceCentral({ ip: '::1', port: 1 }, options), { code: 'address_unavailable' } as object);
});
