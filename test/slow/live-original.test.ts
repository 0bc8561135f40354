import test, { type ExecutionContext } from 'ava';
import { eventually } from '../helpers/eventually.ts';
import { hashOf, LiveSite, type LiveViewer } from '../helpers/live-site.ts';
import { startOriginalServer, type OriginalServer } from '../helpers/original-live-server.ts';

const VIEWERS = 6;
const PORT = 6060;
/** Nobody else's, so that whatever else runs on this machine may listen on the usual one. */
const CLIENT_PORT = 19_091;

interface Original {
  readonly server: OriginalServer;
  readonly blocks: readonly Buffer[];
  readonly viewers: readonly LiveViewer[];
}

/** The first of them is accepted; the others come later. */
async function watchOriginal(t: ExecutionContext): Promise<Original> {
  const site = await LiveSite.open(t);
  const { blocks } = await site.readyFolder('original', { count: 7, sizeBytes: 100_000 });
  const server = await startOriginalServer({ ip: '127.0.0.1', port: PORT, clientPort: CLIENT_PORT, channels: [blocks] });
  t.teardown(() => server[Symbol.asyncDispose]());
  const watch = (index: number) =>
    site.watch(['--ip', '127.0.0.1', '--ip-local', `127.0.0.${2 + index}`, '--puerto-cliente', String(CLIENT_PORT), '--max-retransmisiones', '2', '--retardo', '30']);
  const leader = await watch(0);
  await leader.program.says(/Este espectador recibe el canal 0 del servidor/);
  const others = await Promise.all(Array.from({ length: VIEWERS - 1 }, (_, index) => watch(index + 1)));
  const viewers = [leader, ...others];
  await Promise.all(others.map(({ program }) => program.says(/Canal 0: bloque \d+/)));
  return { server, blocks, viewers };
}

/** What each of them holds, and in which order. */
async function hold(t: ExecutionContext, viewers: readonly LiveViewer[], blocks: readonly Buffer[]): Promise<void> {
  const known = new Set(blocks.map(hashOf));
  for (const viewer of viewers) {
    const held = await viewer.hashes();
    t.true(held.length > 0);
    for (const [number, hash] of held) t.true(known.has(hash), `block ${number}`);
  }
}

async function moreBlocks(viewers: readonly LiveViewer[], count: number): Promise<void> {
  const before = viewers.map(({ blocks }) => blocks.length);
  const late = () => viewers.filter(({ blocks }, index) => blocks.length < before[index]! + count);
  try {
    await eventually(`${count} more blocks`, () => late().length === 0, 60_000);
  } catch (error) {
    throw new Error(late().map(({ program }) => program.lines.slice(-30).join('\n')).join('\n\n'), { cause: error });
  }
}

test.serial('one viewer is accepted by the original server and feeds the five others, who get the very same blocks', async t => {
  t.timeout(180_000);
  const { server, blocks, viewers } = await watchOriginal(t);
  const from = server.connections.length;
  await moreBlocks(viewers, 5);
  t.deepEqual(server.clientsOf(0), ['127.0.0.2']);
  const sent = server.connections.slice(from).filter(({ bytes }) => bytes.byteLength > 2);
  t.true(sent.every(({ to }) => to === '127.0.0.2'));
  await hold(t, viewers, blocks);
  // Blocks that all have in common are the same by number too.
  const [leaders, ...rest] = await Promise.all(viewers.slice(1).map(async viewer => new Map(await viewer.hashes())));
  for (const held of rest) for (const [number, hash] of held) if (leaders!.has(number)) t.is(hash, leaders!.get(number)!);
});

test.serial('the accepted viewer is killed: another takes its place at the server, and all others play on', async t => {
  t.timeout(240_000);
  const { server, blocks, viewers } = await watchOriginal(t);
  await moreBlocks(viewers, 2);
  const [accepted, ...others] = viewers;
  await accepted!.program.stop('SIGKILL');
  const leader = await eventually('the server has another client', () => server.clientsOf(0).find(ip => ip !== '127.0.0.2'), 60_000);
  const after = others[Number(leader.split('.')[3]!) - 3]!;
  await after.program.says(/Este espectador recibe el canal 0 del servidor/);
  await moreBlocks(others, 5);
  t.deepEqual(server.clientsOf(0), [leader]);
  await hold(t, others, blocks);
});
