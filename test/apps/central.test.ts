import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import test from 'ava';
import { assertStatistics } from '../helpers/statistics-schema.ts';
import { CentralSite, placeOf } from '../helpers/central-site.ts';
import { eventually } from '../helpers/eventually.ts';
import { createGate } from '../helpers/gate.ts';
import { manifestNamed, manifestOf } from '../helpers/manifests.ts';
import type { ControlClient } from '../../lib/protocol/control.ts';

/** Longer than a node may be silent, a client without news, and the grace of the start. */
const LONG_MS = 16_000;
const faro = manifestNamed('faro.mp4', 1);
const mar = manifestNamed('mar.mp4', 2);
const progress = { doneBytes: 0, problems: [] };

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function stateOf(client: ControlClient, number: number): Promise<string | undefined> {
  return (await client.nodes.list()).nodes.find(node => node.number === number)?.state;
}

test('a video is listed once a node announced it and described it', async t => {
  const site = await CentralSite.open(t);
  const client = site.client();
  t.like(await client.health(), { status: 'ok', videos: 0, nodes: 0 });
  const node = await site.node({ number: 7 });
  node.hold(faro);

  const first = await node.beat(client);
  t.deepEqual(first.wantedManifests, [faro.id]);
  t.is(first.nextInMs, 0, 'it waits for the manifest');
  t.deepEqual((await client.videos.list({})).items, []);
  await client.manifests.put({ ...faro, partHashes: [...faro.partHashes] });
  const [video] = (await client.videos.list({})).items;
  t.like(video, { name: 'faro.mp4', id: faro.id, sizeBytes: faro.sizeBytes, nodes: [7], available: [7] });
  t.deepEqual(await client.videos.find({ id: faro.id }), video!);
  t.deepEqual((await client.videos.search({ q: 'FARÓ' })).items, [video!]);
  t.deepEqual(await client.manifests.get({ id: faro.id }), { ...faro, partHashes: [...faro.partHashes] });

  const second = await node.beat(client);
  t.deepEqual(second.wantedManifests, []);
  t.true(second.nextInMs > 0);
  t.like(await client.health(), { videos: 1, bytes: faro.sizeBytes, nodes: 1 });
  t.is(await stateOf(client, 7), 'up');
});

test('what cannot be named, described or found is refused clearly', async t => {
  const site = await CentralSite.open(t);
  const client = site.client();
  const node = await site.node({ number: 1 });
  node.hold(faro, { ...mar, name: '../mar.mp4' });
  t.deepEqual((await node.beat(client)).wantedManifests, [faro.id], 'a path is no name');
  await t.throwsAsync(client.manifests.put({ ...faro, sizeBytes: 1, partHashes: [...faro.partHashes] }), { code: 'invalid_manifest' });
  await node.join(client);
  const error = await t.throwsAsync(client.videos.find({ name: 'fro.mp4' }), { code: 'file_not_found' });
  t.like(error, { facts: { name: 'fro.mp4', near: ['faro.mp4'] } });
  await t.throwsAsync(client.videos.find({}), { code: 'invalid_request' });
  await t.throwsAsync(client.manifests.get({ id: mar.id }), { code: 'not_found' });
  await t.throwsAsync(client.tickets.open({ client: 'ana', name: 'fro.mp4' }), { code: 'file_not_found' });
  await t.throwsAsync(client.videos.find({ name: 'faro\0.mp4' }), { code: 'invalid_request' });
  await t.throwsAsync(client.videos.describe({ id: faro.id, title: 'El \0 faro' }), { code: 'invalid_request' });
  t.is((await client.videos.describe({ id: faro.id, title: ' El torreón\n' })).title, 'El torreón');
  t.like((await client.videos.search({ q: 'TORREON faro' })).items, [{ name: 'faro.mp4', title: 'El torreón' }]);
});

