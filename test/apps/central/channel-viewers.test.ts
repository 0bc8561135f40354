import test, { type ExecutionContext } from 'ava';
import { ChannelViewers, type ViewerState } from '../../../lib/apps/central/channel-viewers.ts';
import { ChannelRegistry } from '../../../lib/domain/live/channel-registry.ts';
import { eventually } from '../../helpers/eventually.ts';
import { ForwardClock } from '../../helpers/forward-clock.ts';

const UNWATCHED_MS = 30_000;

/** Two may be watched at once, of the four that are on the air. */
function site(t: ExecutionContext) {
  const clock = new ForwardClock();
  const channels = new ChannelRegistry({ leaseMs: 10 * UNWATCHED_MS, channelsMax: 10 });
  const ids = [0, 1, 2, 3].map(channel => channels.announce({ lease: `${channel}`, name: `${channel}.mp4`, channel, host: '10.0.0.1', port: 6060, relayPort: 6061, viewers: 0, stream: 'k' }, clock.now(), 0).channel.id);
  const told: string[] = [];
  const states = new Map<number, (state: ViewerState) => void>();
  let isBroken = false;
  const viewers = new ChannelViewers(
    { watchedMax: 2, unwatchedMs: UNWATCHED_MS },
    {
      channels,
      clock,
      async openScreen({ channel }, slot) {
        if (isBroken) throw new Error('no disk');
        told.push(`open ${channel} in ${slot}`);
        return { isEmpty: true, expect: () => undefined, show: () => undefined, number: channel, [Symbol.asyncDispose]: async () => void told.push(`close ${channel}`) };
      },
      watch({ channel }, { onState }) {
        states.set(channel, onState);
        return { parents: [], children: [], sentBytes: 0, leave: async () => void told.push(`leave ${channel}`), [Symbol.asyncDispose]: async () => void told.push(`watch no more ${channel}`) };
      },
    },
  );
  t.teardown(() => viewers[Symbol.asyncDispose]());
  return { clock, channels, ids, told, states, viewers, breakDisk: (broken: boolean) => (isBroken = broken) };
}

test('a channel is watched once, however many ask, and until nobody does', async t => {
  const { clock, ids, told, viewers } = site(t);
  const screens = await Promise.all([ids[0]!, ids[0]!, ids[0]!].map(id => viewers.screenOf(id)));
  t.is(new Set(screens).size, 1);
  t.deepEqual(told, ['open 0 in 0']);
  clock.forward(UNWATCHED_MS - 5000);
  await viewers.screenOf(ids[0]!);
  clock.forward(UNWATCHED_MS - 5000);
  await viewers.screenOf(ids[0]!);
  t.deepEqual(told, ['open 0 in 0']);
  clock.forward(UNWATCHED_MS + 1);
  await eventually('it is watched no more', () => told.includes('close 0'));
  t.deepEqual(told, ['open 0 in 0', 'leave 0', 'watch no more 0', 'close 0']);
});

test('no more channels are watched than may be; one that nobody asks for makes room', async t => {
  const { clock, ids, told, viewers } = site(t);
  await viewers.screenOf(ids[0]!);
  await viewers.screenOf(ids[1]!);
  await t.throwsAsync(viewers.screenOf(ids[2]!), { code: 'channels_full' } as object);
  clock.forward(UNWATCHED_MS + 1);
  await eventually('both are closed', () => told.includes('close 0') && told.includes('close 1'));
  t.is((await viewers.screenOf(ids[3]!)).number, 3);
  t.is(told.at(-1), 'open 3 in 0');
});

test('whoever asks for a channel that nobody has room for is told so, until something of it came', async t => {
  const { ids, states, viewers } = site(t);
  await viewers.screenOf(ids[0]!);
  states.get(0)!('full');
  await t.throwsAsync(viewers.screenOf(ids[0]!), { code: 'channel_full' } as object);
  states.get(0)!('joined');
  await t.notThrowsAsync(viewers.screenOf(ids[0]!));
});

test('a channel that is not on the air is nowhere, and one that is back is there again', async t => {
  const { channels, ids, viewers } = site(t);
  await t.throwsAsync(viewers.screenOf('0'.repeat(16)), { code: 'not_found' } as object);
  const screen = await viewers.screenOf(ids[0]!);
  const { id: _id, sinceMs: _sinceMs, ...facts } = channels.withdraw('0')!;
  await t.throwsAsync(viewers.screenOf(ids[0]!), { code: 'not_found' } as object);
  channels.announce({ ...facts, lease: 'again' }, 0, 0);
  t.is(await viewers.screenOf(ids[0]!), screen);
});

test('when its broadcaster was started again a channel is watched anew, and goes on where it is shown', async t => {
  const { channels, ids, told, viewers } = site(t);
  const screen = await viewers.screenOf(ids[0]!);
  const { id: _id, sinceMs: _sinceMs, ...facts } = channels.find(ids[0]!, 0)!;
  channels.announce({ ...facts, lease: 'again', stream: 'other' }, 0, 0);
  const screens = await Promise.all([1, 2].map(() => viewers.screenOf(ids[0]!)));
  t.true(screens.every(one => one === screen));
  t.deepEqual(told, ['open 0 in 0', 'watch no more 0']);
});

test('a disk that fails is told of, and tried again by who asks next', async t => {
  const { ids, told, viewers, breakDisk } = site(t);
  breakDisk(true);
  await t.throwsAsync(viewers.screenOf(ids[0]!), { message: 'no disk' });
  breakDisk(false);
  await viewers.screenOf(ids[0]!);
  t.deepEqual(told, ['open 0 in 0']);
});
