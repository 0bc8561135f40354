import { once } from 'node:events';
import { connect } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import type { EventName } from '../../../lib/base/events.ts';
import { createLog, silentLog } from '../../../lib/base/log.ts';
import { MIB } from '../../../lib/base/units.ts';
import { freePorts } from '../../../lib/io/http/free-ports.ts';
import { startLegacyServer, type LegacyChannel, type LegacyServerTiming } from '../../../lib/io/tcp/legacy-server.ts';
import { eventually } from '../../helpers/eventually.ts';
import { ownLoopback } from '../../helpers/loopback.ts';
import { startOldViewer, type OldViewer } from '../../helpers/old-viewer.ts';
import { randomBytes } from '../../helpers/random-bytes.ts';

const blocks = [1, 2, 3, 4, 5, 6].map(seed => randomBytes(40_000 + seed, seed));
/** More than the system keeps for a connection that nobody reads from. */
const largeBlock = randomBytes(8 * MIB, 7);
/** A busy machine is not to look like a dead client. */
const patient: LegacyServerTiming = { requestMs: 60_000, roundMs: 60_000 };
/** For those that will fail. */
const brief: LegacyServerTiming = { requestMs: 60_000, roundMs: 3000 };

async function openSite(t: ExecutionContext, channels: readonly LegacyChannel[], { listenIp, timing = patient }: { readonly listenIp?: string; readonly timing?: Partial<LegacyServerTiming> } = {}) {
  const told: { readonly event: EventName; readonly fields: object }[] = [];
  const ip = ownLoopback();
  const [clientPort] = await freePorts(1, ip);
  const server = await startLegacyServer({ ip: listenIp ?? ip, port: 0, clientPort: clientPort! }, channels, { timing, log: createLog((_level, event, fields) => told.push({ event, fields })) });
  t.teardown(() => server[Symbol.asyncDispose]());
  return {
    server,
    told,
    ip,
    async viewer(manner?: 'reads' | 'never' | 'unclosed') {
      const viewer = await startOldViewer(ownLoopback(), clientPort, manner);
      t.teardown(() => viewer[Symbol.asyncDispose]());
      return { ...viewer, say: (text: string) => viewer.say(server.port, text, ip) };
    },
  };
}

async function answerOf(viewer: Pick<OldViewer, 'calls'>, number = 1): Promise<string> {
  const call = await eventually('an answer', () => viewer.calls[number - 1]);
  return call.bytes.toString('latin1');
}

test('who joins is called back with 10, and then by one connection for each block, byte for byte', async t => {
  const { server, viewer, ip, told } = await openSite(t, [{ number: 0, maxClients: 2 }]);
  const old = await viewer();
  t.is(await old.say('100'), '');
  t.is(await answerOf(old), '10');
  await eventually('the place', () => told.length === 1);
  for (const [index, block] of blocks.entries()) {
    t.deepEqual(await server.broadcast(0, block), { delivered: [old.ip], failed: [] });
    await eventually('the block', () => old.calls.length === index + 2);
  }
  t.true(blocks.every((block, index) => block.equals(old.calls[index + 1]!.bytes)));
  t.true(old.calls.every(({ from, isWhole }) => from === ip && isWhole));
  t.deepEqual(told, [{ event: 'viewer.joined', fields: { channel: 0, address: old.ip } }]);
});

test('a server at all addresses calls back from the one that was asked', async t => {
  const { server, viewer, ip, told } = await openSite(t, [{ number: 0, maxClients: 2 }], { listenIp: '0.0.0.0' });
  const old = await viewer();
  await old.say('100');
  await eventually('its place', () => told.length === 1);
  await server.broadcast(0, blocks[0]!);
  await eventually('the block', () => old.calls.length === 2);
  t.deepEqual(old.calls.map(({ from }) => from), [ip, ip]);
});

test('many clients get a block at once', async t => {
  const { server, viewer, told } = await openSite(t, [{ number: 0, maxClients: 40 }]);
  const viewers = await Promise.all(Array.from({ length: 40 }, () => viewer()));
  await Promise.all(viewers.map(old => old.say('100')));
  await eventually('their places', () => told.length === 40);
  t.is((await server.broadcast(0, blocks[0]!)).delivered.length, 40);
  await eventually('the block at all', () => viewers.every(old => old.calls.length === 2 && old.calls[1]!.bytes.equals(blocks[0]!)));
});

