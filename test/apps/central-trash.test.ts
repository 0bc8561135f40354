import test from 'ava';
import { DAY_MS } from '../../lib/base/units.ts';
import { CentralSite } from '../helpers/central-site.ts';
import { eventually } from '../helpers/eventually.ts';
import { manifestNamed } from '../helpers/manifests.ts';

const [faro, mar] = [manifestNamed('faro.mp4', 1), manifestNamed('mar.mp4', 2)];

const BEAT_MS = 2000;

/** As curl would. */
async function ask(site: CentralSite, method: string, path: string, body?: object): Promise<{ readonly status: number; readonly answer: Record<string, unknown> }> {
  const sent = body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  const response = await fetch(`${site.central.url}${path}`, { method, ...sent });
  return { status: response.status, answer: (await response.json()) as Record<string, unknown> };
}

async function siteWithVideos(...args: Parameters<typeof CentralSite.open>) {
  const site = await CentralSite.open(...args);
  const node = await site.node({ number: 1 });
  node.hold(faro, mar);
  await node.join(site.client());
  return { site, node };
}

test('a video is removed, shown in the trash, restored and renamed with plain requests', async t => {
  const { site } = await siteWithVideos(t);
  const removed = await ask(site, 'DELETE', '/video?name=faro.mp4');
  t.like(removed, { status: 200, answer: { removed: { 0: { trashId: 1, name: 'faro.mp4', id: faro.id } } } });
  t.like(await ask(site, 'DELETE', '/video?name=faro.mp4'), { status: 404, answer: { code: 'file_not_found' } });
  t.like(await ask(site, 'GET', '/trash'), { status: 200, answer: { items: { 0: { trashId: 1, name: 'faro.mp4' } } } });
  t.like(await ask(site, 'POST', '/video/restore', { name: 'faro.mp4', as: 'mar.mp4' }), { status: 409, answer: { code: 'name_taken', details: { name: 'mar.mp4' } } });
  t.like(await ask(site, 'POST', '/video/restore', { trashId: 1, as: 'torre.mp4' }), { status: 200, answer: { name: 'torre.mp4', available: { 0: 1 } } });
  t.like(await ask(site, 'POST', '/video/restore', { name: 'torre.mp4' }), { status: 404, answer: { code: 'not_in_trash', details: { name: 'torre.mp4' } } });
  t.like(await ask(site, 'POST', '/video/rename', { name: 'torre.mp4', to: 'faro.mp4' }), { status: 200, answer: { name: 'faro.mp4' } });
  t.like(await ask(site, 'POST', '/video/rename', { name: 'torr.mp4', to: 'x.mp4' }), { status: 404, answer: { code: 'file_not_found' } });
  t.like(await ask(site, 'POST', '/video/rename', { name: 'faro.mp4', to: 'mar.mp4' }), { status: 409, answer: { code: 'name_taken' } });
  t.like(await ask(site, 'POST', '/video/rename', { name: 'faro.mp4', to: '../x' }), { status: 400, answer: { code: 'invalid_name' } });
  for (const [method, path] of [['DELETE', '/video'], ['POST', '/video/restore']] as const) {
    t.like(await ask(site, method, path, method === 'POST' ? {} : undefined), { status: 400, answer: { code: 'invalid_request' } });
  }
  t.is((await ask(site, 'DELETE', `/video?id=${mar.id}`)).status, 200);
  t.like(await ask(site, 'DELETE', `/video?id=${mar.id}`), { status: 404 });
});

test('who is not on this machine needs the secret to remove, restore or rename, and none to look', async t => {
  const { site } = await siteWithVideos(t, { ip: '0.0.0.0' });
  const stranger = site.client({ secret: '' });
  for (const change of [
    () => stranger.videos.remove({ query: { name: 'faro.mp4' } }),
    () => stranger.videos.restore({ name: 'faro.mp4' }),
    () => stranger.videos.rename({ name: 'faro.mp4', to: 'x.mp4' }),
  ]) {
    await t.throwsAsync(change, { code: 'unauthorized' } as object);
  }
  t.deepEqual(await stranger.trash.list({}), { items: [] });
  t.is((await site.client().videos.remove({ query: { name: 'faro.mp4' } })).removed.length, 1);
});

test('a node is told what follows with each heartbeat until it shows it; after the trash expired it is told to free it', async t => {
  const { site, node } = await siteWithVideos(t);
  const control = site.client();
  await control.videos.remove({ query: { name: 'faro.mp4' } });
  const { id } = faro;
  for (let time = 0; time < 2; time += 1) t.deepEqual((await node.beat(control)).orders, [{ type: 'trash', id, name: 'faro.mp4' }]);
  await site.restart();
  const again = site.client();
  t.deepEqual((await node.beat(again)).orders, [{ type: 'trash', id, name: 'faro.mp4' }], 'a central that restarts knows it too');
  node.lose({ name: 'faro.mp4' });
  t.deepEqual((await node.beat(again)).orders, []);
  await again.videos.restore({ name: 'faro.mp4' });
  t.deepEqual((await node.beat(again)).orders, [{ type: 'restore', id, name: 'faro.mp4' }]);
  node.hold(faro);
  t.deepEqual((await node.beat(again, { obeyed: [{ type: 'restore', id, name: 'faro.mp4' }] })).orders, []);

  await again.videos.remove({ query: { name: 'faro.mp4' } });
  node.lose({ name: 'faro.mp4' });
  t.deepEqual((await node.beat(again)).orders, []);
  site.clock.forward(7 * DAY_MS);
  await eventually('the trash expires', async () => (await again.trash.list({})).items.length === 0);
  t.is(site.count('trash.expired'), 1);
  t.deepEqual((await node.beat(again)).orders, [{ type: 'drop', id, name: 'faro.mp4', reason: 'removed' }]);
  t.deepEqual((await node.beat(again, { obeyed: [{ type: 'drop', id, name: 'faro.mp4' }] })).orders, []);
});

