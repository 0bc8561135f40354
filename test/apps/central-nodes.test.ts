import test from 'ava';
import { CentralSite } from '../helpers/central-site.ts';
import { eventually } from '../helpers/eventually.ts';
import type { FakeNode } from '../helpers/fake-node.ts';
import { createGate } from '../helpers/gate.ts';
import { manifestNamed } from '../helpers/manifests.ts';

const faro = manifestNamed('faro.mp4', 1);
const mar = manifestNamed('mar.mp4', 2);

/** Longer than a node may be silent. */
const LONG_MS = 16_000;

test('a node that drains is told as drained once its files are elsewhere, is retired, and is told so when it comes back', async t => {
  const site = await CentralSite.open(t, { replicas: 2 });
  const client = site.client();
  const [one, two, three] = [await site.node({ number: 1 }), await site.node({ number: 2 }), await site.node({ number: 3 })];
  for (const node of [one, two]) node.hold(faro);
  for (const node of [one, two, three]) await node.join(client);

  const error = await t.throwsAsync(client.nodes.retire({ number: 1 }), { code: 'node_needed' });
  t.like(error, { facts: { number: 1, files: 1 } });
  t.deepEqual(await client.nodes.drain({ number: 1 }), { number: 1, files: 1 });
  const order = await eventually('an order', async () => (await three.beat(client)).orders[0]);
  t.like(order, { type: 'copy', id: faro.id, sources: [{ node: 1 }, { node: 2 }] }, 'it serves as before');
  t.is((await client.nodes.list()).nodes[0]?.mode, 'draining');
  await t.throwsAsync(client.nodes.retire({ number: 1 }), { code: 'node_needed' });

  three.hold(faro);
  await three.join(client);
  await eventually('drained', () => site.count('drain.finished') === 1);
  t.is((await client.nodes.list()).nodes[0]?.mode, 'drained');
  t.deepEqual(await client.nodes.retire({ number: 1 }), { number: 1, files: 0 });
  t.deepEqual((await client.videos.find({ name: 'faro.mp4' })).nodes, [2, 3]);
  t.deepEqual((await client.nodes.list()).nodes.map(({ number }) => number), [2, 3]);
  await t.throwsAsync(one.beat(client), { code: 'node_retired' });
  await t.throwsAsync(one.beat(client), { code: 'node_retired' });
  t.is(site.count('node.rejected'), 1, 'told once');
  t.deepEqual(await client.nodes.retire({ number: 1 }), { number: 1, files: 0 }, 'again');
});

test('what was decided about nodes outlives a restart, and can be taken back', async t => {
  const site = await CentralSite.open(t, { replicas: 1 });
  const [one, two, three] = [await site.node({ number: 1 }), await site.node({ number: 2 }), await site.node({ number: 3 })];
  one.hold(faro);
  for (const node of [one, two, three]) await node.join(site.client());
  await site.client().nodes.drain({ number: 1 });
  await site.client().nodes.retire({ number: 2 });
  await one.beat(site.client());
  await site.restart();
  const client = site.client();
  for (const node of [one, three]) await node.join(client);
  t.deepEqual((await client.nodes.list()).nodes.map(({ number, mode }) => `${number} ${mode}`), ['1 draining', '3 active']);
  await t.throwsAsync(two.beat(client), { code: 'node_retired' });
  for (const number of [1, 2]) await client.nodes.reactivate({ number });
  await two.join(client);
  t.deepEqual((await client.nodes.list()).nodes.map(({ mode }) => mode), ['active', 'active', 'active']);
  for (const decide of [client.nodes.drain, client.nodes.retire, client.nodes.reactivate]) await t.throwsAsync(decide({ number: 9 }), { code: 'not_found' });
});

test('the last node of a file is never retired, also when it is down', async t => {
  const site = await CentralSite.open(t, { replicas: 3 });
  const client = site.client();
  const [one, two] = [await site.node({ number: 1 }), await site.node({ number: 2 })];
  one.hold(faro);
  for (const node of [one, two]) await node.join(client);
  site.clock.forward(LONG_MS);
  await two.beat(client);
  await eventually('missed', () => site.count('node.lost') >= 1);
  await t.throwsAsync(client.nodes.retire({ number: 1 }), { code: 'node_needed' });
  t.deepEqual(await client.nodes.retire({ number: 2 }), { number: 2, files: 0 });
});

test('of two nodes that are retired at the same moment, one is not when a file needs one of them', async t => {
  const site = await CentralSite.open(t, { replicas: 2 });
  const client = site.client();
  for (const number of [1, 2, 3, 4]) {
    const node = await site.node({ number, freeBytes: 0 });
    if (number < 4) node.hold(faro);
    await node.join(client);
  }
  const outcomes = await Promise.allSettled([1, 2].map(number => client.nodes.retire({ number })));
  t.true(outcomes.some(({ status }) => status === 'rejected'));
  const { nodes } = await client.nodes.list();
  t.true(nodes.length >= 3 && nodes.every(({ mode }) => mode === 'active'));
});

