import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { createLog, silentLog } from '../../../lib/base/log.ts';
import { MIB } from '../../../lib/base/units.ts';
import type { LegacyState, LegacyTiming } from '../../../lib/domain/live/legacy-membership.ts';
import { freePorts } from '../../../lib/io/http/free-ports.ts';
import { openLegacyViewer } from '../../../lib/io/tcp/legacy-client.ts';
import { limits } from '../../../lib/protocol/limits.ts';
import { eventually } from '../../helpers/eventually.ts';
import { ownLoopback } from '../../helpers/loopback.ts';
import { startOriginalServer, type OriginalServer, type OriginalServerOptions } from '../../helpers/original-live-server.ts';
import { randomBytes } from '../../helpers/random-bytes.ts';

const blocks = [1, 2, 3].map(seed => randomBytes(300_000 + seed, seed));
const retry = { firstMs: 20, maxMs: 100 };
/** A busy machine is not to look like silence. */
const patient: LegacyTiming = { answerMs: 60_000, silentMs: 60_000, retry };

interface Place {
  readonly serverIp: string;
  readonly clientPort: number;
}

async function place(): Promise<Place> {
  const serverIp = ownLoopback();
  const [clientPort] = await freePorts(1, serverIp);
  return { serverIp, clientPort: clientPort! };
}

async function openOriginal(t: ExecutionContext, { serverIp, clientPort }: Place, options: Partial<OriginalServerOptions> = {}): Promise<OriginalServer> {
  const server = await startOriginalServer({ ip: serverIp, clientPort, channels: [blocks, blocks], paceMs: false, ...options });
  t.teardown(() => server[Symbol.asyncDispose]());
  return server;
}

async function openViewer(t: ExecutionContext, { serverIp, clientPort }: Place, port: number, { channel = 0, timing = patient }: { readonly channel?: number; readonly timing?: LegacyTiming } = {}) {
  const got: Uint8Array[] = [];
  const states: LegacyState[] = [];
  const told: string[] = [];
  const localIp = ownLoopback();
  const viewer = await openLegacyViewer(
    { server: { host: serverIp, port }, channel, localIp, clientPort },
    { onBlock: bytes => got.push(bytes), onState: state => states.push(state), log: createLog((_level, event) => told.push(event)), timing },
  );
  t.teardown(() => viewer[Symbol.asyncDispose]());
  return { viewer, got, states, told, localIp, is: (state: LegacyState) => eventually(state, () => viewer.state === state) };
}

/** AVA takes a second to compare that much. */
function areBlocks(got: readonly Uint8Array[], wanted: readonly Buffer[]): boolean {
  return got.length === wanted.length && wanted.every((block, index) => block.equals(got[index]!));
}

function closeOf(socket: Socket): Promise<unknown> {
  return new Promise(resolve => socket.once('close', resolve));
}

