import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { MIB, MINUTE_MS } from '../../../lib/base/units.ts';
import { limits } from '../../../lib/protocol/limits.ts';
import { CentralSite } from '../../helpers/central-site.ts';
import { eventually } from '../../helpers/eventually.ts';
import { FakePeer } from '../../helpers/fake-peer.ts';
import { partsAsked, startFaultyServer, type Fault } from '../../helpers/faulty-server.ts';
import { manifestOf } from '../../helpers/manifests.ts';
import { randomBytes } from '../../helpers/random-bytes.ts';

const NAME = 'faro.mp4';
const bytes = randomBytes(3 * MIB + 17, 93);
const manifest = manifestOf(bytes, NAME);
const { id, sizeBytes } = manifest;

async function openSite(t: ExecutionContext) {
  const site = await CentralSite.open(t);
  const { peers } = site.client();
  const joinAs = async (fault: Fault) => {
    const identity = randomUUID();
    const server = await startFaultyServer(t, manifest, bytes, fault, { status: 'ok', peer: identity });
    const { host: address, port } = new URL(server.url);
    const join = () => peers.join({ ip: '127.0.0.1', port: Number(port), identity, files: [{ name: NAME, id, sizeBytes }] });
    await join();
    const report = (part = 0) => peers.report({ address, name: NAME, id, kind: 'corrupt', part });
    return { server, address, join, report };
  };
  const offered = async () => (await peers.search({ name: NAME })).peers.map(({ address }) => address).sort();
  const looks = () => site.count('peer.distrusted') + site.count('peer.unreachable');
  return { site, peers, joinAs, offered, looks };
}

test('who sends wrong bytes is offered to nobody for an hour, whatever it does; others are', async t => {
  const { site, joinAs, offered } = await openSite(t);
  const liar = await joinAs({ type: 'corrupt' });
  const honest = await joinAs({ type: 'none' });
  t.deepEqual(await offered(), [liar.address, honest.address].sort());
  t.deepEqual(await liar.report(), { isLookedInto: true });
  await eventually('it is found out', () => site.count('peer.distrusted') > 0);
  t.deepEqual(await offered(), [honest.address]);
  t.like(site.events.find(({ event }) => event === 'peer.distrusted')!.fields, { address: liar.address, name: NAME, reason: 'corrupt', forMs: 60 * MINUTE_MS });
  await liar.join();
  t.deepEqual(await offered(), [honest.address], 'joining again does not help');
  const rows = await site.ask('PEERS');
  t.regex(rows.find(row => row.startsWith(liar.address))!, /no: no es de fiar, (?:1:00:00|59:\d\d)$/);
  t.regex(rows.find(row => row.startsWith(honest.address))!, /\|sí$/);
  t.deepEqual(await liar.report(), { isLookedInto: false }, 'nor is it looked at again');

  site.clock.forward(60 * MINUTE_MS);
  await Promise.all([liar.join(), honest.join()]);
  t.deepEqual(await offered(), [liar.address, honest.address].sort());
});

test('a false report changes nothing, however many there are, and has one part read at a time, seldom', async t => {
  const { site, joinAs, offered, looks } = await openSite(t);
  const honest = await joinAs({ type: 'none' });
  for (let part = 0; part < 3; part += 1) t.deepEqual(await honest.report(part), { isLookedInto: true });
  await eventually('it was looked at', () => honest.server.requested.length === 1);
  t.deepEqual([...partsAsked(honest.server, manifest)], [0]);
  t.deepEqual(await offered(), [honest.address]);
  site.clock.forward(limits.peerInspectionQuietMs / 2);
  await honest.join();
  site.clock.forward(limits.peerInspectionQuietMs / 2);
  await eventually('what came early was not lost', () => honest.server.requested.length === 2);
  t.is(looks(), 0);
  t.deepEqual(await offered(), [honest.address]);
});

test('who has no more places is not offered for a minute', async t => {
  const { site, joinAs, offered } = await openSite(t);
  const peer = await joinAs({ type: 'status', status: 403 });
  await peer.report();
  await eventually('it is seen', () => site.count('peer.distrusted') > 0);
  t.deepEqual(await offered(), []);
  site.clock.forward(MINUTE_MS);
  await peer.join();
  t.deepEqual(await offered(), [peer.address]);
});

test('what may be a moment\'s is looked at twice: who is right again is offered, who is not is not', async t => {
  const { site, joinAs, offered, looks } = await openSite(t);
  const lacking: Fault = { type: 'status', status: 404 };
  const [liar, hasty] = [await joinAs(lacking), await joinAs(lacking)];
  await Promise.all([liar.report(), hasty.report()]);
  await eventually('both were looked at', () => [liar, hasty].every(({ server }) => server.requested.length === 1));
  hasty.server.setFault({ type: 'none' });
  t.deepEqual(await offered(), [liar.address, hasty.address].sort());
  site.clock.forward(limits.peerSecondLookMs);
  await eventually('both were looked at again', () => [liar, hasty].every(({ server }) => server.requested.length === 2));
  await eventually('one is found out', () => site.count('peer.distrusted') > 0);
  t.deepEqual(await offered(), [hasty.address]);
  t.is(looks(), 1);
});

test('who is not there any more is not offered until it is', async t => {
  const { site, peers, offered } = await openSite(t);
  const peer = await FakePeer.start(t);
  const { port } = peer.place;
  const { peer: lease } = await peers.join({ ...peer.place, files: [{ name: NAME, id }] });
  await peer.stop();
  t.deepEqual(await peers.report({ address: peer.address, name: NAME, kind: 'unreachable' }), { isLookedInto: true });
  await eventually('it is seen', () => site.count('peer.unreachable') > 0);
  t.deepEqual(await offered(), []);
  await peer.start(port);
  site.clock.forward(limits.peerLeaseMs / 3);
  t.like(await peers.update({ peer: lease }), { isReachable: true });
  t.deepEqual(await offered(), [peer.address]);
});

test('a report about an address that is no peer, or of a name that it does not announce, makes no request', async t => {
  const { peers, joinAs } = await openSite(t);
  let requests = 0;
  const stranger = createServer((_request, response) => {
    requests += 1;
    response.end();
  }).listen(0, '127.0.0.1');
  t.teardown(() => stranger.close());
  await eventually('it listens', () => stranger.listening);
  const address = `127.0.0.1:${(stranger.address() as AddressInfo).port}`;
  const about = (where: string, name = NAME) => peers.report({ address: where, name, kind: 'stalled' });
  for (const where of [address, `127.0.0.1@${address}`, `${address}/x`, 'localhost:80', '169.254.169.254:80']) t.deepEqual(await about(where), { isLookedInto: false }, where);
  const peer = await joinAs({ type: 'corrupt' });
  t.deepEqual(await about(peer.address, 'otro.mp4'), { isLookedInto: false });
  // What is looked at afterwards would come behind what was asked before.
  await peer.report();
  await eventually('another one is looked at', () => peer.server.requested.length === 1);
  t.is(requests, 0);
});

test('a central that stops waits for no peer that hangs', async t => {
  const { site, joinAs } = await openSite(t);
  const peer = await joinAs({ type: 'hang', afterBytes: 1 });
  await peer.report();
  await eventually('it is being read', () => peer.server.requested.length === 1);
  await site.stop();
  t.is(site.count('peer.distrusted'), 0);
});