test('a node that does not answer at its address is not offered, and that is told once', async t => {
  const site = await CentralSite.open(t);
  const client = site.client();
  const node = await site.node({ number: 1 });
  node.hold(faro);
  await node.join(client);
  const port = await closedPort();
  for (let beat = 0; beat < 3; beat += 1) await node.beat(client, { port });
  t.is(await stateOf(client, 1), 'joining');
  t.deepEqual((await client.videos.find({ name: 'faro.mp4' })).available, []);
  await t.throwsAsync(client.tickets.open({ client: 'ana', name: 'faro.mp4' }), { code: 'no_sources' });
  t.is(site.count('node.unreachable'), 1);

  await node.beat(client);
  t.deepEqual((await client.videos.find({ name: 'faro.mp4' })).available, [1]);
  t.is(site.count('node.joined'), 2);
});

test('a node is not offered where another one answers', async t => {
  const site = await CentralSite.open(t);
  const client = site.client();
  const other = await site.node({ number: 1 });
  const node = await site.node({ number: 1 });
  await node.beat(client, { port: other.port });
  t.is(await stateOf(client, 1), 'joining');
  t.like(site.events.find(({ event }) => event === 'node.unreachable'), { fields: { number: 1, reason: 'somebody_else' } });
});

test('a central for other machines tells of a node that only its own can reach', async t => {
  for (const [ip, times] of [['0.0.0.0', 1], ['127.0.0.1', 0]] as const) {
    const site = await CentralSite.open(t, { ip });
    const node = await site.node({ number: 1 });
    await node.join(site.client());
    t.is(site.count('node.secluded'), times, ip);
  }
});

test('heartbeats of one node in parallel are one node', async t => {
  const site = await CentralSite.open(t);
  const client = site.client();
  const node = await site.node({ number: 1 });
  node.hold(faro);
  await Promise.all(Array.from({ length: 8 }, () => node.beat(client)));
  await node.join(client);
  t.deepEqual((await client.videos.list({})).items.map(({ nodes }) => nodes), [[1]]);
  t.is(site.count('node.joined'), 1);
});

test('a node that moves while it is being reached is offered where it is now', async t => {
  const site = await CentralSite.open(t);
  const client = site.client();
  const health = { asked: createGate(), answer: createGate() };
  const before = await site.node({
    number: 1,
    beforeHealth: async () => {
      health.asked.open();
      await health.answer.opened;
    },
  });
  const after = await site.node({ number: 1, identity: before.identity });
  const beating = before.beat(client);
  await health.asked.opened;
  await after.beat(client);
  health.answer.open();
  await beating;
  const [listed] = (await client.nodes.list()).nodes;
  t.like(listed, { state: 'up', url: after.url });
});

test('a number belongs to whoever had it until that one is down', async t => {
  const site = await CentralSite.open(t);
  const client = site.client();
  const first = await site.node({ number: 1 });
  const second = await site.node({ number: 1 });
  await first.beat(client);
  const error = await t.throwsAsync(second.beat(client), { code: 'node_conflict' });
  t.like(error, { facts: { number: 1 } });
  site.clock.forward(LONG_MS);
  await second.beat(client);
  t.like((await client.nodes.list()).nodes, { length: 1, 0: { url: second.url, state: 'up' } } as never);
});

test('a central that is started again knows what it knew, and takes from each node only what is new', async t => {
  const site = await CentralSite.open(t);
  const node = await site.node({ number: 1 });
  node.hold(faro);
  await node.join(site.client());
  const { knownRevision } = node;
  await site.restart();
  const client = site.client();
  const listed = (await client.videos.list({})).items;
  t.deepEqual(listed.map(({ name, nodes, available }) => ({ name, nodes, available })), [{ name: 'faro.mp4', nodes: [1], available: [] }]);
  t.is(await stateOf(client, 1), 'joining');

  node.hold(mar);
  t.is((await node.beat(client)).revision, knownRevision + 1, 'not from the beginning');
  await node.join(client);
  t.deepEqual((await client.videos.list({})).items.map(({ name, available }) => [name, available]), [
    ['faro.mp4', [1]],
    ['mar.mp4', [1]],
  ]);
});

test('silence is told once, and so is the return', async t => {
  const site = await CentralSite.open(t);
  const client = site.client();
  const node = await site.node({ number: 1 });
  await node.beat(client);
  await eventually('the central saw it up', () => site.count('node.joined') === 1);
  site.clock.forward(LONG_MS);
  await eventually('missed', () => site.count('node.lost') === 1);
  t.is(await stateOf(client, 1), 'down');
  await node.beat(client);
  await eventually('back', () => site.count('node.returned') === 1);
  t.is(site.count('node.lost'), 1);
});

