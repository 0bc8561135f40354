import test from 'ava';
import * as fc from 'fast-check';
import type { Video } from '../../lib/domain/catalog.ts';
import type { CopyOrder } from '../../lib/domain/copy-orders.ts';
import type { NodeState } from '../../lib/domain/failure-detector.ts';
import type { NodeMode } from '../../lib/domain/node-mode.ts';
import type { NodeStatus } from '../../lib/domain/node-registry.ts';
import { choosePlaces, placeOf } from '../../lib/domain/placement.ts';
import { Replication } from '../../lib/domain/replication.ts';
import { replicationScript, SimulatedReplication } from '../helpers/simulated-replication.ts';

const settings = { copiesPerNode: 2, ordersPerNode: 2, aheadBytes: 0, patienceMs: 30, pauseMs: 60 };

const videoOf = (name: string, nodes: readonly number[], sizeBytes = 10): Video => ({ name, id: `id of ${name}`, sizeBytes, addedAtMs: 0, nodes });

interface NodeFields {
  readonly freeBytes?: number;
  readonly state?: NodeState;
  readonly mode?: NodeMode;
  readonly zone?: string;
  readonly copying?: readonly Video[];
}

function nodeOf(number: number, { freeBytes = 1000, state = 'up', mode = 'active', zone, copying = [] }: NodeFields = {}): NodeStatus {
  const url = `http://127.0.0.1:${50_000 + number}`;
  const known = { number, identity: `identity of ${number}`, url, freeBytes, totalBytes: 1000, files: 0, activeRequests: 0, receiving: [] };
  return { ...known, zone, copying: copying.map(({ id, name }) => ({ id, name })), state, mode, isDrained: false, silentMs: 0, upForMs: 0 };
}

const told = (orders: readonly CopyOrder[]) => orders.map(({ node, video }) => `${video.name} to ${node}`);

test('a file goes to nodes that lack it, as many as are missing, where placement puts it, and each order is given once', t => {
  const replication = new Replication(settings);
  const film = videoOf('film', [1]);
  const nodes = [1, 2, 3, 4].map(number => nodeOf(number));
  const places = nodes.slice(1).map(node => ({ ...placeOf(node), number: node.number }));
  const chosen = choosePlaces(film.id, places, [], 2).map(({ number }) => `film to ${number}`);
  t.deepEqual(told(replication.plan([{ video: film, missing: 2 }], nodes, 0)), chosen);
  t.deepEqual(told(replication.plan([{ video: film, missing: 2 }], nodes, 1)), []);
  t.is(nodes.flatMap(({ number }) => replication.ordersFor(number)).length, 2);
});

test('a node that has enough to copy is left alone', t => {
  const replication = new Replication(settings);
  const others = ['a', 'b'].map(name => videoOf(name, [9]));
  const nodes = [nodeOf(1, { copying: others }), nodeOf(2)];
  t.deepEqual(told(replication.plan([{ video: videoOf('film', [9]), missing: 2 }], nodes, 0)), ['film to 2']);
});

test('a node that brings the file back from its trash copies nothing of it', t => {
  const replication = new Replication(settings);
  const film = videoOf('film', [1]);
  const nodes = [1, 2, 3].map(number => nodeOf(number));
  t.deepEqual(told(replication.plan([{ video: film, missing: 2, returning: [2] }], nodes, 0)), ['film to 3']);
  t.deepEqual(told(replication.plan([{ video: film, missing: 2 }], nodes, 1)), ['film to 2'], 'it is not waited for any more');
});

test('small files are ordered ahead of their turn, large ones are not', t => {
  const replication = new Replication({ ...settings, ordersPerNode: 5, aheadBytes: 40 });
  const wanting = ['a', 'b', 'c', 'd', 'e'].map(name => ({ video: videoOf(name, [9]), missing: 1 }));
  t.is(replication.plan(wanting, [nodeOf(1)], 0).length, 4);
  const large = ['A', 'B', 'C'].map(name => ({ video: videoOf(name, [9], 100), missing: 1 }));
  t.deepEqual(told(new Replication({ ...settings, ordersPerNode: 5, aheadBytes: 40 }).plan(large, [nodeOf(1)], 0)), ['A to 1', 'B to 1']);
});

test('an order waits while its node carries out those before it, and not when the node has passed it over', t => {
  const replication = new Replication({ ...settings, ordersPerNode: 5, aheadBytes: 1000 });
  const [a, b, c] = ['a', 'b', 'c'].map(name => videoOf(name, [9]));
  const wanting = [a!, b!, c!].map(video => ({ video, missing: 1 }));
  replication.plan(wanting, [nodeOf(1)], 0);
  for (let nowMs = 5; nowMs <= 200; nowMs += 5) replication.plan(wanting, [nodeOf(1, { copying: [a!] })], nowMs);
  t.is(replication.refusedFiles, 0, 'they are behind the first');
  for (let nowMs = 205; nowMs <= 240; nowMs += 5) replication.plan(wanting, [nodeOf(1, { copying: [a!, c!] })], nowMs);
  t.deepEqual(told(replication.ordersFor(1)), ['a to 1', 'c to 1']);
  t.is(replication.refusedFiles, 1, 'the second was passed over');
});

