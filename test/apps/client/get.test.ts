import test from 'ava';
import { getVideo, type GetPorts } from '../../../lib/apps/client/get.ts';
import { systemClock } from '../../../lib/base/clock.ts';
import { seededRandom } from '../../../lib/base/random.ts';
import { silentLog } from '../../../lib/base/log.ts';
import type { Ticket } from '../../../lib/protocol/control.ts';

const OWN = '127.0.0.1:7000';
const ticket = {
  state: 'granted',
  ticketId: '11111111-2222-4333-8444-555555555555',
  id: '0'.repeat(64),
  name: 'faro.mp4',
  sizeBytes: 1,
  sources: [],
  leaseMs: 10_000,
  pollMs: 1000,
} satisfies Ticket;

test('what only the client itself shares is what nobody has: it is told so at once, and its turn ends', async t => {
  const reached: string[] = [];
  const portsWith = (peers: readonly string[]) =>
    ({
      control: {
        tickets: { open: async () => ({ ...ticket, peers: peers.map(address => ({ address })) }), close: async () => void reached.push('closed') },
        manifests: { get: async () => Promise.reject(new Error('somebody else has it')) },
      },
      centralUrl: 'x',
      clock: systemClock,
      random: seededRandom(1),
      log: silentLog,
      assertFree: async () => undefined,
      ownAddress: () => OWN,
    }) as unknown as GetPorts;
  const get = (...peers: readonly string[]) => getVideo('faro.mp4', { clientName: 'ana', directory: 'd', signal: new AbortController().signal }, portsWith(peers));
  await t.throwsAsync(get(OWN), { code: 'no_sources' } as object);
  t.deepEqual(reached, ['closed']);
  await t.throwsAsync(get(OWN, '127.0.0.1:7001'), { message: 'somebody else has it' });
});