test('with one place, clients have it one after another, in order', async t => {
  const site = await CentralSite.open(t, { maxDownloads: 1 });
  const client = site.client();
  const node = await site.node({ number: 1 });
  node.hold(faro);
  await node.join(client);
  const open = (name: string) => client.tickets.open({ client: name, name: 'faro.mp4' });
  const [ana, bea, cruz] = [await open('ana'), await open('bea'), await open('cruz')];
  t.deepEqual([ana, bea, cruz].map(placeOf), [0, 1, 2]);
  t.like(ana, { state: 'granted', id: faro.id, name: 'faro.mp4', sizeBytes: faro.sizeBytes, sources: [{ node: 1, url: node.url }] });
  t.regex((await site.ask('TURNOS')).join('\n'), /ana\|faro\.mp4.*\nbea\|faro\.mp4.*\ncruz\|faro\.mp4/);

  await client.tickets.close({ ticketId: ana.ticketId, outcome: 'done', elapsedMs: 1, receivedBytes: 10 });
  t.is(placeOf(await client.tickets.progress({ ticketId: cruz.ticketId, ...progress })), 1);
  t.is(placeOf(await client.tickets.progress({ ticketId: bea.ticketId, ...progress })), 0);
  await t.throwsAsync(client.tickets.progress({ ticketId: ana.ticketId, ...progress }), { code: 'ticket_not_found' });
  await t.throwsAsync(client.tickets.close({ ticketId: ana.ticketId, outcome: 'done', elapsedMs: 1, receivedBytes: 10 }), { code: 'ticket_not_found' });

  // Whoever does not want to wait any more makes place for those behind.
  const dora = await open('dora');
  await client.tickets.close({ ticketId: cruz.ticketId, outcome: 'cancelled', elapsedMs: 1, receivedBytes: 0 });
  t.is(placeOf(await client.tickets.progress({ ticketId: dora.ticketId, ...progress })), 1);
});

test('a client that vanished loses its place to the next one', async t => {
  const site = await CentralSite.open(t, { maxDownloads: 1 });
  const client = site.client();
  const node = await site.node({ number: 1 });
  node.hold(faro);
  await node.join(client);
  const ana = await client.tickets.open({ client: 'ana', name: 'faro.mp4' });
  const bea = await client.tickets.open({ client: 'bea', name: 'faro.mp4' });
  await client.tickets.progress({ ticketId: ana.ticketId, doneBytes: 5, problems: [] });
  site.clock.forward(6000);
  t.is(placeOf(await client.tickets.progress({ ticketId: bea.ticketId, ...progress })), 1);
  site.clock.forward(6000);
  await eventually('the place is free', async () => placeOf(await client.tickets.progress({ ticketId: bea.ticketId, ...progress })) === 0);
  await t.throwsAsync(client.tickets.progress({ ticketId: ana.ticketId, ...progress }), { code: 'ticket_not_found' });
  t.is(site.count('ticket.expired'), 1);
});

test('a download that ran before a restart goes on at once, whoever waits', async t => {
  const site = await CentralSite.open(t, { maxDownloads: 1 });
  const node = await site.node({ number: 1 });
  node.hold(faro);
  await node.join(site.client());
  const { ticketId } = await site.client().tickets.open({ client: 'ana', name: 'faro.mp4' });
  await site.restart();
  const client = site.client();
  await t.throwsAsync(client.tickets.progress({ ticketId, ...progress }), { code: 'ticket_not_found' });
  const resumed = await client.tickets.open({ client: 'ana', name: 'faro.mp4', resumes: ticketId });
  t.like(resumed, { state: 'granted', sources: [] }, 'also before any node was heard');
  await node.beat(client);
  t.like(await client.tickets.progress({ ticketId: resumed.ticketId, ...progress }), { sources: [{ node: 1, url: node.url }] });
  const bea = await client.tickets.open({ client: 'bea', name: 'faro.mp4' });
  t.is(placeOf(bea), 1);
  t.is(placeOf(await client.tickets.open({ client: 'cruz', name: 'faro.mp4', resumes: ticketId })), 0);
  t.is(site.count('ticket.resumed'), 2);

  site.clock.forward(60_000);
  await node.beat(client);
  await eventually('the old ones are gone', () => site.count('ticket.expired') === 3);
  t.deepEqual([placeOf(await client.tickets.open({ client: 'a', name: 'faro.mp4' })), placeOf(await client.tickets.open({ client: 'b', name: 'faro.mp4', resumes: ticketId }))], [0, 1], 'long after the start it is no excuse');
});

