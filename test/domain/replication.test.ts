import test from 'ava';
import * as fc from 'fast-check';
import type { Video } from '../../lib/domain/catalog.ts';
import type { NodeState } from '../../lib/domain/failure-detector.ts';
import type { NodeStatus } from '../../lib/domain/node-registry.ts';
import { Replication, type CopyOrder } from '../../lib/domain/replication.ts';
import { replicationScript, SimulatedReplication } from '../helpers/simulated-replication.ts';

const settings = { copiesPerNode: 2, patienceMs: 30, pauseMs: 60 };

const videoOf = (name: string, nodes: readonly number[], sizeBytes = 10): Video => ({ name, id: `id of ${name}`, sizeBytes, addedAtMs: 0, nodes });

function nodeOf(number: number, { freeBytes = 1000, state = 'up' as NodeState, copying = [] as readonly Video[] } = {}): NodeStatus {
  const url = `http://127.0.0.1:${50_000 + number}`;
  const known = { number, identity: `identity of ${number}`, url, freeBytes, totalBytes: 1000, files: 0, activeRequests: 0, receiving: [] };
  return { ...known, copying: copying.map(({ id, name }) => ({ id, name })), state, silentMs: 0 };
}

const told = (orders: readonly CopyOrder[]) => orders.map(({ node, video }) => `${video.name} to ${node}`);

test('a file goes to nodes that lack it, as many as are missing, and each order is given once', t => {
  const replication = new Replication(settings);
  const film = videoOf('film', [1]);
  const nodes = [1, 2, 3, 4].map(number => nodeOf(number));
  t.deepEqual(told(replication.plan([{ video: film, missing: 2 }], nodes, 0)), ['film to 2', 'film to 3']);
  t.deepEqual(told(replication.plan([{ video: film, missing: 2 }], nodes, 1)), []);
  t.deepEqual([1, 2, 3, 4].map(number => told(replication.ordersFor(number)).length), [0, 1, 1, 0]);
});

test('the idle node comes first, then the one with most room', t => {
  const replication = new Replication(settings);
  const busy = videoOf('other', [9]);
  const nodes = [nodeOf(1, { copying: [busy], freeBytes: 1000 }), nodeOf(2, { freeBytes: 100 }), nodeOf(3, { freeBytes: 200 })];
  t.deepEqual(told(replication.plan([{ video: videoOf('film', [9]), missing: 3 }], nodes, 0)), ['film to 3', 'film to 2', 'film to 1']);
});

test('only nodes that are up get orders, and only what they have room for, what is ordered already included', t => {
  const replication = new Replication(settings);
  const nodes = [
    nodeOf(1, { state: 'joining' }),
    nodeOf(2, { state: 'suspect' }),
    nodeOf(3, { state: 'down' }),
    nodeOf(4, { freeBytes: 25 }),
  ];
  const wanting = ['a', 'b', 'c'].map(name => ({ video: videoOf(name, [9], 13), missing: 1 }));
  t.deepEqual(told(replication.plan(wanting, nodes, 0)), ['a to 4']);
});

test('an order stands while its node copies, and is over when the node holds the file or nobody wants it', t => {
  const replication = new Replication(settings);
  const film = videoOf('film', [1]);
  replication.plan([{ video: film, missing: 2 }], [nodeOf(1), nodeOf(2), nodeOf(3)], 0);
  for (let nowMs = 10; nowMs < 200; nowMs += 10) {
    const nodes = [nodeOf(1), nodeOf(2, { copying: [film] }), nodeOf(3, { copying: [film] })];
    t.deepEqual(replication.plan([{ video: film, missing: 2 }], nodes, nowMs), []);
  }
  const heldByTwo = videoOf('film', [1, 2]);
  replication.plan([{ video: heldByTwo, missing: 1 }], [nodeOf(1), nodeOf(2), nodeOf(3, { copying: [film] })], 200);
  t.deepEqual(replication.ordersFor(2), [], 'announced');
  t.deepEqual(replication.ordersFor(3), [{ node: 3, video: heldByTwo, seenAtMs: 200 }] as never, 'with the holders of now');
  replication.plan([], [nodeOf(1), nodeOf(2), nodeOf(3)], 210);
  t.deepEqual(replication.ordersFor(3), []);
});

