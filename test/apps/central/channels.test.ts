import test from 'ava';
import { ChannelRegistry } from '../../../lib/domain/live/channel-registry.ts';
import { channelHandlers, expireChannels } from '../../../lib/apps/central/channels.ts';
import { ForwardClock } from '../../helpers/forward-clock.ts';
import { toldLog } from '../../helpers/live-shelf.ts';

const LEASE_MS = 10_000;
const told = { lease: '6f0cf6a5-7a9c-4a52-9a55-1d8f3b5c1a11', name: 'faro.mp4', channel: 0, port: 6060, relayPort: 6061, viewers: 0, stream: 'k'.repeat(43) };

function site() {
  const clock = new ForwardClock();
  const { log, told: events } = toldLog();
  const state = { channels: new ChannelRegistry({ leaseMs: LEASE_MS, channelsMax: 2 }), clock, log };
  return { clock, events, state, handlers: channelHandlers(state) };
}

test('a channel is told of once, renewed in silence, and gone when it is withdrawn', async t => {
  const { events, handlers } = site();
  const { id } = await handlers.announce(told, { remoteAddress: '10.0.0.7' });
  await handlers.announce({ ...told, viewers: 3 }, { remoteAddress: '10.0.0.7' });
  const { channels } = await handlers.list();
  t.like(channels, [{ id, name: 'faro.mp4', host: '10.0.0.7', viewers: 3 }]);
  await handlers.withdraw({ lease: told.lease });
  await handlers.withdraw({ lease: told.lease });
  t.deepEqual((await handlers.list()).channels, []);
  t.deepEqual(events, ['channel.announced 0 faro.mp4 10.0.0.7:6061', 'channel.gone 0 faro.mp4 10.0.0.7:6061']);
});

test('a broadcaster that fell silent is told of, and no longer listed', async t => {
  const { clock, events, state, handlers } = site();
  await handlers.announce(told, { remoteAddress: '::ffff:10.0.0.7' });
  expireChannels(state);
  t.is((await handlers.list()).channels.length, 1);
  clock.forward(LEASE_MS);
  t.deepEqual((await handlers.list()).channels, []);
  expireChannels(state);
  expireChannels(state);
  t.deepEqual(events.slice(1), ['channel.gone 0 faro.mp4 10.0.0.7:6061']);
});

test('a broadcaster says where it is, but from another machine not that it is on this one', async t => {
  const { handlers } = site();
  const from = (remoteAddress: string, host: string) => handlers.announce({ ...told, host }, { remoteAddress });
  await from('10.0.0.7', '203.0.113.4');
  t.like((await handlers.list()).channels, [{ host: '203.0.113.4' }]);
  await from('127.0.0.1', '127.0.0.1');
  t.like((await handlers.list()).channels, [{ host: '127.0.0.1' }], 'it moved');
  for (const host of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1']) await t.throwsAsync(from('10.0.0.7', host), { code: 'invalid_request' } as object, host);
});
