import assert from 'node:assert/strict';
import test from 'ava';
import fc from 'fast-check';
import { CentralSite } from '../../helpers/central-site.ts';
import { FakePeer } from '../../helpers/fake-peer.ts';
import { exchange, requestText } from '../../helpers/raw-http.ts';

const ID = 'a'.repeat(64);
const FUZZED_MS = 8000;

test('whatever is sent as a peer, the answer is clear and the central goes on', async t => {
  const site = await CentralSite.open(t);
  const peer = await FakePeer.start(t);
  const { peer: lease } = await site.client().peers.join({ ...peer.place, files: [{ name: 'aula1.mp4' }] });
  const name = fc.oneof(fc.constantFrom('aula1.mp4', '..', '', '__proto__', 'ñ.mp4'), fc.string({ unit: 'grapheme', maxLength: 300 }));
  const file = fc.record({ name, id: fc.oneof(fc.constant(ID), fc.string()), sizeBytes: fc.oneof(fc.maxSafeNat(), fc.double()) }, { requiredKeys: [] });
  const files = fc.oneof(fc.array(file), fc.jsonValue());
  const port = fc.oneof(fc.constant(peer.place.port), fc.integer());
  const ip = fc.oneof(fc.constantFrom('127.0.0.1', '0.0.0.0', '::1', '[::1]', 'localhost', '127.0.0.1:80', '127.1'), fc.string());
  const join = fc.record({ ip, port, identity: fc.oneof(fc.constant(peer.identity), fc.string()), files }, { requiredKeys: [] });
  const update = fc.record({ added: files, removed: fc.oneof(fc.array(name), fc.jsonValue()) }, { requiredKeys: [] });
  const leases = fc.oneof(fc.constant(lease), fc.uuid(), fc.webSegment());
  const text = fc.oneof(fc.json(), fc.string()).map(body => body.slice(0, 2000));
  const request = fc.oneof(
    fc.record({ method: fc.constant('POST'), path: fc.constant('/peers'), body: fc.oneof(join.map(body => JSON.stringify(body)), text) }),
    fc.record({ method: fc.constant('POST'), path: leases.map(one => `/peers/${one}`), body: fc.oneof(update.map(body => JSON.stringify(body)), text) }),
    fc.record({ method: fc.constantFrom('DELETE', 'PUT', 'PATCH'), path: leases.map(one => `/peers/${one}`), body: text }),
    fc.record({ method: fc.constant('GET'), path: fc.tuple(name, leases).map(([wanted, one]) => `/peers?${new URLSearchParams({ name: wanted, peer: one }).toString()}`), body: fc.constant('') }),
  );
  await fc.assert(
    fc.asyncProperty(request, async ({ method, path, body }) => {
      const { status, body: answer } = await exchange(site.central.port, [requestText(method, path, { body })]);
      assert([200, 400, 404, 405, 503].includes(status), `${status} ${answer}`);
      if (status !== 200) assert.equal(typeof (JSON.parse(answer) as { code: unknown }).code, 'string');
    }),
    { interruptAfterTimeLimit: FUZZED_MS, numRuns: 5000 },
  );
  await site.client().peers.join({ ...peer.place, files: [{ name: 'last.mp4' }] });
  t.deepEqual((await site.client().peers.search({ name: 'last.mp4' })).peers, [{ address: peer.address }]);
  t.is(site.count('request.failed'), 0);
});
