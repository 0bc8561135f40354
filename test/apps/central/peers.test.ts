import { createServer } from 'node:http';
import test from 'ava';
import { limits } from '../../../lib/protocol/limits.ts';
import { TokenVerifier } from '../../../lib/protocol/token-verifier.ts';
import { CentralSite } from '../../helpers/central-site.ts';
import { eventually } from '../../helpers/eventually.ts';
import { FakePeer } from '../../helpers/fake-peer.ts';
import { exchange, requestText } from '../../helpers/raw-http.ts';

const ID = 'a'.repeat(64);

test('who joined is offered for the very names that it said, with what it said of them', async t => {
  const site = await CentralSite.open(t);
  const client = site.client();
  const peer = await FakePeer.start(t);
  const answer = await client.peers.join({ ...peer.place, files: [{ name: 'aula1.mp4', id: ID, sizeBytes: 5_000_000_000 }, { name: 'aula 2.mp4' }] });
  t.like(answer, { address: peer.address, leaseMs: limits.peerLeaseMs, isReachable: true });
  t.deepEqual(await client.peers.search({ name: 'aula1.mp4' }), { peers: [{ address: peer.address, id: ID, sizeBytes: 5_000_000_000 }] });
  t.deepEqual(await client.peers.search({ name: 'aula 2.mp4', peer: answer.peer }), { peers: [{ address: peer.address }] });
  for (const name of ['aula1', 'AULA1.mp4', 'aula1.mp4 ', '../aula1.mp4', '__proto__']) t.deepEqual((await client.peers.search({ name })).peers, [], name);
  t.deepEqual(site.events.filter(({ event }) => event.startsWith('peer.')).slice(0, 3), [
    { event: 'peer.joined', fields: { address: peer.address, files: ['aula1.mp4', 'aula 2.mp4'] } },
    { event: 'peer.searched', fields: { address: '127.0.0.1', name: 'aula1.mp4' } },
    { event: 'peer.searched', fields: { address: peer.address, name: 'aula 2.mp4' } },
  ]);
});

test('files come and go with updates, and all of them with their peer', async t => {
  const site = await CentralSite.open(t);
  const client = site.client();
  const peer = await FakePeer.start(t);
  const { peer: lease } = await client.peers.join({ ...peer.place, files: [{ name: 'one.mp4' }, { name: 'two.mp4' }] });
  const holdersOf = async (name: string) => (await client.peers.search({ name })).peers;
  t.like(await client.peers.update({ peer: lease, added: [{ name: 'three.mp4', id: ID }], removed: ['one.mp4', 'never.mp4'] }), { isReachable: true });
  t.deepEqual([await holdersOf('one.mp4'), (await holdersOf('two.mp4')).length, await holdersOf('three.mp4')], [[], 1, [{ address: peer.address, id: ID }]]);
  t.deepEqual(await client.peers.leave({ peer: lease }), {});
  t.deepEqual(await client.peers.leave({ peer: lease }), {}, 'twice is as good as once');
  t.deepEqual([await holdersOf('two.mp4'), await holdersOf('three.mp4')], [[], []]);
  await t.throwsAsync(client.peers.update({ peer: lease }), { code: 'peer_unknown' });
  t.is(site.count('peer.left'), 1);
});

test('a peer that fell silent is not offered after its lease, and has to join again', async t => {
  const site = await CentralSite.open(t);
  const client = site.client();
  const [silent, living] = [await FakePeer.start(t), await FakePeer.start(t)];
  const files = [{ name: 'aula1.mp4' }];
  const { peer: lost } = await client.peers.join({ ...silent.place, files });
  const { peer: kept } = await client.peers.join({ ...living.place, files });
  site.clock.forward(limits.peerLeaseMs - 1000);
  await client.peers.update({ peer: kept });
  site.clock.forward(1000);
  t.deepEqual((await client.peers.search({ name: 'aula1.mp4' })).peers, [{ address: living.address }]);
  await t.throwsAsync(client.peers.update({ peer: lost }), { code: 'peer_unknown' });
  await eventually('it is told', () => site.count('peer.lost') === 1);
  await client.peers.join({ ...silent.place, files });
  t.is((await client.peers.search({ name: 'aula1.mp4' })).peers.length, 2);
});

test('a peer that cannot be reached is told so, and not offered until it can', async t => {
  const site = await CentralSite.open(t);
  const client = site.client();
  const peer = await FakePeer.start(t);
  const { port } = peer.place;
  await peer.stop();
  const { peer: lease, isReachable } = await client.peers.join({ ...peer.place, files: [{ name: 'aula1.mp4' }] });
  t.false(isReachable);
  t.is(site.count('peer.unreachable'), 1);
  t.deepEqual((await client.peers.search({ name: 'aula1.mp4' })).peers, []);
  await peer.start(port);
  t.like(await client.peers.update({ peer: lease }), { isReachable: false }, 'it was tried a moment ago');
  site.clock.forward(limits.peerLeaseMs / 3);
  t.like(await client.peers.update({ peer: lease }), { isReachable: true });
  t.deepEqual((await client.peers.search({ name: 'aula1.mp4' })).peers, [{ address: peer.address }]);
});

test('nobody is offered at an address where somebody else answers, nor takes its place', async t => {
  const site = await CentralSite.open(t);
  const client = site.client();
  const peer = await FakePeer.start(t);
  await client.peers.join({ ...peer.place, files: [{ name: 'mine.mp4' }] });
  const imposter = { ...peer.place, identity: '00000000-0000-4000-8000-000000000000' };
  t.false((await client.peers.join({ ...imposter, files: [{ name: 'mine.mp4' }, { name: 'lie.mp4' }] })).isReachable);
  t.deepEqual((await client.peers.search({ name: 'lie.mp4' })).peers, []);
  t.is((await client.peers.search({ name: 'mine.mp4' })).peers.length, 1);
  const page = createServer((_request, response) => response.end('<h1>Hello</h1>')).listen(0, '127.0.0.1');
  t.teardown(() => page.close());
  await eventually('it listens', () => page.listening);
  const { port } = page.address() as { port: number };
  t.false((await client.peers.join({ ...peer.place, port, files: [] })).isReachable);
});