test('an order to copy, given before its video was renamed or removed, is not repeated under the old name', async t => {
  // Between two plans, orders stay as they are.
  const { site, node } = await siteWithVideos(t, { tickMs: 1500, replicas: 2 });
  const control = site.client();
  const other = await site.node({ number: 2 });
  await other.join(control);
  const copies = async () => {
    await node.beat(control);
    const { orders } = await other.beat(control);
    return orders.filter(({ type }) => type === 'copy').map(({ name }) => name).sort();
  };
  await eventually('both are to be copied', async () => (await copies()).length === 2);
  await control.videos.rename({ name: 'faro.mp4', to: 'torre.mp4' });
  await control.videos.remove({ query: { name: 'mar.mp4' } });
  t.false((await copies()).some(name => name !== 'torre.mp4'));
  await eventually('it is to be copied under its new name', async () => (await copies()).join() === 'torre.mp4');
});

test('what a node has in its trash is brought back and not copied, there or elsewhere, unless that takes too long', async t => {
  const { site, node } = await siteWithVideos(t, { replicas: 2 });
  const control = site.client();
  const [two, three] = [await site.node({ number: 2 }), await site.node({ number: 3 })];
  two.hold(faro, mar);
  for (const other of [two, three]) await other.join(control);
  const told = async () => {
    for (const other of [node, two]) await other.beat(control);
    const [ofTwo, ofThree] = [await two.beat(control), await three.beat(control)];
    return [...ofTwo.orders, ...ofThree.orders].map(({ type, name }) => `${type} ${name}`);
  };
  await control.videos.remove({ query: { name: 'faro.mp4' } });
  for (const other of [node, two]) {
    other.lose({ name: 'faro.mp4' });
    await other.beat(control);
  }
  await control.videos.restore({ name: 'faro.mp4' });
  node.hold(faro);
  await node.beat(control, { obeyed: [{ type: 'restore', id: faro.id, name: 'faro.mp4' }] });
  // Planned after that, and ordered.
  two.lose(mar);
  await eventually('what lacks a replica is copied', async () => {
    const orders = await told();
    t.true(orders.includes('restore faro.mp4') && !orders.includes('copy faro.mp4'), orders.join());
    return orders.includes('copy mar.mp4');
  });
  t.regex((await site.ask('POR_QUE', 'faro.mp4'))[0]!, /^1 de 2 réplicas; lo que falta se está copiando/);
  // All are heard meanwhile.
  for (let passedMs = 0; passedMs <= 30_000; passedMs += BEAT_MS) {
    site.clock.forward(BEAT_MS);
    await told();
  }
  await eventually('another one copies it', async () => (await told()).includes('copy faro.mp4'));
  t.false((await two.beat(control)).orders.some(({ type, id }) => type === 'copy' && id === faro.id));
});

test('a damaged replica of a video that was renamed does not bring the old name back when it is mended', async t => {
  const { site, node } = await siteWithVideos(t);
  const control = site.client();
  const other = await site.node({ number: 2 });
  other.hold(faro);
  await other.join(control);
  other.lose(faro);
  const { id } = faro;
  const damaged = [{ id, name: 'faro.mp4', badParts: [0] }];
  await other.beat(control, { damaged });
  await control.videos.rename({ name: 'faro.mp4', to: 'torre.mp4' });
  await other.beat(control, { damaged });
  other.hold(faro);
  const { orders } = await other.beat(control);
  t.deepEqual(orders.filter(({ type }) => type !== 'copy'), [{ type: 'rename', id, name: 'faro.mp4', to: 'torre.mp4' }]);
  t.false(orders.some(({ type, name }) => type === 'copy' && name === 'faro.mp4'));
  await node.beat(control);
  t.deepEqual((await control.videos.list({})).items.map(({ name }) => name), ['mar.mp4', 'torre.mp4']);
});

test('an inventory that is not whole brings no such orders', async t => {
  const { site, node } = await siteWithVideos(t);
  const control = site.client();
  await control.videos.remove({ query: { name: 'faro.mp4' } });
  const inventory = { inventoryId: '6f1ed002-ab25-4fd9-9a6b-a7a7a7a7a7a7', fromRevision: 0, toRevision: 1, isComplete: false, added: [], removed: [] };
  t.deepEqual((await node.beat(control, { inventory })).orders, []);
});

test('a download that runs goes on when its video is removed; a new one is told that there is none', async t => {
  const { site } = await siteWithVideos(t);
  const control = site.client();
  const { ticketId } = await control.tickets.open({ client: 'ana', name: 'faro.mp4' });
  await control.videos.remove({ query: { name: 'faro.mp4' } });
  await t.throwsAsync(control.tickets.open({ client: 'luis', name: 'faro.mp4' }), { code: 'file_not_found' } as object);
  await t.throwsAsync(control.tickets.progress({ ticketId, doneBytes: 1, problems: [] }), { code: 'file_not_found' } as object);
  t.is((await control.tickets.close({ ticketId, outcome: 'done', elapsedMs: 1, receivedBytes: 7 })).ticketId, ticketId);
});

test('lists come in the order that is asked for', async t => {
  const { site } = await siteWithVideos(t);
  const names = async (order: string) => ((await ask(site, 'GET', `/videos?order=${order}`)).answer['items'] as { name: string }[]).map(({ name }) => name);
  t.deepEqual(await names('name'), ['faro.mp4', 'mar.mp4']);
  t.deepEqual(await names('size'), ['mar.mp4', 'faro.mp4']);
  t.is((await ask(site, 'GET', '/videos?order=color')).status, 400);
});