test('of replicas that nobody needs one is freed, once all have been up for a while', async t => {
  const site = await CentralSite.open(t, { replicas: 2, surplusGraceMs: 2000 });
  const client = site.client();
  const nodes = [await site.node({ number: 1 }), await site.node({ number: 2 }), await site.node({ number: 3 })];
  for (const node of nodes) {
    node.hold(faro);
    await node.join(client);
  }
  const dropsOf = async (node: FakeNode) => (await node.beat(client)).orders.filter(({ type }) => type === 'drop');
  t.deepEqual((await Promise.all(nodes.map(dropsOf))).flat(), []);
  const [drop] = await eventually('a drop', async () => {
    site.clock.forward(500);
    const drops = (await Promise.all(nodes.map(dropsOf))).flat();
    return drops.length > 0 ? drops : undefined;
  });
  t.deepEqual(drop, { type: 'drop', id: faro.id, name: 'faro.mp4', reason: 'surplus' });
  t.is((await Promise.all(nodes.map(dropsOf))).flat().length, 1, 'one at a time');
  t.is(site.count('drop.ordered'), 1);
});

test('what nobody needs is not freed when another replica went meanwhile, although the order stands still', async t => {
  const site = await CentralSite.open(t, { replicas: 2, surplusGraceMs: 500 });
  const client = site.client();
  const nodes = [await site.node({ number: 1 }), await site.node({ number: 2 }), await site.node({ number: 3 })];
  for (const node of nodes) {
    node.hold(faro);
    await node.join(client);
  }
  const isTold = async (node: FakeNode) => (await node.beat(client)).orders.some(({ type }) => type === 'drop');
  const told = await eventually('a drop', async () => {
    site.clock.forward(100);
    for (const node of nodes) if (await isTold(node)) return node;
    return undefined;
  });
  // As a planner that rests, or waits for its database.
  site.clock.sleep = (_ms, { signal } = {}) => new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)));
  t.true(await isTold(told), 'the same until it is done');
  const other = nodes.find(node => node !== told)!;
  other.lose(faro);
  await other.beat(client);
  t.false(await isTold(told));
  other.hold(faro);
  await other.beat(client);
  t.true(await isTold(told), 'three are there again');
});

test('a central that was started again orders no copy before it has heard who is copying', async t => {
  const site = await CentralSite.open(t, { replicas: 2 });
  let beforeHealth = () => Promise.resolve();
  const three = await site.node({ number: 3, freeBytes: 0, beforeHealth: () => beforeHealth() });
  const [one, two] = [await site.node({ number: 1 }), await site.node({ number: 2, freeBytes: 0 })];
  one.hold(faro);
  for (const node of [one, two, three]) await node.join(site.client());
  await site.restart();
  const client = site.client();
  const copying = [{ id: faro.id, name: faro.name, doneBytes: 1, sizeBytes: faro.sizeBytes }];
  await one.beat(client);
  await two.beat(client, { freeBytes: 1e9 });
  // A tick that planned would tell the second one to copy.
  for (let count = 0; count < 20; count += 1) t.deepEqual((await two.beat(client, { freeBytes: 1e9 })).orders, []);
  // Nor one that knows who is copying, but not yet whether that one can be reached.
  const [asked, answered] = [createGate(), createGate()];
  beforeHealth = () => {
    asked.open();
    return answered.opened;
  };
  const heard = three.beat(client, { copying });
  await asked.opened;
  for (let count = 0; count < 20; count += 1) t.deepEqual((await two.beat(client, { freeBytes: 1e9 })).orders, []);
  answered.open();
  await heard;
  await eventually('the copy goes on', async () => (await three.beat(client, { copying })).orders.length === 1);
  t.deepEqual((await two.beat(client, { freeBytes: 1e9 })).orders, []);
  t.is(site.count('copy.ordered'), 0);
});

test('a file that is asked for often gets one replica more', async t => {
  const site = await CentralSite.open(t, { replicas: 1 });
  const client = site.client();
  const [one, two] = [await site.node({ number: 1 }), await site.node({ number: 2 })];
  one.hold(faro, mar);
  for (const node of [one, two]) await node.join(client);
  for (let count = 0; count < 20; count += 1) await client.tickets.open({ client: 'ana', name: 'faro.mp4' });
  const order = await eventually('an order', async () => (await two.beat(client)).orders[0]);
  t.is(order.name, 'faro.mp4');
  t.like(await client.videos.explain({ name: 'faro.mp4' }), { wanted: 2, replicas: 1, verdict: 'copying' });
});

