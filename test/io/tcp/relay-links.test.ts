import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { nameOf } from '../../../lib/apps/live/watch/relay-watching.ts';
import type { RelayPeer } from '../../../lib/domain/live/member-links.ts';
import type { RelayMessage } from '../../../lib/domain/live/relay-messages.ts';
import { ROOT } from '../../../lib/domain/live/stream.ts';
import { encodeMessage, RELAY_VERSION, type Hello, type LiveMessage } from '../../../lib/protocol/live.ts';
import { RelayLinks } from '../../../lib/io/tcp/relay-links.ts';
import { startRelayListener } from '../../../lib/io/tcp/relay-listener.ts';
import { eventually } from '../../helpers/eventually.ts';

interface Member {
  readonly links: RelayLinks;
  readonly port: number;
  readonly received: (readonly [string, RelayMessage])[];
  readonly peers: RelayPeer[];
  readonly closed: string[];
  readonly left: string[];
}

async function member(t: ExecutionContext, ownId: string): Promise<Member> {
  const received: (readonly [string, RelayMessage])[] = [];
  const peers: RelayPeer[] = [];
  const closed: string[] = [];
  const left: string[] = [];
  const links = new RelayLinks({
    channel: 3,
    ownId,
    received(from, message) {
      received.push([from.id, message]);
      peers.push(from);
    },
    closed: id => void closed.push(id),
    callerClosed: id => void left.push(id),
  });
  const listener = await startRelayListener({ ip: '127.0.0.1', port: 0 }, (connection, hello) => hello.to === ownId && links.adopt(connection, hello));
  t.teardown(async () => {
    links[Symbol.dispose]();
    await listener[Symbol.asyncDispose]();
  });
  return { links, port: listener.port, received, peers, closed, left };
}

const contactOf = ({ port }: Member, id: string) => ({ id, address: { host: '127.0.0.1', port } });
const hello = (change: Partial<Hello> = {}): Hello => ({ type: 'hello', version: RELAY_VERSION, channel: 3, id: 'ana', to: 'bea', ...change });

/** What is written byte by byte, by somebody who is no member. */
async function stranger(t: ExecutionContext, { port }: Member): Promise<{ readonly socket: Socket; readonly ended: Promise<unknown>; say(message: LiveMessage): void }> {
  const socket = connect({ host: '127.0.0.1', port });
  t.teardown(() => socket.destroy());
  socket.on('error', () => undefined).resume();
  const ended = once(socket, 'close');
  await once(socket, 'connect');
  return {
    socket,
    ended,
    say(message) {
      const { head, body } = encodeMessage(message);
      for (const byte of Buffer.concat([head, body])) socket.write(Buffer.of(byte));
    },
  };
}

test('what one member sends another gets, in order, over one connection in both directions', async t => {
  const [ana, bea] = [await member(t, 'ana'), await member(t, 'bea')];
  for (let number = 0; number < 100; number += 1) ana.links.send(contactOf(bea, 'bea'), { type: 'pull', number, index: 0 });
  await eventually('all came', () => bea.received.length === 100);
  t.deepEqual(bea.received.map(([from, message]) => [from, message.type === 'pull' && message.number]), Array.from({ length: 100 }, (_, number) => ['ana', number]));
  // Without an address, by the connection that there is.
  bea.links.send({ id: 'ana' }, { type: 'alive' });
  await eventually('the answer came', () => ana.received.length === 1);
  t.deepEqual(ana.received, [['bea', { type: 'alive' }]]);
  t.like(bea.peers[0], { host: '127.0.0.1', isLocal: true });
});

test('who made the connection is shown to people by IP and port too, as who was called', async t => {
  const [ana, bea] = [await member(t, 'ana'), await member(t, 'bea')];
  ana.links.send(contactOf(bea, 'bea'), { type: 'subscribe', tree: 0, from: 0, children: 0 });
  await eventually('it came', () => bea.peers.length === 1);
  t.is(nameOf(bea.peers[0]!), `127.0.0.1:${bea.peers[0]!.port}`);
  bea.links.send({ id: 'ana' }, { type: 'subscribed', tree: 0 });
  await eventually('the answer came', () => ana.peers.length === 1);
  t.is(nameOf(ana.peers[0]!), `127.0.0.1:${bea.port}`);
});

test('who cannot be reached, or is somebody else, is told as closed', async t => {
  const [ana, bea] = [await member(t, 'ana'), await member(t, 'bea')];
  ana.links.send({ id: 'nobody' }, { type: 'leave' });
  ana.links.send({ id: 'gone', address: { host: '127.0.0.1', port: 1 } }, { type: 'leave' });
  ana.links.send(contactOf(bea, 'carla'), { type: 'leave' });
  await eventually('all were told', () => ana.closed.length === 3);
  t.deepEqual(ana.closed.toSorted(), ['carla', 'gone', 'nobody']);
  t.deepEqual(bea.received, []);
});

