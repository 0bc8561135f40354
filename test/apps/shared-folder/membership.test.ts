import { randomUUID } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import { systemClock as clock } from '../../../lib/base/clock.ts';
import { VideoError } from '../../../lib/base/errors.ts';
import { createLog } from '../../../lib/base/log.ts';
import type { PeerFile } from '../../../lib/domain/peer-file.ts';
import { Membership, type MembershipPorts } from '../../../lib/apps/shared-folder/membership.ts';
import { eventually } from '../../helpers/eventually.ts';
import { createGate } from '../../helpers/gate.ts';

const signal = new AbortController().signal;
const filesOf = (...names: readonly string[]) => new Map(names.map((name): [string, PeerFile] => [name, { name, sizeBytes: 1 }]));

/** A registry in memory, as a central has one, that forgets everything or is away when told. */
function openMember(t: ExecutionContext, { leaseMs = 60, files = filesOf('a.mp4') } = {}) {
  const known = new Map<string, Map<string, PeerFile>>();
  const counts = { joins: 0, updates: 0 };
  const told: string[] = [];
  const state = { isAway: false, isFull: false, isReachable: true, held: files, beforeJoin: Promise.resolve() };
  const answer = () => ({ leaseMs, isReachable: state.isReachable });
  const assertThere = () => {
    if (state.isFull) throw new VideoError('peers_full', { what: 'peers', max: 0 });
    if (state.isAway) throw new VideoError('central_unreachable', { address: 'x' });
  };
  const registry = {
    async join({ port, files: first }: { readonly port: number; readonly files: readonly PeerFile[] }) {
      assertThere();
      counts.joins += 1;
      await state.beforeJoin;
      const peer = randomUUID();
      known.set(peer, new Map(first.map(file => [file.name, file])));
      return { peer, address: `127.0.0.1:${port}`, ...answer() };
    },
    async update({ peer, added = [], removed = [] }: { readonly peer: string; readonly added?: readonly PeerFile[]; readonly removed?: readonly string[] }) {
      assertThere();
      counts.updates += 1;
      const its = known.get(peer);
      if (!its) throw new VideoError('peer_unknown', { peer });
      for (const name of removed) its.delete(name);
      for (const file of added) its.set(file.name, file);
      return answer();
    },
    async leave({ peer }: { readonly peer: string }) {
      assertThere();
      known.delete(peer);
      return {};
    },
  } as unknown as MembershipPorts['registry'];
  const log = createLog((_level, event) => void told.push(event), 'info');
  const member = new Membership({ ip: '127.0.0.1', port: 8776, identity: randomUUID() }, { registry, centralUrl: 'x', held: () => state.held, clock, log });
  const stop = new AbortController();
  const run = () => {
    const running = member.run(stop.signal);
    t.teardown(async () => {
      stop.abort();
      await running;
    });
  };
  const names = () => [...(known.get(member.lease ?? '')?.keys() ?? [])].sort();
  return { member, known, counts, told, state, run, names };
}

test('everything is told when it joins, however many names there are', async t => {
  const names = Array.from({ length: 2500 }, (_, index) => `v${index}.mp4`);
  const { member, counts, names: known } = openMember(t, { files: filesOf(...names) });
  await member.join({ signal });
  t.deepEqual(known(), names.toSorted());
  t.deepEqual(counts, { joins: 1, updates: 2 });
  t.is(member.address, '127.0.0.1:8776');
});

test('what changes is told at once, and only that', async t => {
  const { member, counts, state, run, names } = openMember(t, { leaseMs: 600_000 });
  await member.join({ signal });
  run();
  state.held = filesOf('b.mp4', 'c.mp4');
  member.noteChange();
  await eventually('the changes are known', () => names().join(' ') === 'b.mp4 c.mp4');
  await member.tell({ signal });
  t.is(counts.updates, 1);
  state.held = filesOf('c.mp4', 'd.mp4');
  await member.tell({ signal });
  t.deepEqual(names(), ['c.mp4', 'd.mp4']);
});

test('the lease is renewed while nothing happens', async t => {
  const { member, counts, run } = openMember(t);
  await member.join({ signal });
  run();
  await eventually('three renewals', () => counts.updates >= 3);
  t.is(counts.joins, 1);
});

test('a central that forgot the peer takes it in again, with all that it has', async t => {
  const { member, known, counts, run, names } = openMember(t);
  await member.join({ signal });
  run();
  known.clear();
  await eventually('it joined again', () => counts.joins === 2);
  t.deepEqual(names(), ['a.mp4']);

  known.clear();
  await member.tell({ signal });
});

test('a central that is away is told once, and its return', async t => {
  const { member, told, state, run } = openMember(t);
  await member.join({ signal });
  run();
  state.isAway = true;
  await eventually('it is missed', () => told.length === 1);
  state.isAway = false;
  await eventually('it is back', () => told.length === 2);
  t.deepEqual(told, ['central.lost', 'central.reached']);
});

test('a peer that cannot be reached says so once, until it can', async t => {
  const { member, counts, told, state, run } = openMember(t);
  state.isReachable = false;
  await member.join({ signal });
  run();
  await eventually('renewals', () => counts.updates >= 3);
  t.deepEqual(told, ['peer.unreachable']);
  state.isReachable = true;
  const before = counts.updates;
  await eventually('it is reached', () => counts.updates >= before + 2);
  state.isReachable = false;
  await eventually('it is told again', () => told.length === 2);
});

test('who leaves is forgotten; a central that is away does not hold it up', async t => {
  const { member, known, state } = openMember(t);
  await member.join({ signal });
  await member.leave();
  t.is(known.size, 0);
  t.is(member.lease, undefined);
  await member.join({ signal });
  state.isAway = true;
  await t.notThrowsAsync(member.leave());
});

test('who did not join by itself joins as soon as the central is there', async t => {
  const { member, told, state, run, names } = openMember(t, { leaseMs: 600_000 });
  state.isAway = true;
  run();
  await eventually('it is missed', () => told.length === 1);
  t.is(member.address, undefined);
  state.isAway = false;
  await eventually('it joined', () => member.lease);
  t.deepEqual([names(), told], [['a.mp4'], ['central.lost', 'central.reached']]);
});

test('a central that takes nobody in is told once, and not as one that is away', async t => {
  const { told, state, run } = openMember(t);
  state.isFull = true;
  run();
  await eventually('it is told', () => told.length === 1);
  t.deepEqual(told, ['peer.refused']);
});

test('who is being taken in when it has to go leaves all the same', async t => {
  const { member, known, counts, state } = openMember(t);
  const stop = new AbortController();
  const gate = createGate();
  state.beforeJoin = gate.opened;
  const running = member.run(stop.signal);
  await eventually('it is joining', () => counts.joins === 1);
  stop.abort();
  gate.open();
  await running;
  t.is(known.size, 1);
  await member.leave();
  t.is(known.size, 0);
});
