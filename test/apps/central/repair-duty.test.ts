import test from 'ava';
import { RepairDuty } from '../../../lib/apps/central/repair-duty.ts';
import type { Video } from '../../../lib/domain/catalog.ts';
import type { Lease, Leases } from '../../../lib/domain/lease.ts';
import type { NodeStatus } from '../../../lib/domain/node-registry.ts';
import { Replication } from '../../../lib/domain/replication.ts';
import { Surplus } from '../../../lib/domain/surplus.ts';
import { MemoryLeases } from '../../../lib/io/catalog/memory-shared-state.ts';

const LEASE_MS = 6000;
const faro: Video = { name: 'faro.mp4', id: 'f'.repeat(64), sizeBytes: 5, addedAtMs: 0, nodes: [1] };
const up = (number: number): NodeStatus => ({
  number, identity: `${number}`, url: `http://127.0.0.1:${number}`, freeBytes: 100 * number, totalBytes: 1000, files: 0, activeRequests: 0, copying: [], receiving: [], state: 'up', mode: 'active', isDrained: false, silentMs: 0, upForMs: 0,
});

/** Centrals that share leases, in a time that the test moves. */
class Centrals {
  readonly #leases = new MemoryLeases(() => this.nowMs);
  nowMs = 0;

  central(holder: string, leases: Leases = this.#leases) {
    const clock = { now: () => this.nowMs, date: () => this.nowMs, sleep: async () => undefined };
    const replication = new Replication({ copiesPerNode: 2, ordersPerNode: 32, aheadBytes: Infinity, patienceMs: 30_000, pauseMs: 60_000 });
    const surplus = new Surplus({ graceMs: 0, freshMs: 1000 });
    const duty = new RepairDuty({ leases, replication, surplus, clock, holder, leaseMs: LEASE_MS });
    let plans = 0;
    const planTo = (...nodes: readonly number[]) => async () => {
      plans += 1;
      replication.plan([{ video: faro, missing: 1 }], [up(1), ...nodes.map(up)], this.nowMs);
    };
    return {
      duty,
      leases: this.#leases,
      turn: (...nodes: readonly number[]) => duty.turn(planTo(...nodes)),
      plan: planTo,
      orders: () => [1, 2, 3].flatMap(node => duty.copiesFor(node).map(({ video }) => `${video.name} to ${node}`)),
      get plans() {
        return plans;
      },
    };
  }
}

test('one central plans, and all of them give its orders', async t => {
  const centrals = new Centrals();
  const [one, two] = [centrals.central('one'), centrals.central('two')];
  await one.turn(2, 3);
  await two.turn(2, 3);
  t.deepEqual([one.plans, two.plans], [1, 0]);
  t.deepEqual(one.orders(), ['faro.mp4 to 3']);
  t.deepEqual(two.orders(), one.orders());
});

test('who plans goes on doing so, and renews in time', async t => {
  const centrals = new Centrals();
  const [one, two] = [centrals.central('one'), centrals.central('two')];
  for (let turn = 0; turn < 20; turn += 1) {
    await one.turn(2);
    await two.turn(2);
    centrals.nowMs += 1000;
  }
  t.deepEqual([one.plans, two.plans], [20, 0]);
});

test('when the one that plans dies another takes over, with what was ordered, so that no copy is made twice', async t => {
  const centrals = new Centrals();
  const [one, two] = [centrals.central('one'), centrals.central('two')];
  await one.turn(2, 3);
  t.deepEqual(one.orders(), ['faro.mp4 to 3']);
  centrals.nowMs += LEASE_MS;
  // Node 4 would be a better place by now.
  await two.turn(2, 3, 4);
  t.is(two.plans, 1);
  t.deepEqual(two.orders(), ['faro.mp4 to 3']);
});

test('one that stops hands over at once', async t => {
  const centrals = new Centrals();
  const [one, two] = [centrals.central('one'), centrals.central('two')];
  await one.turn(2);
  await one.duty[Symbol.asyncDispose]();
  t.deepEqual(one.orders(), []);
  await two.turn(2);
  t.is(two.plans, 1);
});

test('one that was paused and wakes with a stale lease changes nothing', async t => {
  const centrals = new Centrals();
  const [one, two] = [centrals.central('one'), centrals.central('two')];
  await one.turn(2, 3);
  // It was paused between the question whether the lease is its own and the writing of what it planned.
  const woken = one.duty.turn(async () => {
    centrals.nowMs += LEASE_MS;
    t.deepEqual(one.orders(), [], 'its old orders have run out');
    await two.turn(2, 3);
    await one.plan()();
  });
  await woken;
  t.deepEqual(one.orders(), []);
  t.deepEqual(two.orders(), ['faro.mp4 to 3']);
  await one.turn(2);
  t.is(one.plans, 2, 'it plans no more');
  t.deepEqual(one.orders(), ['faro.mp4 to 3'], 'it gives what the other ordered');
});

test('a database that is away for less than the lease is not noticed, and nothing is ordered when it stays away', async t => {
  const centrals = new Centrals();
  let isAway = false;
  const { leases } = centrals.central('none');
  const failing = async <T>(work: () => Promise<T>): Promise<T> => {
    if (isAway) throw new Error('away');
    return work();
  };
  const distant: Leases = {
    acquire: (name, holder, forMs) => failing(() => leases.acquire(name, holder, forMs)),
    renew: (lease: Lease, forMs) => failing(() => leases.renew(lease, forMs)),
    release: lease => failing(() => leases.release(lease)),
    leave: (lease, text) => failing(() => leases.leave(lease, text)),
    read: name => failing(() => leases.read(name)),
  };
  const one = centrals.central('one', distant);
  await one.turn(2);
  isAway = true;
  centrals.nowMs += LEASE_MS - 1;
  await t.throwsAsync(one.turn(2));
  t.deepEqual(one.orders(), ['faro.mp4 to 2']);
  centrals.nowMs += 1;
  await t.throwsAsync(one.turn(2));
  t.deepEqual(one.orders(), []);
  isAway = false;
  await one.turn(2);
  t.deepEqual(one.orders(), ['faro.mp4 to 2']);
  isAway = true;
  await t.notThrowsAsync(async () => one.duty[Symbol.asyncDispose]());
});