test('a replica goes to a zone that has none, and waits for it when it is busy', t => {
  const replication = new Replication(settings);
  const [film, busy] = [videoOf('film', [1]), [videoOf('x', [9]), videoOf('y', [9])]];
  const wanting = [{ video: film, missing: 1 }];
  const nodesWith = (other: NodeFields) => [nodeOf(1, { zone: 'a' }), nodeOf(2, { zone: 'a' }), nodeOf(3, { zone: 'b', ...other })];
  t.deepEqual(told(replication.plan(wanting, nodesWith({ copying: busy }), 0)), []);
  t.is(replication.obstaclesTo(film, nodesWith({ copying: busy }), 0).get(2), 'same_zone');
  t.deepEqual(told(replication.plan(wanting, nodesWith({ state: 'suspect' }), 0)), [], 'it may be back in a moment');
  t.deepEqual(told(new Replication(settings).plan(wanting, nodesWith({ state: 'down' }), 0)), ['film to 2']);
  t.deepEqual(told(replication.plan(wanting, nodesWith({}), 1)), ['film to 3']);
  t.deepEqual(told(new Replication(settings).plan(wanting, nodesWith({ freeBytes: 5 }), 2)), ['film to 2'], 'no other zone has room');
});

test('why a node gets no order can be told', t => {
  const replication = new Replication(settings);
  const film = videoOf('film', [1]);
  const nodes = [
    nodeOf(1), nodeOf(2, { state: 'joining' }), nodeOf(3, { state: 'suspect' }), nodeOf(4, { state: 'down' }), nodeOf(5, { mode: 'draining' }),
    nodeOf(6, { freeBytes: 9 }), nodeOf(7, { copying: [videoOf('x', [9]), videoOf('y', [9])] }), nodeOf(8),
  ];
  t.deepEqual([...replication.obstaclesTo(film, nodes, 0).values()], ['holds', 'joining', 'suspect', 'down', 'draining', 'no_room', 'busy', undefined]);
  replication.plan([{ video: film, missing: 1 }], nodes, 0);
  t.is(replication.obstaclesTo(film, nodes, 1).get(8), 'ordered');
  replication.plan([{ video: film, missing: 1 }], nodes, 40);
  t.is(replication.obstaclesTo(film, nodes, 41).get(8), 'refused');
});

test('a node that drains is given nothing, and loses what it was given', t => {
  const replication = new Replication(settings);
  const wanting = [{ video: videoOf('film', [1]), missing: 1 }];
  t.deepEqual(told(replication.plan(wanting, [nodeOf(1), nodeOf(2)], 0)), ['film to 2']);
  replication.plan(wanting, [nodeOf(1), nodeOf(2, { mode: 'draining' })], 1);
  t.deepEqual(replication.standing, []);
});

test('of a file that needs fewer copies than before, those that nobody has begun are withdrawn', t => {
  const replication = new Replication(settings);
  const film = videoOf('film', [1]);
  const nodes = [nodeOf(1), nodeOf(2), nodeOf(3)];
  replication.plan([{ video: film, missing: 2 }], nodes, 0);
  const begun = [nodeOf(1), nodeOf(2, { copying: [film] }), nodeOf(3)];
  replication.plan([{ video: film, missing: 1 }], begun, 1);
  t.deepEqual(told(replication.standing), ['film to 2']);
  t.deepEqual(replication.standing[0]!.progress, { sinceMs: 1, fromBytes: 0, doneBytes: 0 });
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

test('of a copy under way only what has still to arrive takes room that is free', t => {
  const [large, film] = [videoOf('large', [9], 100), videoOf('film', [9], 40)];
  const replication = new Replication({ ...settings, copiesPerNode: 3 });
  const copying = [{ id: large.id, name: large.name, doneBytes: 90 }];
  const wanting = [large, film].map(video => ({ video, missing: 1 }));
  const nodesWith = (freeBytes: number) => [{ ...nodeOf(1, { freeBytes }), copying }];
  t.deepEqual(told(replication.plan(wanting, nodesWith(49), 0)), []);
  t.deepEqual(told(replication.plan(wanting, nodesWith(50), 1)), ['film to 1']);
});

test('what uploads have still to bring is no room for copies', t => {
  const wanting = [{ video: videoOf('film', [9], 40), missing: 1 }];
  const nodesWith = (doneBytes: number) => [{ ...nodeOf(1, { freeBytes: 50 }), receiving: [{ uploadId: 'a', doneBytes, sizeBytes: 100 }, { uploadId: 'b', doneBytes: 5 }] }];
  t.deepEqual(told(new Replication(settings).plan(wanting, nodesWith(89), 0)), []);
  t.deepEqual(told(new Replication(settings).plan(wanting, nodesWith(90), 0)), ['film to 1']);
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
  t.like(replication.ordersFor(3), [{ node: 3, video: heldByTwo }] as never, 'with the holders of now');
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
  t.deepEqual([...asked].toSorted(), [2, 3, 4, 5]);
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
