import anyTest, { type ExecutionContext, type TestFn } from 'ava';
import pg from 'pg';
import { MINUTE_MS } from '../../../lib/base/units.ts';
import type { Heartbeat } from '../../../lib/protocol/control.ts';
import { CentralSite } from '../../helpers/central-site.ts';
import { eventually } from '../../helpers/eventually.ts';
import type { FakeNode } from '../../helpers/fake-node.ts';
import { ForwardClock } from '../../helpers/forward-clock.ts';
import { manifestNamed } from '../../helpers/manifests.ts';
import { sharedPostgres, withPostgres } from '../../helpers/postgres.ts';

const faro = manifestNamed('faro.mp4', 1);

/** As a process that is stopped: it does nothing any more by itself, and lets nothing go. */
function stopTicking({ clock }: CentralSite): void {
  clock.sleep = (_ms, { signal } = {}) => new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
}

/** So many times more, and then no more. */
function letTick(site: CentralSite, times: number): void {
  const { clock } = site;
  const sleep = clock.sleep.bind(clock);
  let left = times;
  clock.sleep = (ms, options) => {
    left -= 1;
    if (left > 0) return sleep(ms, options);
    stopTicking(site);
    return clock.sleep(ms, options);
  };
}

withPostgres(anyTest as TestFn, test => {
  const postgres = sharedPostgres(test);

  const openTwo = async (t: ExecutionContext, choices: { readonly repairLeaseMs?: number; readonly surplusGraceMs?: number; readonly databaseUrl?: string } = {}) => {
    const { databaseUrl = await (await postgres()).database() } = choices;
    // The database has its own time.
    const open = () => CentralSite.open(t, { ...choices, databaseUrl, shareEveryMs: 10, replicas: 2 }, new ForwardClock({ slower: 1 }));
    return [await open(), await open()] as const;
  };

  /** Files that the central tells the node to copy. */
  const ordersFor = async (site: CentralSite, node: FakeNode, told: Partial<Pick<Heartbeat, 'copying'>> = {}) =>
    (await node.beat(site.client(), told)).orders.flatMap(order => (order.type === 'copy' ? [order.name] : []));

  test('any of two centrals offers a node that the other heard, and finds what it announced', async t => {
    const [one, two] = await openTwo(t);
    const node = await one.node({ number: 1 });
    node.hold(faro);
    await node.join(one.client());
    const client = two.client();
    await eventually('the other central offers it', async () => (await client.videos.find({ name: 'faro.mp4' })).available.length > 0);
    t.like(await client.tickets.open({ client: 'ana', name: 'faro.mp4' }), { state: 'granted', sources: [{ node: 1, url: node.url }] });
    t.like((await client.nodes.list()).nodes[0], { number: 1, state: 'up', freeBytes: 1e9, url: node.url });
  });

  test('a central that the database kept waiting hears from the other at its next ticks that the nodes are up', async t => {
    const databaseUrl = await (await postgres()).database();
    const [one, two] = await openTwo(t, { databaseUrl });
    const node = await one.node({ number: 1 });
    await node.join(one.client());
    const seen = async () => (await two.client().nodes.list()).nodes[0]?.state;
    await eventually('the other central knows it', async () => (await seen()) === 'up');
    const holder = new pg.Client({ connectionString: databaseUrl });
    await holder.connect();
    await holder.query('BEGIN; LOCK TABLE leases');
    const waiting = 'SELECT count(*) FROM pg_locks WHERE relation = \'leases\'::regclass AND NOT granted';
    await eventually('both wait', async () => Number((await holder.query<{ count: string }>(waiting)).rows[0]!.count) === 2);
    two.clock.forward(MINUTE_MS);
    letTick(two, 10);
    await holder.end();
    await eventually('it has heard of it again', async () => (await seen()) === 'up');
    t.pass();
  });

  test('a node goes on with the other central where it was, and is not asked for everything again', async t => {
    const [one, two] = await openTwo(t);
    const node = await one.node({ number: 1 });
    node.hold(faro);
    await node.join(one.client());
    const before = node.knownRevision;
    t.like(await node.beat(two.client()), { revision: before, wantedManifests: [] });
  });

  test('a download goes on at the other central when the one that gave the ticket is gone', async t => {
    const [one, two] = await openTwo(t);
    const node = await one.node({ number: 1 });
    node.hold(faro);
    await node.join(one.client());
    const { ticketId } = await one.client().tickets.open({ client: 'ana', name: 'faro.mp4' });
    await one.stop();
    await node.beat(two.client());
    await t.throwsAsync(two.client().tickets.progress({ ticketId, doneBytes: 0, problems: [] }), { code: 'ticket_not_found' });
    t.like(await two.client().tickets.open({ client: 'ana', name: 'faro.mp4', resumes: ticketId }), { state: 'granted', sources: [{ node: 1 }] });
  });

  test('a copy is ordered once, by whichever central its node asks', async t => {
    const [one, two] = await openTwo(t);
    const [full, empty, other] = [await one.node({ number: 1 }), await one.node({ number: 2 }), await one.node({ number: 3, freeBytes: 5e8 })];
    full.hold(faro);
    await full.join(one.client());
    await empty.join(two.client());
    await other.join(two.client());
    const ordersOf = async (site: CentralSite) => ({ empty: await ordersFor(site, empty), other: await ordersFor(site, other) });
    await eventually('both centrals give an order', async () => {
      const given = await Promise.all([ordersOf(one), ordersOf(two)]);
      return given.every(orders => orders.empty.length + orders.other.length > 0);
    });
    t.deepEqual(await ordersOf(one), await ordersOf(two));
    t.is(Object.values(await ordersOf(one)).flat().length, 1);
    t.is(one.count('copy.ordered') + two.count('copy.ordered'), 1);
  });

  test('when the central that plans dies without a word the other goes on, and orders nothing twice', async t => {
    const [one, two] = await openTwo(t, { repairLeaseMs: 300 });
    const [full, empty, other] = [await one.node({ number: 1 }), await one.node({ number: 2 }), await one.node({ number: 3, freeBytes: 5e8 })];
    full.hold(faro);
    await full.join(one.client());
    await empty.join(one.client());
    await eventually('the copy is ordered', async () => (await ordersFor(one, empty)).length === 1);
    const [planner, next] = one.count('copy.ordered') === 1 ? [one, two] : [two, one];
    stopTicking(planner);
    await other.join(next.client());
    await full.beat(next.client());
    await eventually('the other central gives the order', async () => (await ordersFor(next, empty)).length === 1);
    const second = manifestNamed('segundo.mp4', 2);
    full.hold(second);
    await full.join(next.client());
    const ordered = async () => [await ordersFor(next, empty), await ordersFor(next, other)].flat();
    await eventually('the other central plans', async () => (await ordered()).includes('segundo.mp4'));
    t.deepEqual((await ordered()).sort(), ['faro.mp4', 'segundo.mp4']);
    t.true((await ordersFor(next, empty)).includes('faro.mp4'));
    t.is(next.count('copy.ordered'), 1, 'the first was taken over, not ordered again');
  });

  test('of two nodes that are retired at once at two centrals, one is not when a file needs one of them', async t => {
    const [one, two] = await openTwo(t);
    for (const number of [1, 2, 3, 4]) {
      const node = await one.node({ number, freeBytes: 0 });
      if (number < 4) node.hold(faro);
      await node.join(one.client());
    }
    const isKnown = async () => (await two.client().nodes.list()).nodes.filter(({ state }) => state === 'up').length === 4;
    await eventually('the other central knows them', isKnown);
    const outcomes = await Promise.allSettled([one.client().nodes.retire({ number: 1 }), two.client().nodes.retire({ number: 2 })]);
    t.true(outcomes.some(({ status }) => status === 'rejected'));
    const modes = async (site: CentralSite) => (await site.client().nodes.list()).nodes.map(({ mode }) => mode);
    await eventually('none is left on its way out', async () => [...(await modes(one)), ...(await modes(two))].every(mode => mode === 'active'));
  });

  test('a node is not retired at one central while the other has told another one to free a file', async t => {
    const [one, two] = await openTwo(t, { surplusGraceMs: 100 });
    const nodes = [await one.node({ number: 1 }), await one.node({ number: 2 }), await one.node({ number: 3 })];
    for (const node of nodes) {
      node.hold(faro);
      await node.join(one.client());
    }
    const dropping = async (node: FakeNode) => (await node.beat(one.client())).orders.some(({ type }) => type === 'drop');
    const told = await eventually('a drop', async () => {
      for (const node of nodes) if (await dropping(node)) return node;
      return undefined;
    });
    const [planner, other] = one.count('drop.ordered') === 1 ? [one, two] : [two, one];
    stopTicking(planner);
    const spared = nodes.find(node => node !== told)!;
    await t.throwsAsync(other.client().nodes.retire({ number: spared.number }), { code: 'node_needed' });
    t.true(await dropping(told), 'and counts again');
  });
});