test('an order that is not carried out goes to another node, and comes back after a pause', t => {
  const replication = new Replication(settings);
  const wanting = [{ video: videoOf('film', [1]), missing: 1 }];
  const nodes = [nodeOf(1), nodeOf(2), nodeOf(3, { freeBytes: 500 })];
  const givenAt = (nowMs: number) => told(replication.plan(wanting, nodes, nowMs));
  t.deepEqual(givenAt(0), ['film to 2']);
  t.deepEqual(givenAt(30), []);
  t.deepEqual(givenAt(31), ['film to 3']);
  t.deepEqual(givenAt(62), [], 'both had their chance');
  t.deepEqual(givenAt(90), []);
  t.deepEqual(givenAt(91), ['film to 2']);
});

test('many files that cannot be copied do not keep the others from their turn', t => {
  const replication = new Replication(settings);
  const wanting = Array.from({ length: 300 }, (_, index) => ({ video: videoOf(`film ${index}`, [1]), missing: 1 }));
  const asked = new Set<string>();
  // As the catalogue gives them: the same ones first, and as many more as were tried in vain.
  for (let nowMs = 0; nowMs < 12_000 && asked.size < 300; nowMs += 5) {
    const seen = wanting.slice(0, 200 + replication.refusedFiles);
    for (const { video } of replication.plan(seen, [nodeOf(1), nodeOf(2)], nowMs)) asked.add(video.name);
  }
  t.is(asked.size, 300);
  replication.plan([], [nodeOf(1), nodeOf(2)], 12_000);
  t.is(replication.refusedFiles, 0, 'forgotten once nobody wants them');
});

test('the room of a node counts what it copies, which has taken some of it already', t => {
  const replication = new Replication(settings);
  const [film, other] = [videoOf('film', [1], 80), videoOf('other', [1])];
  t.deepEqual([...replication.roomsIn([nodeOf(1), nodeOf(2, { freeBytes: 100 }), nodeOf(3, { state: 'down' })])], [[1, 1000], [2, 100]]);
  replication.plan([{ video: film, missing: 1 }], [nodeOf(2, { freeBytes: 100 })], 0);
  t.is(replication.roomsIn([nodeOf(2, { freeBytes: 30, copying: [film] })]).get(2), 110, 'a copy that has written 70 bytes goes on');
  t.is(replication.roomsIn([nodeOf(2, { freeBytes: 30, copying: [other] })]).get(2), Infinity);
});

test('nodes that never carry out an order do not keep the others from having their turn', t => {
  const replication = new Replication(settings);
  const nodes = [nodeOf(1), ...[2, 3, 4, 5].map(number => nodeOf(number, { freeBytes: 1000 - number }))];
  const asked = new Set<number>();
  for (let nowMs = 0; nowMs < 1000; nowMs += 5) {
    for (const { node } of replication.plan([{ video: videoOf('film', [1]), missing: 1 }], nodes, nowMs)) asked.add(node);
  }
  t.deepEqual([...asked], [2, 3, 4, 5]);
});

test('the order of a node that is down goes to another at once; that of a suspect stands', t => {
  const replication = new Replication(settings);
  const film = videoOf('film', [1]);
  const wanting = [{ video: film, missing: 1 }];
  const nodesWith = (state: NodeState) => [nodeOf(1), nodeOf(2, { state, copying: [film] }), nodeOf(3, { freeBytes: 500 })];
  replication.plan(wanting, [nodeOf(1), nodeOf(2), nodeOf(3, { freeBytes: 500 })], 0);
  t.deepEqual(told(replication.plan(wanting, nodesWith('suspect'), 1)), []);
  t.deepEqual(told(replication.plan(wanting, nodesWith('down'), 2)), ['film to 3']);
  t.deepEqual(replication.ordersFor(2), []);
});

test('copies that run since before a restart of the central count', t => {
  const film = videoOf('film', [1]);
  const restarted = new Replication(settings);
  const nodes = [nodeOf(1), nodeOf(2, { copying: [film] }), nodeOf(3)];
  t.deepEqual(told(restarted.plan([{ video: film, missing: 1 }], nodes, 0)), []);
  t.deepEqual(told(restarted.ordersFor(2)), ['film to 2'], 'it gets its sources as before');
});

test('whatever fails: no order too many, too large or for a holder, and at last every copy that there is room for', t => {
  t.notThrows(() =>
    fc.assert(
      fc.property(replicationScript, script => {
        const simulated = new SimulatedReplication(script);
        simulated.run();
        const [wanting] = simulated.wantingNeedlessly;
        if (wanting !== undefined) throw new Error(`${wanting} was forgotten`);
      }),
      { numRuns: 300 },
    ),
  );
});