test('a report that crosses the end of its download is answered, and no failure of the central', async t => {
  const site = await CentralSite.open(t, { maxDownloads: 1 });
  const client = site.client();
  const node = await site.node({ number: 1 });
  node.hold(faro);
  await node.join(client);
  await client.tickets.open({ client: 'ana', name: 'faro.mp4' });
  for (let round = 0; round < 20; round += 1) {
    const { ticketId } = await client.tickets.open({ client: 'bea', name: 'faro.mp4' });
    const answers = await Promise.allSettled([
      client.tickets.progress({ ticketId, ...progress }),
      client.tickets.close({ ticketId, outcome: 'cancelled', elapsedMs: 1, receivedBytes: 0 }),
      client.tickets.progress({ ticketId, ...progress }),
    ]);
    for (const answer of answers) if (answer.status === 'rejected') t.is(answer.reason.code, 'ticket_not_found');
  }
  t.is(site.count('request.failed'), 0);
});

test('a download that nobody can serve is a clear answer', async t => {
  const site = await CentralSite.open(t);
  const client = site.client();
  const [one, two] = [await site.node({ number: 1 }), await site.node({ number: 2 })];
  for (const node of [one, two]) {
    node.hold(faro);
    await node.join(client);
  }
  await two.beat(client, { activeRequests: 9 });
  const { ticketId, ...ticket } = await client.tickets.open({ client: 'ana', name: 'faro.mp4' });
  t.like(ticket, { sources: [{ node: 1 }, { node: 2 }] }, 'the least busy first');
  await one.beat(client, { activeRequests: 10 });
  t.like(await client.tickets.progress({ ticketId, ...progress }), { sources: [{ node: 2 }, { node: 1 }] });

  site.clock.forward(LONG_MS);
  const error = await t.throwsAsync(client.tickets.open({ client: 'bea', name: 'faro.mp4' }), { code: 'no_sources' });
  t.like(error, { facts: { name: 'faro.mp4', nodes: [1, 2] } });
  await one.beat(client);
  t.like(await client.tickets.open({ client: 'bea', name: 'faro.mp4' }), { sources: [{ node: 1 }] });
});

test('what a client found wrong with a source is told', async t => {
  const site = await CentralSite.open(t);
  const client = site.client();
  const node = await site.node({ number: 1 });
  node.hold(faro);
  await node.join(client);
  const { ticketId } = await client.tickets.open({ client: 'ana', name: 'faro.mp4' });
  await client.tickets.progress({ ticketId, doneBytes: 1, problems: [{ node: 1, kind: 'corrupt', part: 3 }] });
  t.deepEqual(site.events.filter(({ event }) => event === 'source.reported').map(({ fields }) => fields), [{ number: 1, name: 'faro.mp4', problem: 'corrupt', client: 'ana' }]);
});

test('a missing copy is ordered from a node that has room, until it is announced', async t => {
  const site = await CentralSite.open(t, { replicas: 2 });
  const client = site.client();
  const [holder, roomy, full] = [await site.node({ number: 1 }), await site.node({ number: 2, freeBytes: 2e9 }), await site.node({ number: 3, freeBytes: 1 })];
  holder.hold(faro);
  for (const node of [roomy, full, holder]) await node.join(client);
  const order = await eventually('an order', async () => (await roomy.beat(client)).orders[0]);
  t.deepEqual(order, { type: 'copy', id: faro.id, name: 'faro.mp4', sizeBytes: faro.sizeBytes, sources: [{ node: 1, url: holder.url }] });
  for (const node of [holder, full]) t.deepEqual((await node.beat(client)).orders, []);
  t.is((await roomy.beat(client)).orders.length, 1, 'repeated while it stands');

  roomy.hold(faro);
  await roomy.join(client);
  await eventually('no more orders', async () => (await roomy.beat(client)).orders.length === 0);
  t.deepEqual((await client.videos.find({ name: 'faro.mp4' })).available, [1, 2]);
  t.is(site.count('copy.ordered'), 1);
});