test('the list and the count come back as text, and who leaves is in neither', async t => {
  const { server, viewer } = await openSite(t, [{ number: 0, maxClients: 2 }, { number: 3, maxClients: 2 }]);
  const [one, other] = [await viewer(), await viewer()];
  t.deepEqual([await one.say('113'), await one.say('133')], ['[]', '0']);
  await one.say('103');
  await answerOf(one);
  await other.say('103');
  await answerOf(other);
  t.deepEqual([await one.say('113'), await other.say('133')], [`['${one.ip}', '${other.ip}']`, '2']);
  t.deepEqual([await one.say('110'), await one.say('130')], ['[]', '0']);
  t.deepEqual([await one.say('118'), await one.say('138')], ['[]', '0']);
  t.is(await one.say('123'), '');
  t.deepEqual([await one.say('113'), await one.say('133')], [`['${other.ip}']`, '1']);
  t.deepEqual(server.clientsOf(3), [other.ip]);
});

test('a full channel, and one that does not exist, answer 00', async t => {
  const { viewer, server, told } = await openSite(t, [{ number: 0, maxClients: 1 }]);
  const [one, other] = [await viewer(), await viewer()];
  await one.say('100');
  await answerOf(one);
  await other.say('100');
  t.is(await answerOf(other), '00');
  await other.say('105');
  t.is(await answerOf(other, 2), '00');
  t.deepEqual(server.clientsOf(0), [one.ip]);
  await eventually('both refusals', () => told.length === 3);
  t.deepEqual(told.slice(1).map(({ fields }) => fields), [
    { channel: 0, address: other.ip, reason: 'channel_full' },
    { channel: 5, address: other.ip, reason: 'no_channel' },
  ]);
});

test('who joins twice is told twice and gets each block once', async t => {
  const { viewer, server } = await openSite(t, [{ number: 0, maxClients: 2 }]);
  const old = await viewer();
  for (const number of [1, 2]) {
    await old.say('100');
    t.is(await answerOf(old, number), '10');
  }
  t.deepEqual(server.clientsOf(0), [old.ip]);
  await eventually('its place', async () => (await server.broadcast(0, blocks[0]!)).delivered.length === 1);
  await eventually('the block', () => old.calls.length === 3);
});

test('who cannot be called back does not join', async t => {
  const { viewer, server, told } = await openSite(t, [{ number: 0, maxClients: 1 }]);
  const old = await viewer();
  await old[Symbol.asyncDispose]();
  await old.say('100');
  await eventually('the refusal', () => told.length === 1);
  t.deepEqual(told, [{ event: 'viewer.refused', fields: { channel: 0, address: old.ip, reason: 'unreachable' } }]);
  t.deepEqual(server.clientsOf(0), []);
});

test('two deliveries in a row that fail remove a client, and its place is free', async t => {
  const { viewer, server, told } = await openSite(t, [{ number: 0, maxClients: 1 }]);
  const [gone, next] = [await viewer(), await viewer()];
  await gone.say('100');
  await answerOf(gone);
  await eventually('its place', () => told.length === 1);
  await gone[Symbol.asyncDispose]();
  t.deepEqual(await server.broadcast(0, blocks[0]!), { delivered: [], failed: [gone.ip] });
  t.deepEqual(server.clientsOf(0), [gone.ip]);
  t.deepEqual(await server.broadcast(0, blocks[1]!), { delivered: [], failed: [gone.ip] });
  t.deepEqual(server.clientsOf(0), []);
  t.deepEqual(told.at(-1), { event: 'viewer.removed', fields: { channel: 0, address: gone.ip } });
  await next.say('100');
  t.is(await answerOf(next), '10');
});

test('a client that does not read fails alone, and its connection is reset', async t => {
  const { viewer, server, told } = await openSite(t, [{ number: 0, maxClients: 2 }, { number: 1, maxClients: 2 }], { timing: brief });
  const [stuck, good] = [await viewer('never'), await viewer()];
  await stuck.say('100');
  await good.say('100');
  await good.say('101');
  await eventually('all are in', () => told.length === 3);
  const rounds = await Promise.all([server.broadcast(0, largeBlock), server.broadcast(1, blocks[1]!)]);
  t.deepEqual(rounds, [{ delivered: [good.ip], failed: [stuck.ip] }, { delivered: [good.ip], failed: [] }]);
  t.deepEqual(await server.broadcast(0, largeBlock), { delivered: [good.ip], failed: [stuck.ip] });
  t.deepEqual(server.clientsOf(0), [good.ip]);
  for (const socket of stuck.openCalls) socket.resume();
  await eventually('the ends', () => stuck.openCalls.size === 0);
  t.deepEqual(stuck.calls.map(({ isWhole }) => isWhole).sort(), [false, false, true]);
});

