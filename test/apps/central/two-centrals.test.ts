import anyTest, { type ExecutionContext, type TestFn } from 'ava';
import type { Heartbeat } from '../../../lib/protocol/control.ts';
import { CentralSite } from '../../helpers/central-site.ts';
import { eventually } from '../../helpers/eventually.ts';
import type { FakeNode } from '../../helpers/fake-node.ts';
import { manifestNamed } from '../../helpers/manifests.ts';
import { sharedPostgres, withPostgres } from '../../helpers/postgres.ts';

const faro = manifestNamed('faro.mp4', 1);

/** As a process that is stopped: it does nothing any more by itself, and lets nothing go. */
function stopTicking({ clock }: CentralSite): void {
  clock.sleep = (_ms, { signal } = {}) => new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
}

withPostgres(anyTest as TestFn, test => {
  const postgres = sharedPostgres(test);

  const openTwo = async (t: ExecutionContext, choices: { readonly repairLeaseMs?: number } = {}) => {
    const databaseUrl = await (await postgres()).database();
    const open = () => CentralSite.open(t, { databaseUrl, shareEveryMs: 10, replicas: 2, ...choices });
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
});
