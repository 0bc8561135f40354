import test from 'ava';
import type { Video } from '../../lib/domain/catalog.ts';
import { explain, type Circumstances } from '../../lib/domain/explanation.ts';
import type { NodeStatus } from '../../lib/domain/node-registry.ts';

const videoOf = (...nodes: readonly number[]): Video => ({ name: 'film', id: 'id of film', sizeBytes: 1000, addedAtMs: 0, nodes });

function nodeOf(number: number, fields: Partial<NodeStatus> = {}): NodeStatus {
  const known = { number, identity: `identity of ${number}`, url: `http://node-${number}`, freeBytes: 50, totalBytes: 1000, files: 0, activeRequests: 0, copying: [], receiving: [] };
  return { ...known, state: 'up', mode: 'active', isDrained: false, silentMs: 0, upForMs: 1, ...fields };
}

function circumstances(nodes: readonly NodeStatus[], fields: Partial<Circumstances> = {}): Circumstances {
  const active = nodes.filter(({ mode }) => mode === 'active');
  const census = {
    replicas: 2,
    extraFor: () => 0,
    returnsOf: () => [],
    living: active.filter(({ state }) => state !== 'down').map(({ number }) => number),
    counted: active.map(({ number }) => number),
  };
  return { census, nodes, obstacles: new Map(), copies: [], drops: [], graceLeftMs: () => 7000, nowMs: 100, ...fields };
}

test('a whole file, and one with more than it needs', t => {
  const nodes = [1, 2, 3].map(number => nodeOf(number));
  t.like(explain(videoOf(1, 2), circumstances(nodes, { obstacles: new Map([[1, 'holds'], [2, 'holds'], [3, undefined]]) })), {
    verdict: 'whole', replicas: 2, wanted: 2, wholeInMs: undefined, others: [{ node: 3, obstacle: undefined }],
  });
  const crowded = explain(videoOf(1, 2, 3), circumstances(nodes, { drops: [{ node: 3, video: videoOf(1, 2, 3) }] }));
  t.is(crowded.verdict, 'surplus');
  t.deepEqual(crowded.holders.map(({ isDropping }) => isDropping), [false, false, true]);
});

test('a file whose copy is under way tells how far it is and when it will be done', t => {
  const progress = { sinceMs: 0, fromBytes: 100, doneBytes: 600 };
  const order = { node: 2, video: videoOf(1), progress };
  const obstacles = new Map([[1, 'holds'], [2, 'ordered']] as const);
  const explained = explain(videoOf(1), circumstances([nodeOf(1), nodeOf(2)], { copies: [order], obstacles, nowMs: 5000 }));
  t.like(explained, { verdict: 'copying', wholeInMs: 4000, copies: [{ node: 2, doneBytes: 600, leftMs: 4000 }], others: [] });
  const waiting = explain(videoOf(1), circumstances([nodeOf(1), nodeOf(2)], { copies: [{ ...order, progress: undefined }], obstacles }));
  t.like(waiting, { verdict: 'copying', wholeInMs: undefined, copies: [{ node: 2, doneBytes: undefined }] });
});

test('a file that comes back from the trash of a node is on its way, without a copy', t => {
  const { census } = circumstances([nodeOf(1), nodeOf(2)]);
  const back = explain(videoOf(1), circumstances([nodeOf(1), nodeOf(2)], { census: { ...census, returnsOf: () => [{ node: 2, isLate: false }] } }));
  t.like(back, { verdict: 'copying', replicas: 1, wanted: 2, copies: [], wholeInMs: undefined });
});

test('a node that is away counts for a while, and is waited for', t => {
  const explained = explain(videoOf(1, 2, 3), circumstances([nodeOf(1), nodeOf(2), nodeOf(3, { state: 'down' })], { census: { replicas: 3, extraFor: () => 0, returnsOf: () => [], living: [1, 2], counted: [1, 2, 3] } }));
  t.is(explained.verdict, 'waiting');
  t.like(explained.holders[2], { node: 3, counts: true, graceLeftMs: 7000 });
});

test('a file that nobody can take tells why, node by node', t => {
  const obstacles = new Map([[1, 'holds'], [2, 'no_room'], [3, 'refused']] as const);
  const explained = explain(videoOf(1), circumstances([1, 2, 3].map(number => nodeOf(number)), { obstacles }));
  t.like(explained, { verdict: 'blocked', replicas: 1, others: [{ node: 2, obstacle: 'no_room', freeBytes: 50 }, { node: 3, obstacle: 'refused' }] });
  const busy = explain(videoOf(1), circumstances([1, 2].map(number => nodeOf(number)), { obstacles: new Map([[1, 'holds'], [2, 'busy']] as const) }));
  t.is(busy.verdict, 'queued');
});

test('a file without any source waits for one, and a draining node is a source that does not count', t => {
  t.is(explain(videoOf(1), circumstances([nodeOf(1, { state: 'down' }), nodeOf(2)], { obstacles: new Map([[2, undefined]]) })).verdict, 'no_source');
  const drained = explain(videoOf(1), circumstances([nodeOf(1, { mode: 'draining' }), nodeOf(2), nodeOf(3)], { obstacles: new Map([[2, undefined], [3, undefined]]) }));
  t.like(drained, { verdict: 'queued', replicas: 0, holders: [{ node: 1, counts: false, mode: 'draining' }] as never });
});
