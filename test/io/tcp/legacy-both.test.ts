import test from 'ava';
import { silentLog } from '../../../lib/base/log.ts';
import { freePorts } from '../../../lib/io/http/free-ports.ts';
import { openLegacyViewer } from '../../../lib/io/tcp/legacy-client.ts';
import { startLegacyServer } from '../../../lib/io/tcp/legacy-server.ts';
import { eventually } from '../../helpers/eventually.ts';
import { ownLoopback } from '../../helpers/loopback.ts';
import { randomBytes } from '../../helpers/random-bytes.ts';

const films = [1, 2].map(film => [1, 2, 3].map(seed => randomBytes(200_000 + seed, 10 * film + seed)));
const timing = { answerMs: 60_000, silentMs: 60_000, retry: { firstMs: 20, maxMs: 100 } };

test('our viewers and our server understand each other, on several channels at once', async t => {
  const ip = ownLoopback();
  const [clientPort] = await freePorts(1, ip);
  const server = await startLegacyServer({ ip, port: 0, clientPort: clientPort! }, [{ number: 0, maxClients: 3 }, { number: 1, maxClients: 3 }], { log: silentLog, timing: { requestMs: 60_000, roundMs: 60_000 } });
  t.teardown(() => server[Symbol.asyncDispose]());
  const viewers = await Promise.all(
    [0, 0, 1, 1, 1, 1].map(async channel => {
      const got: Uint8Array[] = [];
      const localIp = ownLoopback();
      const viewer = await openLegacyViewer({ server: { host: ip, port: server.port }, channel, localIp, clientPort: clientPort! }, { onBlock: bytes => got.push(bytes), log: silentLog, timing });
      t.teardown(() => viewer[Symbol.asyncDispose]());
      return { viewer, got, channel, localIp };
    }),
  );
  await eventually('answers for all', () => viewers.every(({ viewer }) => ['accepted', 'full'].includes(viewer.state)));
  const accepted = viewers.filter(({ viewer }) => viewer.state === 'accepted');
  t.is(accepted.length, 5);

  for (let index = 0; index < 3; index += 1) {
    await Promise.all([0, 1].map(channel => eventually('a round for all', async () => {
      const { delivered } = await server.broadcast(channel, films[channel]![index]!);
      return delivered.length === (channel === 0 ? 2 : 3);
    })));
    await eventually('the block at all', () => accepted.every(({ got, channel }) => films[channel]![index]!.equals(got.at(-1) ?? Buffer.alloc(0))));
  }

  const [first] = viewers;
  t.deepEqual(new Set(await first!.viewer.listClients()), new Set(viewers.slice(0, 2).map(({ localIp }) => localIp)));
  const outside = viewers.find(({ viewer }) => viewer.state === 'full')!;
  t.is(await outside.viewer.countClients(), 3);
  t.is(outside.got.length, 0);
  await accepted.at(-1)!.viewer.leave();
  await eventually('the place that is free', () => outside.viewer.state === 'accepted');
});
