import test from 'ava';
import { CentralSite } from '../helpers/central-site.ts';
import { manifestWithPieces } from '../helpers/manifests.ts';

const faro = manifestWithPieces(Buffer.from('faro'), 'el faro.mp4');

test('the central offers a file at every secondary that holds it, the least busy first', async t => {
  const site = await CentralSite.open(t);
  const client = site.client();
  const [one, two, three] = [await site.node({ number: 1 }), await site.node({ number: 2 }), await site.node({ number: 3 })];
  for (const node of [one, two]) {
    node.hold(faro);
    await node.join(client);
  }
  await three.join(client);
  await one.beat(client, { activeRequests: 5 });
  await two.beat(client, { activeRequests: 1 });
  const url = `${site.central.url}/files/el%20faro.mp4`;
  const { status, headers } = await fetch(url, { redirect: 'manual' });
  t.is(status, 307);
  const mirrors = [two, one].map(node => `${node.url}/files/${faro.id}`);
  t.is(headers.get('location'), mirrors[0]!);
  t.deepEqual([...headers.get('link')!.matchAll(/<([^>]+)>; rel=duplicate/g)].map(([, mirror]) => mirror), mirrors);
  const metalink = await (await fetch(`${url}.meta4`)).text();
  t.deepEqual([...metalink.matchAll(/<url[^>]*>([^<]+)</g)].map(([, mirror]) => mirror), mirrors);
  t.is((await fetch(`${url}.torrent`)).status, 200, 'the hashes came with the manifest');
});

test('a secondary that copies counts as busier than its requests say', async t => {
  const site = await CentralSite.open(t);
  const client = site.client();
  const [one, two] = [await site.node({ number: 1 }), await site.node({ number: 2 })];
  for (const node of [one, two]) {
    node.hold(faro);
    await node.join(client);
  }
  const copying = [{ id: 'f'.repeat(64), name: 'mar.mp4', doneBytes: 0, sizeBytes: 1 }];
  await one.beat(client, { copying });
  await two.beat(client, { activeRequests: 1 });
  t.deepEqual((await client.videos.find({ name: 'el faro.mp4' })).available, [2, 1]);
});

test('when its secondaries are down, the central says so and asks to come again', async t => {
  const site = await CentralSite.open(t);
  const node = await site.node({ number: 1 });
  node.hold(faro);
  await node.join(site.client());
  site.clock.forward(60_000);
  const answer = await fetch(`${site.central.url}/files/el%20faro.mp4`);
  t.is(answer.status, 503);
  t.like(await answer.json(), { code: 'no_sources', details: { name: 'el faro.mp4', nodes: [1] } });
  t.truthy(answer.headers.get('retry-after'));
});

test('a name that nobody has is 404, with the names most like it', async t => {
  const site = await CentralSite.open(t);
  const node = await site.node({ number: 1 });
  node.hold(faro);
  await node.join(site.client());
  for (const name of ['el faroo.mp4', 'el faroo.mp4.torrent']) {
    const answer = await fetch(`${site.central.url}/files/${encodeURIComponent(name)}`);
    t.is(answer.status, 404);
    t.like(await answer.json(), { code: 'file_not_found', details: { name, near: ['el faro.mp4'] } });
  }
});
