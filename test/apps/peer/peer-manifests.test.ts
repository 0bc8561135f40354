import test from 'ava';
import type { Clock } from '../../../lib/base/clock.ts';
import { VideoError } from '../../../lib/base/errors.ts';
import { agreedManifest, manifestOf, type FoundPeer } from '../../../lib/apps/peer/peer-manifests.ts';
import { manifestOf as describe } from '../../helpers/manifests.ts';
import { randomBytes } from '../../helpers/random-bytes.ts';

const NAME = 'faro.mp4';
const one = describe(randomBytes(1000, 81), NAME);
const two = describe(randomBytes(1000, 82), NAME);
const { signal } = new AbortController();
const reading = () => new VideoError('source_refused', { source: 'x', status: 503, retryAfterMs: 1000 });
const away = () => new VideoError('source_unreachable', { source: 'x', reason: 'ECONNREFUSED' });
const refused = () => new VideoError('peer_refused', { peer: 'x' });

type Answer = typeof one | (() => VideoError);

/** Peers that answer in turn, the last answer again and again; time passes only while somebody waits. */
function peersThat(script: Readonly<Record<string, readonly Answer[]>>) {
  let nowMs = 0;
  const left = new Map(Object.entries(script).map(([address, answers]) => [address, [...answers]]));
  const clock: Clock = { now: () => nowMs, date: () => nowMs, sleep: async ms => void (nowMs += ms) };
  return {
    clock,
    async fetchManifest(address: string) {
      const answers = left.get(address)!;
      const answer = answers.length > 1 ? answers.shift()! : answers[0]!;
      if (typeof answer === 'function') throw answer();
      return answer;
    },
  };
}

const found = (...addresses: readonly string[]): readonly FoundPeer[] => addresses.map(address => ({ address }));

test('a peer that still reads its file is waited for as long as it says, and then given up', async t => {
  const peers = peersThat({ a: [reading, reading, one], b: [reading] });
  t.deepEqual(await manifestOf({ address: 'a' }, NAME, peers, signal), { manifest: one, addresses: ['a'] });
  t.is(peers.clock.now(), 2000);
  await t.throwsAsync(manifestOf({ address: 'b' }, NAME, peers, signal), { code: 'source_refused' });
});

test('a peer that has something else than it announced is not believed', async t => {
  const peers = peersThat({ a: [one] });
  await t.throwsAsync(manifestOf({ address: 'a', id: two.id }, NAME, peers, signal), { code: 'invalid_manifest' });
});

test('all that have the same bytes give them, those that still read theirs as well', async t => {
  const peers = peersThat({ a: [away], b: [one], c: [reading], d: [refused], e: [one] });
  const { manifest, addresses } = await agreedManifest(found('a', 'b', 'c', 'd', 'e'), NAME, peers, signal);
  t.is(manifest, one);
  t.deepEqual(addresses, ['b', 'e', 'c']);
});

test('two contents under one name are for a person to choose from', async t => {
  const error = await t.throwsAsync(agreedManifest(found('a', 'b', 'c'), NAME, peersThat({ a: [one], b: [two], c: [one] }), signal), { code: 'contents_differ' });
  t.like(error, { facts: { contents: 2 } });
});

test('when nobody has it now, the first says why; when all read it, one is waited for', async t => {
  await t.throwsAsync(agreedManifest(found('a', 'b'), NAME, peersThat({ a: [refused], b: [away] }), signal), { code: 'peer_refused' });
  t.deepEqual(await agreedManifest(found('a', 'b'), NAME, peersThat({ a: [away], b: [reading, one] }), signal), { manifest: one, addresses: ['b'] });
});