test('the same address joining again takes the place of what was there, also when many do at once', async t => {
  const site = await CentralSite.open(t);
  const client = site.client();
  const peer = await FakePeer.start(t);
  const first = await client.peers.join({ ...peer.place, files: [{ name: 'old.mp4' }] });
  await Promise.all(Array.from({ length: 20 }, () => client.peers.join({ ...peer.place, files: [{ name: 'new.mp4' }] })));
  t.deepEqual((await client.peers.search({ name: 'old.mp4' })).peers, []);
  t.deepEqual((await client.peers.search({ name: 'new.mp4' })).peers, [{ address: peer.address }]);
  await t.throwsAsync(client.peers.update({ peer: first.peer }), { code: 'peer_unknown' });
  const others = await Promise.all(Array.from({ length: 20 }, () => FakePeer.start(t)));
  await Promise.all(others.map(({ place }) => client.peers.join({ ...place, files: [{ name: 'many.mp4' }] })));
  const found = (await client.peers.search({ name: 'many.mp4' })).peers.map(({ address }) => address);
  t.deepEqual(found.sort(), others.map(({ address }) => address).sort());
});

test('a peer without an address of its own is where the central sees it', async t => {
  const site = await CentralSite.open(t);
  const peer = await FakePeer.start(t);
  const { port, identity } = peer.place;
  for (const ip of [undefined, '0.0.0.0', '::', '::ffff:127.0.0.1']) {
    t.like(await site.client().peers.join({ ip, port, identity, files: [] }), { address: peer.address, isReachable: true }, ip);
  }
});

test('what is no request of a peer is refused, and nothing comes of it', async t => {
  const site = await CentralSite.open(t);
  const peer = await FakePeer.start(t);
  const file = { name: 'aula1.mp4' };
  const joins: readonly object[] = [
    {},
    { ...peer.place },
    { ...peer.place, ip: 'example.org', files: [] },
    { ...peer.place, ip: '127.0.0.1@evil', files: [] },
    { ...peer.place, port: 0, files: [] },
    { ...peer.place, identity: 'me', files: [] },
    ...['', '.oculto', '..', 'a/b', 'a\nb', 'x'.repeat(256)].map(name => ({ ...peer.place, files: [{ name }] })),
    { ...peer.place, files: [{ ...file, id: 'A'.repeat(64) }] },
    { ...peer.place, files: [{ ...file, sizeBytes: -1 }] },
    { ...peer.place, files: Array.from({ length: limits.peerFilesPerRequest + 1 }, (_, index) => ({ name: `${index}.mp4` })) },
  ];
  const ask = async (method: string, path: string, body?: object) => exchange(site.central.port, [requestText(method, path, { body: body ? JSON.stringify(body) : '' })]);
  for (const join of joins) t.is((await ask('POST', '/peers', join)).status, 400, JSON.stringify(join).slice(0, 200));
  for (const path of ['/peers', '/peers?name=', `/peers?name=${'x'.repeat(300)}`, '/peers?name=a&peer=me']) t.is((await ask('GET', path)).status, 400, path);
  t.is((await ask('POST', '/peers/me', {})).status, 400);
  t.is((await ask('DELETE', '/peers/me')).status, 400);
  t.is((await ask('PUT', '/peers')).status, 405);
  t.deepEqual(site.events.filter(({ event }) => event.startsWith('peer.')), []);
});

test('where only readers may read, peers are told what tokens are verified with, and those that do are found with one', async t => {
  const site = await CentralSite.open(t, { ip: '0.0.0.0', isReadingOpen: false });
  const client = site.client();
  const [guarded, open] = [await FakePeer.start(t), await FakePeer.start(t)];
  const files = [{ name: 'aula1.mp4', id: ID }, { name: 'sin id.mp4' }];
  const { peer, tokenKeys } = await client.peers.join({ ...guarded.place, isGuarded: true, files });
  await client.peers.join({ ...open.place, files });
  t.deepEqual((await client.peers.update({ peer })).tokenKeys, tokenKeys);
  const verifier = new TokenVerifier(() => site.clock.date());
  verifier.take(tokenKeys!);
  const { peers } = await client.peers.search({ name: 'aula1.mp4' });
  const tokenOf = (address: string) => peers.find(found => found.address === address)!.token;
  t.is(verifier.problemWith(tokenOf(guarded.address), { fileId: ID, method: 'GET' }), undefined);
  t.is(verifier.problemWith(tokenOf(guarded.address), { fileId: 'b'.repeat(64), method: 'GET' }), 'file');
  t.is(tokenOf(open.address), undefined);
  t.deepEqual((await client.peers.search({ name: 'sin id.mp4' })).peers.map(({ token }) => token), [undefined, undefined]);
});

test('where everybody may read nobody is told of tokens', async t => {
  const site = await CentralSite.open(t, { ip: '0.0.0.0' });
  const client = site.client();
  const peer = await FakePeer.start(t);
  t.deepEqual((await client.peers.join({ ...peer.place, isGuarded: true, files: [{ name: 'aula1.mp4', id: ID }] })).tokenKeys, undefined);
  t.deepEqual((await client.peers.search({ name: 'aula1.mp4' })).peers, [{ address: peer.address, id: ID }]);
});
