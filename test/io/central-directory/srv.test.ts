import test, { type ExecutionContext } from 'ava';
import { seededRandom } from '../../../lib/base/random.ts';
import { joinedDirectory } from '../../../lib/io/central-directory/joined.ts';
import { fixedDirectory } from '../../../lib/io/central-directory/fixed.ts';
import { srvDirectory } from '../../../lib/io/central-directory/srv.ts';
import { centralDirectoryContract } from '../../contracts/central-directory.ts';
import { DnsServer, type DnsAnswer } from '../../helpers/dns-server.ts';

const SERVICE = '_videopartes._tcp.example.org';
const records = [
  { target: 'b.example.org', port: 50_001, priority: 20, weight: 0 },
  { target: 'a.example.org', port: 50_000, priority: 10, weight: 5 },
];
const urls = ['http://a.example.org:50000', 'http://b.example.org:50001'];

async function open(t: ExecutionContext, answer: DnsAnswer = records) {
  const server = await DnsServer.start(t, answer);
  return { server, directory: srvDirectory(SERVICE, { random: seededRandom(1), servers: [server.address] }) };
}

centralDirectoryContract(test, 'SRV', async t => {
  const { server, directory } = await open(t);
  return {
    directory,
    urls,
    place: {
      hide: async () => void (server.answer = 'NXDOMAIN'),
      show: async () => void (server.answer = records),
      code: 'central_not_in_dns',
    },
  };
});

test('SRV: the name is asked as it is, and the lowest priority comes first', async t => {
  const { server, directory } = await open(t);
  t.deepEqual(await directory.locate(), urls);
  t.deepEqual(server.asked, [SERVICE]);
});

test('SRV: what changes in DNS is found the next time', async t => {
  const { server, directory } = await open(t);
  await directory.locate();
  server.answer = [{ target: 'c.example.org', port: 7, priority: 0, weight: 0 }];
  t.deepEqual(await directory.locate(), ['http://c.example.org:7']);
});

test('SRV: a name without records, a dot, and a server that is silent are told apart', async t => {
  const reasonFor = async (answer: DnsAnswer) => {
    const { directory } = await open(t, answer);
    const error = await t.throwsAsync<Error & { readonly facts: { readonly reason: string } }>(directory.locate(), { code: 'central_not_in_dns' } as object);
    return error.facts.reason;
  };
  t.is(await reasonFor('NXDOMAIN'), 'ENOTFOUND');
  t.is(await reasonFor([]), 'ENODATA');
  t.is(await reasonFor([{ target: '.', port: 0, priority: 0, weight: 0 }]), 'ENODATA');
  t.is(await reasonFor('silence'), 'ETIMEOUT');
});

test('SRV: what is no name of a host is left out', async t => {
  const odd = ['a/b.example.org', 'u@h.example.org', 'a b.example.org'].map(target => ({ target, port: 7, priority: 0, weight: 0 }));
  const { directory } = await open(t, [...odd, { target: 'c.example.org', port: 0, priority: 0, weight: 0 }, ...records]);
  t.deepEqual(await directory.locate(), urls);
});

test('SRV: beside an address that was given, DNS that is silent stands in nobody’s way', async t => {
  const { directory } = await open(t, 'NXDOMAIN');
  const given = fixedDirectory(['http://10.0.0.1:1']);
  t.deepEqual(await joinedDirectory([directory, given]).locate(), ['http://10.0.0.1:1']);
  await t.throwsAsync(joinedDirectory([directory, directory]).locate(), { code: 'central_not_in_dns' } as object);
});
