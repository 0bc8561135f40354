import test from 'ava';
import type { Video } from '../../lib/domain/catalog.ts';
import type { NodeStatus } from '../../lib/domain/node-registry.ts';
import { Surplus, type DropOrder } from '../../lib/domain/surplus.ts';

const GRACE_MS = 100;
const settings = { graceMs: GRACE_MS, freshMs: 10 };
const film: Video = { name: 'film', id: 'id of film', sizeBytes: 10, addedAtMs: 0, nodes: [1, 2, 3, 4] };

function nodeOf(number: number, fields: Partial<NodeStatus> = {}): NodeStatus {
  const known = { number, identity: `identity of ${number}`, url: `http://node-${number}`, freeBytes: 1000, totalBytes: 1000, files: 0, activeRequests: 0, copying: [], receiving: [] };
  return { ...known, state: 'up', mode: 'active', isDrained: false, silentMs: 0, upForMs: GRACE_MS, ...fields };
}

const nodes = [1, 2, 3, 4].map(number => nodeOf(number));
const told = (orders: readonly DropOrder[]) => orders.map(({ node, video }) => `${video.name} of ${node}`);
const nodesWith = (number: number, fields: Partial<NodeStatus>) => nodes.map(node => (node.number === number ? nodeOf(number, fields) : node));

test('one replica at a time is told to be freed, until its node says that it is gone', t => {
  const surplus = new Surplus(settings);
  const crowd = [{ video: film, wanted: 2 }];
  const [first, ...more] = surplus.plan(crowd, nodes);
  t.deepEqual(more, []);
  t.deepEqual(surplus.plan(crowd, nodes), [], 'the order stands');
  t.deepEqual(told(surplus.ordersFor(first!.node)), told([first!]));
  const left = film.nodes.filter(node => node !== first!.node);
  const [second] = surplus.plan([{ video: { ...film, nodes: left }, wanted: 2 }], nodes);
  t.true(left.includes(second!.node));
  t.deepEqual(surplus.plan([{ video: { ...film, nodes: left.filter(node => node !== second!.node) }, wanted: 2 }], nodes), []);
  t.deepEqual(surplus.standing, []);
});

test('replicas count only on nodes that have been up for the grace, were heard just now and do not drain', t => {
  const crowd = [{ video: film, wanted: 3 }];
  for (const fields of [{ upForMs: GRACE_MS - 1 }, { upForMs: undefined, state: 'suspect' }, { upForMs: undefined, state: 'down' }, { mode: 'draining' }, { silentMs: 11 }] as const) {
    t.deepEqual(new Surplus(settings).plan(crowd, nodesWith(2, fields)), [], JSON.stringify(fields));
  }
  t.is(new Surplus(settings).plan(crowd, nodes).length, 1);
});

test('an order is withdrawn when the replica is needed again', t => {
  const surplus = new Surplus(settings);
  const crowd = [{ video: film, wanted: 3 }];
  const [order] = surplus.plan(crowd, nodes);
  const another = film.nodes.find(node => node !== order!.node)!;
  surplus.plan(crowd, nodesWith(another, { state: 'suspect', upForMs: undefined }));
  t.deepEqual(surplus.standing, []);
});

test('the replica in the fullest zone is freed', t => {
  const zoned = nodes.map(node => ({ ...node, zone: node.number === 4 ? 'b' : 'a' }));
  const [order] = new Surplus(settings).plan([{ video: { ...film, nodes: [1, 2, 4] }, wanted: 2 }], zoned);
  t.true([1, 2].includes(order!.node));
});