test('what no node can give now is ordered from nobody, and does not stand in the way of what can be copied', async t => {
  const site = await CentralSite.open(t, { replicas: 2, repairDelayMs: 60_000 });
  const client = site.client();
  const [lost, holder, other] = [await site.node({ number: 1 }), await site.node({ number: 2 }), await site.node({ number: 3, freeBytes: 0 })];
  lost.hold(...Array.from({ length: 210 }, (_, index) => manifestNamed(`perdido ${index}.mp4`, 100 + index)));
  await lost.join(client);
  site.clock.forward(LONG_MS);
  await eventually('missed', () => site.count('node.lost') === 1);
  const before = site.count('copy.ordered');
  holder.hold(mar);
  await holder.join(client);
  await other.join(client);
  await other.beat(client, { freeBytes: 1e9 });
  await eventually('an order', async () => (await other.beat(client, { freeBytes: 1e9 })).orders.find(({ name }) => name === 'mar.mp4'));
  t.is(site.count('copy.ordered'), before + 1);
});

test('hundreds of files that nobody has room for do not keep another from being copied', async t => {
  const site = await CentralSite.open(t, { replicas: 2 });
  const client = site.client();
  const [holder, small] = [await site.node({ number: 1 }), await site.node({ number: 2, freeBytes: 10 })];
  const wide = Array.from({ length: 210 }, (_, index) => manifestOf(Buffer.from(`too long for it ${index}`), `ancho ${index}.mp4`));
  holder.hold(...wide, faro);
  for (const node of [holder, small]) await node.join(client);
  const order = await eventually('an order', async () => (await small.beat(client)).orders[0]);
  t.is(order.name, 'faro.mp4');
  t.is(site.count('copy.ordered'), 1);
});

test('where others can reach it, only who knows the secret is a node', async t => {
  const site = await CentralSite.open(t, { ip: '0.0.0.0' });
  const path = join(site.directory, 'datos', 'secreto');
  const { secret } = site.central;
  t.is((await readFile(path, 'utf8')).trim(), secret!);
  if (process.platform !== 'win32') t.is((await stat(path)).mode & 0o777, 0o600);
  const node = await site.node({ number: 1 });
  node.hold(faro);
  for (const wrong of ['', 'x'.repeat(32)]) {
    const stranger = site.client({ secret: wrong });
    await t.throwsAsync(node.beat(stranger), { code: 'unauthorized' });
    await t.throwsAsync(stranger.manifests.put({ ...faro, partHashes: [...faro.partHashes] }), { code: 'unauthorized' });
  }
  t.deepEqual((await site.client().nodes.list()).nodes, []);
  await node.join(site.client());
  t.is((await site.client({ secret: '' }).videos.list({})).items.length, 1, 'whoever reads needs none');
  await site.restart();
  t.is(site.central.secret, secret);
  t.is(site.count('secret.created'), 1);
});

test('on loopback there is no secret', async t => {
  const site = await CentralSite.open(t);
  t.is(site.central.secret, undefined);
  t.false((await readdir(join(site.directory, 'datos'))).includes('secreto'));
});

