import test from 'ava';
import { SwarmRoot } from '../../../lib/apps/live/swarm-root.ts';
import { systemClock } from '../../../lib/base/clock.ts';
import { seededRandom } from '../../../lib/base/random.ts';
import type { MemberLinksOptions } from '../../../lib/domain/live/member-links.ts';
import type { RelayMessage } from '../../../lib/domain/live/relay-messages.ts';
import { eventually } from '../../helpers/eventually.ts';

test('a viewer that could not be reached when it joined is told so, tried again, and told when it feeds others', async t => {
  const told: RelayMessage[] = [];
  const slept: number[] = [];
  let tries = 0;
  let links: MemberLinksOptions | undefined;
  const root = new SwarmRoot(
    { channel: 0, retransmissions: 2 },
    {
      clock: { ...systemClock, sleep: async ms => void slept.push(ms) },
      random: seededRandom(1),
      openLinks(options) {
        links = options;
        return { send: (_to, message) => void told.push(message), waitingBytes: () => 0, close: () => undefined, reaches: async () => ++tries === 3, [Symbol.dispose]: () => undefined };
      },
    },
  );
  t.teardown(() => root[Symbol.dispose]());
  links!.received({ id: 'ana', host: '127.0.0.1', port: 40_000, isLocal: true }, { type: 'join', slots: 8, port: 40_001 });
  await eventually('it is reached', () => told.filter(({ type }) => type === 'welcome').length === 3);
  t.deepEqual(told.flatMap(message => (message.type === 'welcome' ? [message.canRelay] : [])), [true, false, true]);
  t.is(tries, 3);
  t.true(slept[0]! < slept[1]! && slept[1]! < slept[2]!);
});
