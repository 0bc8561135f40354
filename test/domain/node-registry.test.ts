import test from 'ava';
import type { NodeMode } from '../../lib/domain/node-mode.ts';
import { NodeRegistry, type NodeReport } from '../../lib/domain/node-registry.ts';

const settings = { suspectAfterMs: 6, downAfterMs: 15, startGraceMs: 15 };
const reportOf = (number: number, fields: Partial<NodeReport> = {}): NodeReport => ({
  number,
  identity: `identity of ${number}`,
  url: `http://127.0.0.1:${50_000 + number}`,
  freeBytes: 1000,
  totalBytes: 2000,
  files: 0,
  activeRequests: 0,
  receiving: [],
  copying: [],
  ...fields,
});
const recordOf = (number: number, mode: NodeMode = 'active') => ({ ...reportOf(number), seenAtMs: 0, mode });

function join(registry: NodeRegistry, report: NodeReport, nowMs: number): void {
  registry.heartbeat(report, nowMs);
  registry.reached(report, true);
}

test('a node is offered once it was reached', t => {
  const registry = new NodeRegistry(0, settings);
  t.true(registry.heartbeat(reportOf(1), 1), 'it has to be reached');
  t.false(registry.isAvailable(1, 1));
  t.true(registry.reached(reportOf(1), false));
  t.false(registry.isAvailable(1, 1));
  t.true(registry.heartbeat(reportOf(1), 2), 'still to be reached');
  t.true(registry.reached(reportOf(1), true));
  t.true(registry.isAvailable(1, 2));
  t.false(registry.heartbeat(reportOf(1), 3), 'nothing to find out');
  t.is(registry.get(1, 3)?.state, 'up');
});

test('only what changes is news: a node that stays out of reach is not told at each heartbeat', t => {
  const registry = new NodeRegistry(0, settings);
  registry.heartbeat(reportOf(1), 1);
  t.true(registry.reached(reportOf(1), false));
  registry.heartbeat(reportOf(1), 2);
  t.false(registry.reached(reportOf(1), false));
  t.true(registry.reached(reportOf(1), true));
  t.false(registry.reached(reportOf(1), true), 'of two heartbeats in parallel the second brings no news');
});

test('a node that moved is reached again, and what was found out at the old address counts no more', t => {
  const registry = new NodeRegistry(0, settings);
  join(registry, reportOf(1), 1);
  const moved = reportOf(1, { url: 'http://127.0.0.1:1' });
  t.true(registry.heartbeat(moved, 2));
  t.false(registry.isAvailable(1, 2));
  t.false(registry.reached(reportOf(1), true), 'somebody was still reaching it at the old address');
  t.false(registry.isAvailable(1, 2));
  t.true(registry.reached(moved, true));
  t.true(registry.isAvailable(1, 2));
});

test('a number belongs to one identity until that one is down', t => {
  const registry = new NodeRegistry(0, settings);
  join(registry, reportOf(1), 20);
  const other = reportOf(1, { identity: 'another' });
  for (const nowMs of [20, 34]) t.throws(() => registry.heartbeat(other, nowMs), { code: 'node_conflict' });
  t.is(registry.get(1, 34)?.identity, 'identity of 1');
  t.true(registry.heartbeat(other, 35), 'it has to be reached as well');
  t.false(registry.isAvailable(1, 35), 'what the first one proved is not the second one’s');
  t.throws(() => registry.heartbeat(reportOf(1), 36), { code: 'node_conflict' }, 'the first one is too late');
});

test('a node of the catalogue keeps its number through a restart of the central', t => {
  const registry = new NodeRegistry(0, settings);
  registry.remember(recordOf(1));
  t.like(registry.get(1, 1), { state: 'joining', silentMs: undefined });
  t.throws(() => registry.heartbeat(reportOf(1, { identity: 'another' }), 14), { code: 'node_conflict' });
  t.true(registry.heartbeat(reportOf(1, { identity: 'another' }), 15));
});

test('who is copying what is known once all were heard, and those that copy were asked where they are', t => {
  const registry = new NodeRegistry(0, settings);
  registry.remember(recordOf(1));
  t.false(registry.knowsCopies(1), 'not heard');
  registry.heartbeat(reportOf(1), 2);
  t.true(registry.knowsCopies(2), 'it copies nothing');
  const copying = reportOf(2, { copying: [{ id: 'a', name: 'a.mp4' }] });
  registry.heartbeat(copying, 3);
  t.false(registry.knowsCopies(3));
  registry.reached(copying, false);
  t.true(registry.knowsCopies(3), 'it cannot be reached');
  registry.remember(recordOf(3));
  t.true(registry.knowsCopies(20), 'who stays silent is down');
});