test('what was downloaded is counted, saved, and goes on after a restart', async t => {
  const site = await CentralSite.open(t);
  const node = await site.node({ number: 1 });
  node.hold(faro);
  await node.join(site.client());
  const path = join(site.statisticsDirectory, 'central.json');
  const download = async (name: string, outcome: 'done' | 'failed' | 'cancelled') => {
    const client = site.client();
    const { ticketId } = await client.tickets.open({ client: name, name: 'faro.mp4' });
    await client.tickets.close({ ticketId, outcome, elapsedMs: 5, receivedBytes: 10 });
  };
  for (const outcome of ['done', 'failed', 'cancelled'] as const) await download('ana', outcome);
  await site.client().tickets.open({ client: 'bea', name: 'faro.mp4' });
  site.clock.forward(LONG_MS);
  await eventually('bea vanished', () => site.count('ticket.expired') === 1);
  await site.stop();
  const saved = JSON.parse(await readFile(path, 'utf8'));
  assertStatistics(t, 'central', saved);
  t.like(saved, { videos: { 'faro.mp4': 1 }, clientes: { ana: 1 }, totals: { downloads: 1, failed: 1, cancelled: 1, expired: 1, receivedBytes: 30 } });
  t.deepEqual(saved.downloads.map((record: { client: string; outcome: string }) => `${record.client} ${record.outcome}`), ['ana done', 'ana failed', 'ana cancelled', 'bea expired']);

  await site.start();
  await node.beat(site.client());
  await download('ana', 'done');
  await download('__proto__', 'done');
  const client = site.client();
  const { videos, clientes } = await client.statistics.get();
  t.is(videos['faro.mp4'], 3);
  t.is(clientes.ana, 2);
  t.deepEqual(await client.clients.register({ name: ' ana ' }), { name: 'ana', downloads: 2 });
  t.deepEqual(await client.clients.register({ name: 'toString' }), { name: 'toString', downloads: 0 });
  t.deepEqual(await site.ask('NUMERO_DESCARGAS_VIDEO'), ['video|descargas', 'faro.mp4|3']);
  t.deepEqual(await site.ask('VIDEOS_CLIENTE'), ['cliente|descargas', '__proto__|1', 'ana|2']);
  await site.stop();
  assertStatistics(t, 'central', JSON.parse(await readFile(path, 'utf8')));
});

test('statistics that cannot be understood are kept aside', async t => {
  const site = await CentralSite.open(t);
  await site.stop();
  const path = join(site.statisticsDirectory, 'central.json');
  await writeFile(path, '{"version": 1, "videos": {"faro.mp4": 1');
  await site.start();
  t.like(await site.client().statistics.get(), { videos: {}, clientes: {}, byNode: {}, totals: { downloads: 0 } });
  const kept = (await readdir(site.statisticsDirectory)).find(name => name.includes('.bad-'));
  t.is(await readFile(join(site.statisticsDirectory, kept!), 'utf8'), '{"version": 1, "videos": {"faro.mp4": 1');
  await site.stop();
  assertStatistics(t, 'central', JSON.parse(await readFile(path, 'utf8')));
});

test('the console shows videos and nodes', async t => {
  const site = await CentralSite.open(t);
  const empty = [await site.ask('LISTA_VIDEOS'), await site.ask('NODOS'), await site.ask('TURNOS')];
  for (const lines of empty) t.is(lines.length, 1, 'a sentence, not an empty table');
  const node = await site.node({ number: 7 });
  node.hold(faro);
  await node.join(site.client());
  t.regex((await site.ask('LISTA_VIDEOS')).join('\n'), /\nfaro\.mp4\|.*\|7$/);
  t.regex((await site.ask('NODOS')).join('\n'), new RegExp(`\n7\\|.*\\|${node.url}$`));
});

test('a central that stops waits for no node that never answers, and says nothing of it', async t => {
  const site = await CentralSite.open(t);
  const asked = createGate();
  const never = createGate();
  const node = await site.node({
    number: 1,
    beforeHealth: () => {
      asked.open();
      return never.opened;
    },
  });
  // Whoever was waited for would be cut off, without an answer.
  const beating = t.throwsAsync(node.beat(site.client()), { code: 'internal' });
  await asked.opened;
  await site.stop();
  await beating;
  t.is(site.count('request.failed') + site.count('node.unreachable'), 0);
});

test('what keeps a central from starting is a clear error, and nothing stays open', async t => {
  const site = await CentralSite.open(t);
  const taken = await CentralSite.open(t).then(other => other.central.port);
  await t.throwsAsync(CentralSite.open(t, { port: taken }), { code: 'port_in_use' });
  await t.throwsAsync(CentralSite.open(t, { databaseUrl: 'nothing:' }), { code: 'invalid_flag' });
  await writeFile(join(site.directory, 'file'), '');
  await t.throwsAsync(CentralSite.open(t, { dataDirectory: join(site.directory, 'file') }), { code: 'not_a_directory' });
});
