import test from 'ava';
import fc from 'fast-check';
import type { NodeStatus } from '../../lib/domain/node-registry.ts';
import { choosePlaces, placeOf } from '../../lib/domain/placement.ts';
import { neededReplicas, UploadPlaces } from '../../lib/domain/upload-places.ts';

const KEPT_MS = 1000;

function nodeOf(number: number, freeBytes: number, fields: Partial<NodeStatus> = {}): NodeStatus {
  const known = { number, identity: `identity of ${number}`, url: `http://127.0.0.1:${50_000 + number}`, totalBytes: 1e9, files: 0, activeRequests: 0 };
  return { ...known, freeBytes, copying: [], receiving: [], state: 'up', mode: 'active', isDrained: false, silentMs: 0, upForMs: 0, ...fields };
}

const wish = (uploadId: string, sizeBytes?: number) => ({ uploadId, fileId: undefined, sizeBytes });

test('a file is safe with two replicas, or with as many as there can be', t => {
  const cases = [[3, 3, 2], [2, 3, 2], [1, 3, 1], [0, 3, 1], [3, 1, 1]] as const;
  for (const [nodesUp, wanted, needed] of cases) t.is(neededReplicas(nodesUp, wanted), needed, `${nodesUp} up, ${wanted} wanted`);
});

test('a node that has room takes the upload, and only one that is up and takes part', t => {
  const places = new UploadPlaces(KEPT_MS);
  const idle = [nodeOf(3, 900, { state: 'down' }), nodeOf(4, 900, { state: 'suspect' }), nodeOf(5, 900, { mode: 'draining' })];
  t.is(places.choose(wish('a', 250), [nodeOf(1, 100), nodeOf(2, 300), ...idle], 0)?.number, 2);
  t.is(places.choose(wish('b', 301), [nodeOf(1, 100), nodeOf(2, 300), ...idle], 0), undefined);
  t.is(places.choose(wish('c', 1), [], 0), undefined);
});

test('a file goes where it belongs, so that no copy has to move', t => {
  const nodes = [1, 2, 3, 4, 5].map(number => nodeOf(number, 1e9));
  for (const id of ['one', 'two', 'three', 'four']) {
    const [best] = choosePlaces(id, nodes.map(node => ({ ...placeOf(node), number: node.number })), [], 1);
    t.is(new UploadPlaces(KEPT_MS).choose({ uploadId: `upload of ${id}`, fileId: id, sizeBytes: 1 }, nodes, 0)?.number, best?.number);
  }
});

test('room that was promised is not promised again, until nobody came for long', t => {
  const places = new UploadPlaces(KEPT_MS);
  const nodes = [nodeOf(1, 100), nodeOf(2, 90)];
  const taken = ['a', 'b'].map(uploadId => places.choose(wish(uploadId, 60), nodes, 0)?.number);
  t.deepEqual(taken.sort(), [1, 2]);
  t.is(places.choose(wish('c', 60), nodes, 0), undefined);
  t.truthy(places.choose(wish('c', 60), nodes, KEPT_MS + 1));
});

test('whoever comes back is led to where the beginning of its file is, also by a central that forgot', t => {
  const holder = nodeOf(1, 10, { receiving: [{ uploadId: 'a', doneBytes: 40, sizeBytes: 50 }] });
  t.is(new UploadPlaces(KEPT_MS).choose(wish('a', 50), [holder, nodeOf(2, 1000)], 0)?.number, 1);
  const places = new UploadPlaces(KEPT_MS);
  t.is(places.choose(wish('b', 5), [nodeOf(1, 10), nodeOf(2, 4)], 0)?.number, 1);
  t.is(places.choose(wish('b', 5), [nodeOf(1, 4), nodeOf(2, 900)], 1)?.number, 1);
  t.is(places.choose(wish('b', 5), [nodeOf(2, 900)], 2)?.number, 2, 'its node is gone');
});

test('no node is promised more than it has room for', t => {
  const sizes = fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 40 });
  const rooms = fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(sizes, rooms, (files, free) => {
      const places = new UploadPlaces(KEPT_MS);
      const nodes = free.map((freeBytes, index) => nodeOf(index + 1, freeBytes));
      const promised = new Map<number, number>();
      files.forEach((sizeBytes, index) => {
        const node = places.choose(wish(`file ${index}`, sizeBytes), nodes, 0);
        if (node) promised.set(node.number, (promised.get(node.number) ?? 0) + sizeBytes);
        else t.true(nodes.every(({ number, freeBytes }) => freeBytes - (promised.get(number) ?? 0) < sizeBytes));
      });
      for (const { number, freeBytes } of nodes) t.true((promised.get(number) ?? 0) <= freeBytes);
    }),
  );
});
