import { randomUUID } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import { MIB } from '../../../lib/base/units.ts';
import type { Finding, InspectedPeer } from '../../../lib/domain/peer-inspection.ts';
import { inspectPeer, type InspectionOptions } from '../../../lib/io/http/inspect-peer.ts';
import { limits } from '../../../lib/protocol/limits.ts';
import { FakePeer } from '../../helpers/fake-peer.ts';
import { partsAsked, startFaultyServer, type Fault } from '../../helpers/faulty-server.ts';
import { manifestOf } from '../../helpers/manifests.ts';
import { randomBytes } from '../../helpers/random-bytes.ts';

const NAME = 'faro.mp4';
const bytes = randomBytes(3 * MIB + 17, 91);
const manifest = manifestOf(bytes, NAME);
const other = manifestOf(randomBytes(MIB, 92), NAME);
const unhurried = () => ({ signal: new AbortController().signal, random: () => 0.5 });

async function openPeer(t: ExecutionContext, fault: Fault) {
  const identity = randomUUID();
  const server = await startFaultyServer(t, manifest, bytes, fault, { status: 'ok', peer: identity });
  const { host: address } = new URL(server.url);
  const peer: InspectedPeer = { address, identity, name: NAME, id: manifest.id, sizeBytes: manifest.sizeBytes, part: undefined, known: undefined };
  const inspect = (facts: Partial<InspectedPeer> = {}, options: Partial<InspectionOptions> = {}) => inspectPeer({ ...peer, ...facts }, { ...unhurried(), ...options });
  return { server, inspect };
}

const impatient = { silenceMs: 300 };
const faults: readonly { readonly fault: Fault; readonly finding: Finding; readonly options?: Partial<InspectionOptions> }[] = [
  { fault: { type: 'corrupt' }, finding: 'corrupt' },
  { fault: { type: 'wrong_length' }, finding: 'protocol' },
  { fault: { type: 'wrong_range' }, finding: 'protocol' },
  { fault: { type: 'wrong_etag' }, finding: 'protocol' },
  { fault: { type: 'ignore_range' }, finding: 'protocol' },
  { fault: { type: 'encoded' }, finding: 'protocol' },
  { fault: { type: 'not_http' }, finding: 'protocol' },
  { fault: { type: 'endless_head' }, finding: 'protocol' },
  { fault: { type: 'status', status: 500 }, finding: 'stalled' },
  { fault: { type: 'short' }, finding: 'stalled' },
  { fault: { type: 'cut', afterBytes: 0 }, finding: 'stalled' },
  { fault: { type: 'hang', afterBytes: 0 }, finding: 'stalled', options: impatient },
  { fault: { type: 'hang', afterBytes: 512 * 1024 }, finding: 'stalled', options: impatient },
  { fault: { type: 'slow_head', everyMs: 50 }, finding: 'stalled', options: impatient },
  { fault: { type: 'trickle', afterBytes: 0, everyMs: 20 }, finding: 'stalled', options: { wholeMs: 600 } },
  { fault: { type: 'status', status: 404 }, finding: 'lacks' },
  { fault: { type: 'status', status: 503 }, finding: 'lacks' },
  { fault: { type: 'status', status: 403 }, finding: 'refused' },
  { fault: { type: 'status', status: 401 }, finding: 'unclear' },
];

for (const { fault, finding, options } of faults) {
  test(`a peer is found out: ${JSON.stringify(fault)}`, async t => {
    const { inspect } = await openPeer(t, fault);
    t.is(await inspect({ part: 1 }, options), finding);
  });
}

test('an honest peer is right, and one part is read, the one that somebody complained of', async t => {
  const { server, inspect } = await openPeer(t, { type: 'none' });
  t.is(await inspect({ part: 3, known: manifest }), 'right');
  t.deepEqual([...partsAsked(server, manifest)], [3]);
  t.is(await inspect(), 'right');
  t.deepEqual([...partsAsked(server, manifest)], [3, 2], 'without a complaint of a part, any');
  t.is(await inspect({ part: 10_000, id: undefined, sizeBytes: undefined }), 'right', 'nor is it wrong for lack of a part that the file does not have');
  t.is(server.requested.length, 3);
});

test('who has one wrong part is found out by who complains of that one', async t => {
  const { inspect } = await openPeer(t, { type: 'corrupt', part: 2 });
  t.is(await inspect({ part: 2 }), 'corrupt');
  t.is(await inspect({ part: 1 }), 'right');
});

test('who gives slowly, but does give, is not found out', async t => {
  const { inspect } = await openPeer(t, { type: 'trickle', afterBytes: 512 * 1024, everyMs: 20 });
  t.is(await inspect({ part: 0 }, { wholeMs: 1000 }), 'unclear');
});

test('another file under the name than it announced, or another whole than is known, is found out without reading', async t => {
  const { server, inspect } = await openPeer(t, { type: 'none' });
  t.is(await inspect({ id: other.id }), 'lacks');
  t.is(await inspect({ known: { ...manifest, sha256: other.sha256 } }), 'protocol');
  t.deepEqual(server.requested, []);
});

test('nobody there, somebody else there, and one who has nothing of what it announces', async t => {
  const peer = await FakePeer.start(t);
  const { address, identity } = peer;
  const told = { address, identity, name: NAME, id: manifest.id, sizeBytes: manifest.sizeBytes, part: undefined, known: undefined };
  t.is(await inspectPeer(told, unhurried()), 'lacks');
  t.is(await inspectPeer({ ...told, identity: randomUUID() }, unhurried()), 'somebody_else');
  await peer.stop();
  t.is(await inspectPeer(told, unhurried()), 'unreachable');
});

test('a file of an absurd size is not asked for', async t => {
  const { server, inspect } = await openPeer(t, { type: 'corrupt' });
  t.is(await inspect({ sizeBytes: (limits.peerInspectionPartsMax + 1) * 16 * MIB }), 'unclear');
  t.deepEqual(server.requested, []);
});

test('it can be given up at any time', async t => {
  const { server, inspect } = await openPeer(t, { type: 'hang', afterBytes: 64 * 1024 });
  const stop = new AbortController();
  const reason = new Error('enough');
  server.onSent = () => stop.abort(reason);
  await t.throwsAsync(inspect({}, { signal: stop.signal }), { is: reason });
  await t.throwsAsync(inspect({}, { signal: stop.signal }), { is: reason }, 'nor begun after that');
});