/** A server that answers `reply` to whatever is asked, and calls nobody. */
async function openReplying(t: ExecutionContext, ip: string, reply: (socket: Socket) => void): Promise<number> {
  const server = createServer(socket => {
    socket.on('error', () => undefined);
    socket.once('data', () => reply(socket));
  }).listen({ host: ip, port: 0 });
  t.teardown(() => server.close());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

test('a viewer asks with three characters, is accepted, and gets each block whole', async t => {
  const here = await place();
  const server = await openOriginal(t, here);
  const { got, is, states, told, localIp } = await openViewer(t, here, server.port);
  await is('accepted');
  await eventually('its place', () => server.clientsOf(0).length === 1);
  for (let sent = 1; sent <= blocks.length; sent += 1) {
    await server.sendNext(0);
    await eventually('the block', () => got.length === sent);
  }
  t.true(areBlocks(got, blocks));
  t.deepEqual(server.requests, [{ from: localIp, text: '100' }]);
  t.true(server.connections.every(({ to, isTaken }) => to === localIp && isTaken));
  t.deepEqual([states, told], [['accepted'], ['channel.joined']]);
});

test('blocks come at the pace of the server for as long as it sends', async t => {
  const here = await place();
  const server = await openOriginal(t, here, { paceMs: 20 });
  const { got } = await openViewer(t, here, server.port, { channel: 1 });
  await eventually('two rounds of the film', () => got.length >= 2 * blocks.length);
  const first = blocks.findIndex(block => block.equals(got[0]!));
  t.true(got.every((bytes, index) => blocks[(first + index) % blocks.length]!.equals(bytes)));
});

test('list, count and leave are asked with their three characters', async t => {
  const here = await place();
  const server = await openOriginal(t, here);
  const { viewer, is, got, localIp } = await openViewer(t, here, server.port, { channel: 1 });
  await is('accepted');
  await eventually('its place', () => server.clientsOf(1).length === 1);
  t.deepEqual(await viewer.listClients(), [localIp]);
  t.is(await viewer.countClients(), 1);
  await viewer.leave();
  t.deepEqual([await viewer.listClients(), await viewer.countClients()], [[], 0]);
  t.deepEqual(server.requests.map(({ text }) => text), ['101', '111', '131', '121', '111', '131']);
  await server.sendNext(1);
  t.deepEqual(got, []);
});

test('who finds the channel full goes on asking, and gets the place that becomes free', async t => {
  const here = await place();
  const server = await openOriginal(t, here);
  const first = await openViewer(t, here, server.port);
  await first.is('accepted');
  await eventually('its place', () => server.clientsOf(0).length === 1);
  const second = await openViewer(t, here, server.port);
  await second.is('full');
  t.deepEqual(await second.viewer.listClients(), [first.localIp]);
  await first.viewer.leave();
  await second.is('accepted');
  t.deepEqual([second.states, second.told], [['full', 'accepted'], ['channel.full', 'channel.joined']]);
});

test('who knows of a free place asks at once', async t => {
  const here = await place();
  const server = await openOriginal(t, here);
  const first = await openViewer(t, here, server.port);
  await first.is('accepted');
  await eventually('its place', () => server.clientsOf(0).length === 1);
  const second = await openViewer(t, here, server.port, { timing: { ...patient, retry: { firstMs: 300_000, maxMs: 300_000 } } });
  await second.is('full');
  await first.viewer.leave();
  second.viewer.askNow();
  await second.is('accepted');
  t.deepEqual(server.requests.map(({ text }) => text), ['100', '100', '120', '100']);
});

test('a server that forgot its viewer is asked again', async t => {
  const here = await place();
  const server = await openOriginal(t, here);
  const { got, is, states } = await openViewer(t, here, server.port, { timing: { ...patient, silentMs: 500 } });
  await is('accepted');
  await eventually('its place', () => server.clientsOf(0).length === 1);
  server.forgetAll();
  await eventually('its place', () => server.clientsOf(0).length === 1);
  await eventually('a block', async () => server.sendNext(0).then(() => got.length > 0));
  t.deepEqual(states.slice(0, 3), ['accepted', 'silent', 'accepted']);
});

test('a server that is away, comes, and is restarted is asked until it answers', async t => {
  const here = await place();
  const [port] = await freePorts(1, here.serverIp);
  const { viewer, is, got } = await openViewer(t, here, port!, { timing: { ...patient, silentMs: 1000 } });
  await is('unreachable');
  await t.throwsAsync(viewer.listClients(), { code: 'channel_unreachable' });
  for (const time of [1, 2]) {
    const server = await openOriginal(t, here, { port: port! });
    await is('accepted');
    await eventually('its place', () => server.clientsOf(0).length === 1);
    await server.sendNext(0);
    await eventually('a block', () => got.length === time);
    await server[Symbol.asyncDispose]();
    await is('unreachable');
  }
});

test('a server that takes the request and says nothing is silent', async t => {
  const here = await place();
  const port = await openReplying(t, here.serverIp, () => undefined);
  const { is, told } = await openViewer(t, here, port, { timing: { ...patient, answerMs: 200 } });
  await is('silent');
  t.deepEqual(told, ['channel.lost']);
});

test('a port that another program has is told', async t => {
  const { serverIp, clientPort } = await place();
  const taken = createServer().listen({ host: serverIp, port: clientPort });
  t.teardown(() => taken.close());
  await once(taken, 'listening');
  await t.throwsAsync(openLegacyViewer({ server: { host: serverIp, port: 1 }, channel: 0, localIp: serverIp, clientPort }, { onBlock: () => undefined, log: silentLog }), { code: 'port_in_use' });
});

test('replies that are no list and no count are told as such', async t => {
  const here = await place();
  const long = `[${"'10.0.0.1', ".repeat(limits.legacyReplyMaxBytes / 10)}]`;
  for (const reply of ['nothing of that', '', '[1, 2', long]) {
    const port = await openReplying(t, here.serverIp, socket => socket.end(reply));
    const { viewer } = await openViewer(t, here, port);
    await t.throwsAsync(viewer.listClients(), { code: 'source_protocol' });
    await t.throwsAsync(viewer.countClients(), { code: 'source_protocol' });
    await viewer[Symbol.asyncDispose]();
  }
});

test('who gives up waiting for a reply gets its own reason', async t => {
  const here = await place();
  const port = await openReplying(t, here.serverIp, () => undefined);
  const { viewer } = await openViewer(t, here, port);
  const reason = new Error('enough');
  const giving = new AbortController();
  const asked = viewer.countClients({ signal: giving.signal });
  giving.abort(reason);
  t.is(await t.throwsAsync(asked), reason);
});

test('only what comes whole from the server itself is a block', async t => {
  const here = await place();
  const server = await openOriginal(t, here);
  const { viewer, is, got, localIp } = await openViewer(t, here, server.port);
  await is('accepted');
  const call = (from: string) => connect({ host: localIp, port: viewer.port, localAddress: from }).on('error', () => undefined);

  const stranger = call(ownLoopback());
  stranger.end(randomBytes(50_000, 9));
  await closeOf(stranger);

  // One that is reset, and one that is reset with bytes unread.
  const cut = call(here.serverIp);
  await once(cut, 'connect');
  cut.write(randomBytes(50_000, 9));
  await new Promise(setImmediate);
  cut.resetAndDestroy();
  const cutAtOnce = call(here.serverIp);
  cutAtOnce.write(randomBytes(500_000, 9), () => cutAtOnce.resetAndDestroy());
  await closeOf(cutAtOnce);

  const endless = call(here.serverIp);
  endless.write(Buffer.alloc(limits.liveBlockMaxBytes + MIB));
  await closeOf(endless);

  const empty = call(here.serverIp);
  empty.end();
  empty.resume();
  await closeOf(empty);

  const whole = call(here.serverIp);
  whole.end(blocks[0]!);
  await eventually('the block', () => got.length > 0);
  t.true(areBlocks(got, blocks.slice(0, 1)));
});

test('a block that began first is given first, and one that is never ended is left out', async t => {
  const here = await place();
  const server = await openOriginal(t, here);
  const { viewer, is, got, localIp } = await openViewer(t, here, server.port);
  await is('accepted');
  const call = () => connect({ host: localIp, port: viewer.port, localAddress: here.serverIp }).on('error', () => undefined);

  const slow = call();
  slow.write(blocks[0]!.subarray(0, 1000));
  await once(slow, 'connect');
  const quick = call();
  quick.end(blocks[1]!);
  quick.resume();
  await closeOf(quick);
  t.deepEqual(got, []);
  slow.end(blocks[0]!.subarray(1000));
  await eventually('both', () => got.length === 2);

  const silent = call();
  silent.write('the beginning of something');
  await once(silent, 'connect');
  const next = call();
  next.end(blocks[2]!);
  await eventually('the third', () => got.length === 3);
  t.true(areBlocks(got, blocks));
});

test('a viewer that is closed listens no more and asks no more', async t => {
  const here = await place();
  const [port] = await freePorts(1, here.serverIp);
  const ending = new AbortController();
  const localIp = ownLoopback();
  const states: LegacyState[] = [];
  const viewer = await openLegacyViewer(
    { server: { host: here.serverIp, port: port! }, channel: 0, localIp, clientPort: here.clientPort },
    { onBlock: () => undefined, onState: state => states.push(state), log: silentLog, signal: ending.signal, timing: patient },
  );
  await eventually('unreachable', () => viewer.state === 'unreachable');
  ending.abort();
  await viewer[Symbol.asyncDispose]();
  const server = await openOriginal(t, here, { port: port! });
  await t.throwsAsync(viewer.countClients(), { code: 'cancelled' });
  const refused = connect({ host: localIp, port: viewer.port });
  await t.throwsAsync(once(refused, 'connect'), { code: 'ECONNREFUSED' });
  t.deepEqual([server.requests, states], [[], ['unreachable']]);
});
