import test from 'ava';
import { SwarmMember } from '../../../lib/apps/live/swarm-member.ts';
import { systemClock } from '../../../lib/base/clock.ts';
import { seededRandom } from '../../../lib/base/random.ts';
import { BlockSigner } from '../../../lib/domain/live/block-signature.ts';
import type { MemberLinksOptions, RelayPeer } from '../../../lib/domain/live/member-links.ts';
import type { RelayMessage } from '../../../lib/domain/live/relay-messages.ts';
import { ROOT, type Slice } from '../../../lib/domain/live/stream.ts';

/** A member whose connections are in the hands of the test. */
function open(t: { teardown(run: () => Promise<void>): void }) {
  const blocks: string[] = [];
  const expected: number[] = [];
  const lost: string[] = [];
  const closed: string[] = [];
  let links: MemberLinksOptions | undefined;
  const member = new SwarmMember(
    { root: { id: ROOT, address: { host: '127.0.0.1', port: 1 } }, retransmissions: 2, listenPort: 0 },
    {
      clock: systemClock,
      random: seededRandom(1),
      openLinks(options) {
        links = options;
        return { send: () => undefined, waitingBytes: () => 0, close: id => void closed.push(id), reaches: async () => false, [Symbol.dispose]: () => undefined };
      },
    },
    { joined: () => undefined, fed: () => undefined, away: () => undefined, expected: block => void expected.push(block.number), block: (_block, bytes) => void blocks.push(bytes.toString()), lost: (_parent, _tree, why) => void lost.push(why) },
  );
  t.teardown(() => member[Symbol.asyncDispose]());
  const say = (id: string, message: RelayMessage) => links!.received({ id, host: '127.0.0.1', port: 1, isLocal: true } satisfies RelayPeer, message);
  return { say, blocks, expected, lost, closed };
}

const film = (signer: BlockSigner, text: string): readonly Slice[] => signer.slices({ bytes: Buffer.from(text), durationMs: 2000, isBeginning: false }, 0);
const welcome = (stream: string): RelayMessage => ({ type: 'welcome', stream: { id: stream, channel: 0 }, airMs: 0, next: 0, canRelay: true });

test('a block is expected with its first slice, and shown when all are what the root signed', t => {
  const { say, blocks, expected } = open(t);
  const signer = new BlockSigner();
  say(ROOT, welcome(signer.stream));
  const [first, ...others] = film(signer, 'the film');
  say('ana', { type: 'slice', slice: first! });
  t.deepEqual([blocks, expected], [[], [0]]);
  for (const slice of others) say('ana', { type: 'slice', slice });
  t.deepEqual([blocks, expected], [['the film'], [0]]);
});

test('nobody but the root says whose signature counts', t => {
  const { say, blocks, closed } = open(t);
  const [signer, forger] = [new BlockSigner(), new BlockSigner()];
  say(ROOT, welcome(signer.stream));
  say('ana', welcome(forger.stream));
  t.deepEqual(closed, ['ana']);
  for (const slice of film(forger, 'a forgery')) say('bea', { type: 'slice', slice });
  for (const { index, bytes } of film(forger, 'a forgery')) say('bea', { type: 'slice', slice: { block: film(signer, 'the film')[index]!.block, index, bytes } });
  t.deepEqual(blocks, []);
  for (const slice of film(signer, 'the film')) say('carla', { type: 'slice', slice });
  t.deepEqual(blocks, ['the film']);
});

test('before the root said whose signature counts, none does', t => {
  const { say, blocks } = open(t);
  for (const slice of film(new BlockSigner(), 'a forgery')) say('ana', { type: 'slice', slice });
  t.deepEqual(blocks, []);
});

test('who gives something altered is left, and the slice is taken from another', t => {
  const { say, blocks, lost, closed } = open(t);
  const signer = new BlockSigner();
  say(ROOT, welcome(signer.stream));
  const ana = { id: 'ana', address: { host: '127.0.0.1', port: 1 } };
  for (let tree = 0; tree < 4; tree += 1) say(ROOT, { type: 'assign', tree, parent: ana, backups: [] });
  const [first, ...others] = film(signer, 'the film');
  say('ana', { type: 'slice', slice: { ...first!, bytes: Buffer.from('XX') } });
  t.deepEqual([closed, new Set(lost)], [['ana'], new Set(['corrupt'])]);
  for (const slice of [first!, ...others]) say('bea', { type: 'slice', slice });
  t.deepEqual(blocks, ['the film']);
});