test('while a client has not taken a block, the next one does not wait for it', async t => {
  const { viewer, server, told } = await openSite(t, [{ number: 0, maxClients: 2 }], { timing: brief });
  const stuck = await viewer('never');
  await stuck.say('100');
  await eventually('its place', () => told.length === 1);
  const first = server.broadcast(0, largeBlock);
  t.deepEqual(await server.broadcast(0, blocks[0]!), { delivered: [], failed: [stuck.ip] });
  await eventually('one call beside the answer', () => stuck.openCalls.size >= 1);
  t.deepEqual((await first).failed, [stuck.ip]);
  t.deepEqual(server.clientsOf(0), []);
});

test('a client that closes no connection gets a few more blocks, and is removed', async t => {
  const { viewer, server, told } = await openSite(t, [{ number: 0, maxClients: 1 }]);
  const old = await viewer('unclosed');
  await old.say('100');
  await eventually('its place', () => told.length === 1);
  const taken: number[] = [];
  for (const block of blocks) taken.push((await server.broadcast(0, block)).delivered.length);
  t.deepEqual(taken, [1, 1, 1, 1, 0, 0]);
  t.deepEqual(server.clientsOf(0), []);
  await eventually('its blocks', () => old.calls.length === 5);
});

test('a request may come in pieces, and what follows it is not looked at', async t => {
  const { viewer, server, ip } = await openSite(t, [{ number: 0, maxClients: 1 }]);
  const socket = connect({ host: ip, port: server.port, noDelay: true });
  let reply = '';
  socket.on('data', chunk => (reply += chunk.toString()));
  for (const piece of ['1', '3']) {
    socket.write(piece);
    await new Promise(setImmediate);
  }
  socket.write('0');
  await once(socket, 'close');
  t.is(reply, '0');
  t.is(await (await viewer()).say(`110${'x'.repeat(100_000)}`), '[]');
});

test('what is no request gets no reply, and everybody else is served', async t => {
  const { viewer, server } = await openSite(t, [{ number: 0, maxClients: 1 }], { timing: {} });
  const old = await viewer();
  const garbage = ['GET / HTTP/1.1\r\n\r\n', '140', '10a', '\0\0\0', '\xff\xfe\xfd', '10', '1', '   100'];
  const replies = await Promise.all(garbage.map(text => old.say(text)));
  t.deepEqual(replies, garbage.map(() => ''));
  t.is(await old.say('130'), '0');
  t.deepEqual([server.clientsOf(0), old.calls], [[], []]);
});

test('thousands that connect and say nothing keep nobody out', async t => {
  const { viewer, server, ip } = await openSite(t, [{ number: 0, maxClients: 1 }]);
  const silent = Array.from({ length: 600 }, () => connect({ host: ip, port: server.port }).on('error', () => undefined));
  t.teardown(() => silent.forEach(socket => socket.destroy()));
  t.is(await (await viewer()).say('130'), '0');
});

test('a server that closes leaves nothing open, whatever its clients do', async t => {
  const { viewer, server, told } = await openSite(t, [{ number: 0, maxClients: 2 }]);
  const [stuck, unclosed] = [await viewer('never'), await viewer('unclosed')];
  await stuck.say('100');
  await unclosed.say('100');
  await eventually('both are in', () => told.length === 2);
  await server.broadcast(0, blocks[0]!);
  const round = server.broadcast(0, largeBlock);
  await eventually('calls under way', () => stuck.openCalls.size >= 3);
  await server[Symbol.asyncDispose]();
  t.true((await round).failed.includes(stuck.ip));
  t.is(await stuck.say('100'), '');
  for (const socket of [...stuck.openCalls, ...unclosed.openCalls]) socket.resume().end();
  await eventually('the ends', () => stuck.openCalls.size + unclosed.openCalls.size === 0);
  t.is(told.length, 2);
});

test('a port that is taken is told', async t => {
  const { server, ip } = await openSite(t, []);
  await t.throwsAsync(startLegacyServer({ ip, port: server.port }, [], { log: silentLog }), { code: 'port_in_use' });
});