test('a member that ends is told as closed to those who had a connection with it, and not to itself', async t => {
  const [ana, bea] = [await member(t, 'ana'), await member(t, 'bea')];
  ana.links.send(contactOf(bea, 'bea'), { type: 'leave' });
  await eventually('they are connected', () => bea.received.length === 1);
  bea.links[Symbol.dispose]();
  await eventually('it was told', () => ana.closed.length === 1);
  t.deepEqual([ana.closed, bea.closed], [['bea'], []]);
});

test('it is known who takes connections', async t => {
  const [ana, bea] = [await member(t, 'ana'), await member(t, 'bea')];
  t.true(await ana.links.reaches(contactOf(bea, 'bea')));
  t.false(await ana.links.reaches(contactOf(bea, 'carla')));
  t.false(await ana.links.reaches({ id: 'bea' }));
  t.false(await ana.links.reaches({ id: 'bea', address: { host: '127.0.0.1', port: 1 } }));
  t.deepEqual(bea.received, []);
});

test('a message that comes byte by byte is understood', async t => {
  const bea = await member(t, 'bea');
  const { say } = await stranger(t, bea);
  say(hello());
  say({ type: 'subscribe', tree: 2, from: 7, children: 0 });
  await eventually('it came', () => bea.received.length === 1);
  t.deepEqual(bea.received, [['ana', { type: 'subscribe', tree: 2, from: 7, children: 0 }]]);
});

for (const [what, first] of [
  ['of another channel', hello({ channel: 4 })],
  ['of another version', hello({ version: 99 })],
  ['who wants somebody else', hello({ to: 'carla' })],
  ['who says that he is the root', hello({ id: ROOT })],
  ['who does not say who he is', { type: 'alive' }],
] as const) {
  test(`a stranger ${what} is sent away`, async t => {
    const bea = await member(t, 'bea');
    const { say, ended } = await stranger(t, bea);
    say(first);
    say({ type: 'join', slots: 1, port: 1 });
    await ended;
    t.deepEqual([bea.received, bea.closed], [[], []]);
  });
}

test('nobody can speak in the name of somebody who is there, nor give what was not asked of him', async t => {
  const [ana, bea] = [await member(t, 'ana'), await member(t, 'bea')];
  ana.links.send(contactOf(bea, 'bea'), { type: 'subscribe', tree: 0, from: 0, children: 0 });
  await eventually('they are connected', () => bea.received.length === 1);
  const second = await stranger(t, bea);
  second.say(hello());
  await second.ended;
  const giver = await stranger(t, bea);
  giver.say(hello({ id: 'carla' }));
  giver.say({ type: 'refused', tree: 0 });
  await giver.ended;
  t.deepEqual(bea.received.map(([from]) => from), ['ana']);
  bea.links.send({ id: 'ana' }, { type: 'subscribed', tree: 0 });
  await eventually('the first one is still heard', () => ana.received.length === 1);
});

test('a caller that ends is told as such', async t => {
  const [ana, bea] = [await member(t, 'ana'), await member(t, 'bea')];
  ana.links.send(contactOf(bea, 'bea'), { type: 'leave' });
  await eventually('they are connected', () => bea.received.length === 1);
  ana.links[Symbol.dispose]();
  await eventually('it was told', () => bea.left.length === 1);
  t.deepEqual([bea.left, bea.closed, ana.closed], [['ana'], [], []]);
});

test('who asks and does not read is sent away', async t => {
  const bea = await member(t, 'bea');
  const deaf = connect({ host: '127.0.0.1', port: bea.port });
  t.teardown(() => deaf.destroy());
  deaf.on('error', () => undefined).pause();
  const { head } = encodeMessage(hello());
  deaf.write(head);
  await eventually('it is in', async () => {
    deaf.write(encodeMessage({ type: 'leave' }).head);
    return bea.received.length > 0;
  });
  await eventually('it is out', () => {
    for (let count = 0; count < 10_000; count += 1) bea.links.send({ id: 'ana' }, { type: 'lacks', number: count, index: 0 });
    return bea.left.length > 0;
  });
  t.deepEqual(bea.left, ['ana']);
});

test('who breaks the protocol is sent away, also by a slice that is not awaited', async t => {
  const bea = await member(t, 'bea');
  const garbage = await stranger(t, bea);
  garbage.socket.write('GET / HTTP/1.1\r\n\r\n');
  await garbage.ended;
  const generous = await stranger(t, bea);
  generous.say(hello());
  generous.socket.write(Buffer.from([0, 0, 0, 16, 0, 1, 0, 0]));
  await generous.ended;
  t.deepEqual(bea.received, []);
});
