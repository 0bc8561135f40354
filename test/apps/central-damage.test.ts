import test, { type ExecutionContext } from 'ava';
import { MINUTE_MS } from '../../lib/base/units.ts';
import type { Manifest } from '../../lib/domain/manifest.ts';
import type { ControlClient, Ticket } from '../../lib/protocol/control.ts';
import { CentralSite } from '../helpers/central-site.ts';
import { eventually } from '../helpers/eventually.ts';
import type { FakeNode } from '../helpers/fake-node.ts';
import { manifestNamed, manifestOfParts } from '../helpers/manifests.ts';

const film = manifestOfParts(4);
const { id, name } = film;

interface Site {
  readonly site: CentralSite;
  readonly client: ControlClient;
  readonly nodes: readonly FakeNode[];
}

/** Nodes 1, 2 …, the first of which hold the film. */
async function openSite(t: ExecutionContext, { holders = 2, others = 0, replicas = 2 } = {}): Promise<Site> {
  const site = await CentralSite.open(t, { replicas });
  const client = site.client();
  const nodes = await Promise.all(Array.from({ length: holders + others }, (_, index) => site.node({ number: index + 1 })));
  for (const [index, node] of nodes.entries()) {
    if (index < holders) node.hold(film);
    await node.join(client);
  }
  return { site, client, nodes };
}

/** What a node says after it found these parts bad. */
const told = (...badParts: readonly number[]) => ({ damaged: [{ id, name, badParts: [...badParts] }] });

function spoil(node: FakeNode, client: ControlClient, manifest: Manifest, ...badParts: readonly number[]) {
  node.lose(manifest);
  return node.beat(client, told(...badParts));
}

const sourcesIn = (ticket: Ticket) => (ticket.state === 'granted' ? ticket.sources.map(({ node, badParts }) => ({ node, badParts })) : []);

test('a damaged replica is no copy, but a source of what is good in it, and comes last', async t => {
  const { site, client, nodes } = await openSite(t);
  await spoil(nodes[0]!, client, film, 1, 3);
  t.deepEqual((await client.videos.find({ id })).nodes, [2]);
  const ticket = await client.tickets.open({ client: 'ana', name });
  t.deepEqual(sourcesIn(ticket), [{ node: 2, badParts: undefined }, { node: 1, badParts: [1, 3] }]);
  t.is(site.count('replica.damaged'), 1);
  await nodes[0]!.beat(client, told(1, 3));
  t.is(site.count('replica.damaged'), 1, 'it is told once');
});

test('its node is told to copy it from those that have its bad parts, damaged ones too, and the rest of nobody', async t => {
  const { client, nodes } = await openSite(t);
  const [one, two] = nodes;
  const { orders } = await spoil(one!, client, film, 1);
  t.deepEqual(orders.map(order => order.type === 'copy' && order.sources.map(({ node }) => node)), [[2]]);
  await spoil(two!, client, film, 2);
  for (const [node, other, badParts] of [[one!, two!, [2]], [two!, one!, [1]]] as const) {
    const mend = (await node.beat(client, told(node === one ? 1 : 2))).orders[0];
    t.like(mend, { type: 'copy', id, name, sources: [{ node: other.number, badParts }] });
  }
  t.deepEqual((await two!.beat(client, told(1, 2))).orders, [], 'part 1 is good nowhere');
});

test('a video of which only damaged replicas are left can be downloaded', async t => {
  const { client, nodes } = await openSite(t);
  await spoil(nodes[0]!, client, film, 0);
  await spoil(nodes[1]!, client, film, 1);
  const ticket = await client.tickets.open({ client: 'ana', name });
  t.deepEqual(sourcesIn(ticket).map(({ badParts }) => badParts), [[0], [1]]);
});

test('a moment after the damage nobody else is told to copy, and later somebody is', async t => {
  const { site, client, nodes } = await openSite(t, { others: 1 });
  const [one, two, third] = nodes;
  await spoil(one!, client, film, 1);
  const passes = async () => {
    for (const node of [two!, third!]) await node.beat(client);
    return one!.beat(client, told(1));
  };
  await passes();
  // When the central orders this one it has looked at both.
  two!.hold(manifestNamed('witness', 1));
  await two!.join(client);
  const isOrdered = (wanted: string) => site.events.some(({ event, fields }) => event === 'copy.ordered' && 'name' in fields && fields.name === wanted);
  await eventually('the witness is to be copied', () => isOrdered('witness'));
  t.false(isOrdered(name));
  site.clock.forward(2 * MINUTE_MS);
  await eventually('another node is told', async () => {
    await passes();
    return isOrdered(name);
  });
});

test('a complaint is an order that is repeated until the node has told its result, and then there is quiet', async t => {
  const { site, client, nodes } = await openSite(t, { others: 1 });
  const [node, , third] = nodes;
  const { ticketId } = await client.tickets.open({ client: 'ana', name });
  const complain = (about: number, kind: 'corrupt' | 'stalled' = 'corrupt') =>
    client.tickets.progress({ ticketId, doneBytes: 0, problems: [{ node: about, kind, part: 0 }] });
  await complain(1, 'stalled');
  await complain(3);
  t.deepEqual((await node!.beat(client)).orders, []);
  t.deepEqual((await third!.beat(client)).orders, [], 'it does not hold the video');
  await complain(1);
  await complain(1);
  for (const _ of [1, 2]) t.deepEqual((await node!.beat(client)).orders, [{ type: 'verify', id, name }]);
  const verified = [{ id, name, badParts: [] }];
  for (const _ of [1, 2]) t.deepEqual((await node!.beat(client, { verified })).orders, [], 'told twice, as it may be');
  await complain(1);
  t.deepEqual((await node!.beat(client)).orders, []);
  t.is(site.count('verify.ordered'), 1);
  site.clock.forward(10 * MINUTE_MS);
  await node!.join(client);
  const again = await client.tickets.open({ client: 'ana', name });
  await client.tickets.progress({ ticketId: again.ticketId, doneBytes: 0, problems: [{ node: 1, kind: 'corrupt' }] });
  t.deepEqual((await node!.beat(client)).orders, [{ type: 'verify', id, name }]);
  node!.lose(film);
  t.deepEqual((await node!.beat(client)).orders, [], 'who lost it is not asked any more');
});

test('a replica that is announced again is mended', async t => {
  const { site, client, nodes } = await openSite(t);
  await spoil(nodes[0]!, client, film, 1);
  nodes[0]!.hold(film);
  await nodes[0]!.beat(client);
  t.is(site.count('replica.mended'), 1);
  t.deepEqual((await client.videos.find({ id })).nodes, [1, 2]);
});