test('nodes come in order of number, with what they said last', t => {
  const registry = new NodeRegistry(0, settings);
  for (const number of [30, 4, 100]) join(registry, reportOf(number), 1);
  registry.heartbeat(reportOf(4, { activeRequests: 9 }), 5);
  t.deepEqual(registry.all(8).map(({ number, silentMs, activeRequests }) => [number, silentMs, activeRequests]), [
    [4, 3, 9],
    [30, 7, 0],
    [100, 7, 0],
  ]);
  t.is(registry.get(5, 8), undefined);
  t.false(registry.isAvailable(5, 8));
});

test('each change is told once', t => {
  const registry = new NodeRegistry(0, settings);
  join(registry, reportOf(1), 20);
  t.deepEqual(registry.tick(20), [{ number: 1, from: 'joining', to: 'up', silentMs: 0 }]);
  t.deepEqual(registry.tick(21), []);
  t.deepEqual(registry.tick(27), [{ number: 1, from: 'up', to: 'suspect', silentMs: 7 }]);
  t.true(registry.isAvailable(1, 27), 'a suspect is still offered');
  t.deepEqual(registry.tick(36), [{ number: 1, from: 'suspect', to: 'down', silentMs: 16 }]);
  t.false(registry.isAvailable(1, 36));
  registry.heartbeat(reportOf(1), 40);
  t.deepEqual(registry.tick(41), [{ number: 1, from: 'down', to: 'up', silentMs: 1 }]);
});

test('replicas of a node count until it has been down for the grace', t => {
  const registry = new NodeRegistry(0, settings);
  registry.remember(recordOf(1));
  join(registry, reportOf(2), 10);
  t.deepEqual(registry.counted(16, 5), [1, 2]);
  t.deepEqual(registry.counted(20, 5), [2], 'never heard: since the start');
  t.deepEqual(registry.counted(29, 5), [2]);
  t.deepEqual(registry.counted(30, 5), []);
});

test('how long a silent node still counts can be told', t => {
  const registry = new NodeRegistry(0, settings);
  join(registry, reportOf(1), 10);
  t.is(registry.graceLeftMs(1, 26, 5), 4);
  t.is(registry.graceLeftMs(1, 40, 5), 0);
  t.is(registry.graceLeftMs(2, 40, 5), 0);
});

test('a node that drains serves, and its replicas count no more', t => {
  const registry = new NodeRegistry(0, settings);
  for (const number of [1, 2]) join(registry, reportOf(number), 1);
  registry.setMode(1, 'draining');
  t.true(registry.isAvailable(1, 2));
  t.deepEqual(registry.counted(2, 5), [2]);
  t.like(registry.get(1, 2), { mode: 'draining', isDrained: false });
  t.true(registry.noteDrained(1, true));
  t.false(registry.noteDrained(1, true), 'no news');
  registry.heartbeat(reportOf(1), 3);
  t.like(registry.get(1, 3), { mode: 'draining', isDrained: true });
  t.false(registry.noteDrained(2, true), 'it does not drain');
  registry.setMode(1, 'active');
  t.like(registry.get(1, 3), { mode: 'active', isDrained: false });
  t.deepEqual(registry.counted(3, 5), [1, 2]);
});

test('a node that was retired is refused by its identity, whatever its number; its number is free', t => {
  const registry = new NodeRegistry(0, settings);
  registry.remember(recordOf(1, 'gone'));
  t.deepEqual(registry.all(1), []);
  t.false(registry.isAvailable(1, 1));
  for (const number of [1, 7]) t.throws(() => registry.heartbeat({ ...reportOf(1), number }, 2), { code: 'node_retired' });
  t.deepEqual(registry.tick(20), [], 'its silence is no news');
  const successor = reportOf(1, { identity: 'another' });
  join(registry, successor, 21);
  t.like(registry.get(1, 21), { mode: 'active', identity: 'another', state: 'up' });
});

test('a node that was retired and taken back is as any other', t => {
  const registry = new NodeRegistry(0, settings);
  join(registry, reportOf(1), 1);
  registry.setMode(1, 'gone');
  t.throws(() => registry.heartbeat(reportOf(1), 2), { code: 'node_retired' });
  registry.setMode(1, 'active');
  registry.heartbeat(reportOf(1), 3);
  t.true(registry.isAvailable(1, 3));
});

test('how long a node has been up begins again with each silence', t => {
  const registry = new NodeRegistry(0, settings);
  join(registry, reportOf(1), 20);
  t.is(registry.get(1, 20)?.upForMs, undefined, 'no tick saw it');
  registry.tick(20);
  registry.heartbeat(reportOf(1), 24);
  registry.tick(25);
  t.is(registry.get(1, 26)?.upForMs, 6);
  registry.tick(31);
  registry.heartbeat(reportOf(1), 32);
  registry.tick(33);
  t.is(registry.get(1, 34)?.upForMs, 1);
});