test('replicas go to a zone that has none, and the limit for repair is told', async t => {
  const site = await CentralSite.open(t, { replicas: 2, repairBytesPerSecond: 1000 });
  const client = site.client();
  const [one, near, far] = [await site.node({ number: 1 }), await site.node({ number: 2 }), await site.node({ number: 3 })];
  one.hold(faro, mar);
  await far.beat(client, { zone: 'b' });
  await near.beat(client, { zone: 'a' });
  await one.join(client, { zone: 'a' });
  const answer = await eventually('orders', async () => {
    const told = await far.beat(client, { zone: 'b' });
    return told.orders.length === 2 ? told : undefined;
  });
  t.is(answer.copyBytesPerSecond, 1000);
  t.deepEqual((await near.beat(client, { zone: 'a' })).orders, []);
  t.deepEqual((await client.nodes.list()).nodes.map(({ zone }) => zone), ['a', 'a', 'b']);
});

test('the console tells how many replicas there are, and why', async t => {
  const site = await CentralSite.open(t, { replicas: 3 });
  const client = site.client();
  t.deepEqual(await site.ask('REPLICAS'), ['No hay vídeos todavía.']);
  const [one, two, three] = [await site.node({ number: 1 }), await site.node({ number: 2 }), await site.node({ number: 3, freeBytes: 0 })];
  one.hold(faro, mar);
  two.hold(mar);
  for (const node of [one, two, three]) await node.join(client, node === two ? { zone: 'sótano' } : {});
  const order = await eventually('an order', async () => (await two.beat(client, { zone: 'sótano' })).orders[0]);
  const copying = [{ id: order.id, name: order.name, doneBytes: 1, sizeBytes: faro.sizeBytes }];
  await two.beat(client, { zone: 'sótano', copying });
  const copy = `faro.mp4|2|${faro.sizeBytes} B|${Math.floor(100 / faro.sizeBytes)} %|`;
  await eventually('the copy is seen', async () => (await site.ask('REPLICAS')).includes(copy));
  t.deepEqual((await site.ask('REPLICAS')).map(line => line.replace(/\|\d+ B$/, '')), ['réplicas|vídeos|tamaño', '1 de 3|1', '2 de 3|1', 'vídeo|secundario|tamaño|hecho|falta', copy]);
  t.deepEqual(await site.ask('POR_QUE', 'faro.mp4'), [
    '1 de 3 réplicas; lo que falta se está copiando.',
    'el secundario 1 lo tiene (activo)',
    `el secundario 2 lo está copiando (${Math.floor(100 / faro.sizeBytes)} %)`,
    'el secundario 3 no lo tiene: no le cabe (0 B libres)',
  ]);
  t.regex((await site.ask('NODOS')).join('\n'), /\n2\|activo\|sótano\|1\|/);
  const error = await t.throwsAsync(site.ask('POR_QUE', 'fro.mp4'), { code: 'file_not_found' });
  t.like(error, { facts: { near: ['faro.mp4'] } });
});

test('the console drains, retires and takes back', async t => {
  const site = await CentralSite.open(t, { replicas: 2 });
  const client = site.client();
  const nodes = [await site.node({ number: 1 }), await site.node({ number: 2 })];
  for (const node of nodes) {
    node.hold(faro);
    await node.join(client);
  }
  t.deepEqual(await site.ask('DRENAR', '1'), ['El secundario 1 está vaciado: se retira con RETIRAR 1.']);
  await eventually('told as drained', async () => /1\|activo, vaciado\|/.test((await site.ask('NODOS')).join('\n')));
  t.deepEqual(await site.ask('REACTIVAR', '1'), ['El secundario 1 vuelve a contar.']);
  t.deepEqual(await site.ask('RETIRAR', '1'), ['El secundario 1 está retirado.']);
  await t.throwsAsync(site.ask('RETIRAR', '2'), { code: 'node_needed' });
  for (const typed of ['9', 'x', '1.5']) await t.throwsAsync(site.ask('DRENAR', typed), { code: 'not_found' });
  await t.throwsAsync(site.ask('DRENAR', '1'), { code: 'node_retired' });
});

test('where others can reach it, decisions need the secret, and explanations do not', async t => {
  const site = await CentralSite.open(t, { ip: '0.0.0.0' });
  const stranger = site.client({ secret: '' });
  for (const decide of [stranger.nodes.drain, stranger.nodes.retire, stranger.nodes.reactivate]) await t.throwsAsync(decide({ number: 1 }), { code: 'unauthorized' });
  await t.throwsAsync(stranger.videos.explain({ name: 'faro.mp4' }), { code: 'file_not_found' });
});
