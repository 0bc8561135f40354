import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { MINUTE_MS } from '../../lib/base/units.ts';
import { SERIES_KEYS } from '../../lib/domain/time-series.ts';
import { limits } from '../../lib/protocol/limits.ts';
import { CentralSite } from '../helpers/central-site.ts';
import { manifestNamed } from '../helpers/manifests.ts';
import { assertStatistics } from '../helpers/statistics-schema.ts';

const faro = manifestNamed('faro.mp4', 1);
const given = { node: 1, bytes: 0, failures: 0, reassignedParts: 0, hashFailures: 0 };

async function siteWithFaro(...args: Parameters<typeof CentralSite.open>) {
  const site = await CentralSite.open(...args);
  const nodes = [await site.node({ number: 1 }), await site.node({ number: 2 })];
  for (const node of nodes) {
    node.hold(faro);
    await node.join(site.client());
  }
  return site;
}

/** As curl would. */
async function ask(site: CentralSite, path: string, { method = 'GET', body }: { readonly method?: string; readonly body?: object } = {}) {
  const response = await fetch(`${site.central.url}${path}`, { method, ...(body && { body: JSON.stringify(body) }) });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

/** Sums over all slots. */
function sumsOf(slots: readonly { readonly [Key in (typeof SERIES_KEYS)[number]]: number }[]) {
  return Object.fromEntries(SERIES_KEYS.map(key => [key, slots.reduce((sum, slot) => sum + slot[key], 0)]).filter(([, sum]) => sum !== 0));
}

test('bytes are counted when they come, and failures when they are told, by secondary', async t => {
  const site = await siteWithFaro(t);
  const { tickets, statistics } = site.client();
  const { ticketId } = await tickets.open({ client: 'ana', name: 'faro.mp4' });
  await tickets.progress({ ticketId, doneBytes: 1000, problems: [] });
  await tickets.progress({ ticketId, doneBytes: 1600, problems: [{ node: 2, kind: 'stalled' }, { node: 1, kind: 'corrupt', part: 0 }, { node: 99, kind: 'stalled' }] });
  const { slots: before } = await statistics.series({});
  t.deepEqual(sumsOf(before), { bytes: 600, failures: 1, hashFailures: 1 });

  site.clock.forward(5 * MINUTE_MS);
  const later = await tickets.open({ client: 'ana', name: 'faro.mp4', resumes: ticketId });
  await tickets.close({ ticketId: later.ticketId, outcome: 'cancelled', elapsedMs: 1, receivedBytes: 0 });
  const { slots, slotMs, untilMs, resolution } = await statistics.series({ sinceMs: before.at(-1)!.startsAtMs + MINUTE_MS });
  t.deepEqual([slotMs, resolution], [MINUTE_MS, 'minute']);
  t.true(slots.length > 0 && slots.every(({ startsAtMs }) => startsAtMs <= untilMs && startsAtMs > before.at(-1)!.startsAtMs));
});

test('at the end of a download only what was not told yet is added', async t => {
  const site = await siteWithFaro(t);
  const { tickets, statistics } = site.client();
  const { ticketId } = await tickets.open({ client: 'ana', name: 'faro.mp4' });
  await tickets.progress({ ticketId, doneBytes: 1000, problems: [] });
  await tickets.progress({ ticketId, doneBytes: 1600, problems: [{ node: 2, kind: 'unreachable' }] });
  const sources = [{ ...given, bytes: 1500 }, { ...given, node: 2, bytes: 500, failures: 3, reassignedParts: 4, hashFailures: 1 }, { ...given, node: 99, bytes: 7 }];
  await tickets.close({ ticketId, outcome: 'done', elapsedMs: 10, receivedBytes: 2000, sources });
  for (const resolution of ['minute', 'hour'] as const) {
    t.deepEqual(sumsOf((await statistics.series({ resolution })).slots), { bytes: 2000, done: 1, failures: 3, hashFailures: 1, reassignedParts: 4 });
  }
  t.like(await statistics.get(), {
    videos: { 'faro.mp4': 1 },
    byNode: {
      1: { downloads: 1, bytes: 1500, failures: 0, hashFailures: 0, reassignedParts: 0 },
      2: { downloads: 1, bytes: 500, failures: 3, hashFailures: 1, reassignedParts: 4 },
      99: undefined,
    },
    totals: { downloads: 1, receivedBytes: 2000, failures: 3, hashFailures: 1, reassignedParts: 4 },
  });
});

test('time in the waiting list is counted, and all of it outlives a restart', async t => {
  const site = await siteWithFaro(t, { maxDownloads: 1, ticketLeaseMs: 60_000 });
  const { tickets } = site.client();
  const [ana, bea] = [await tickets.open({ client: 'ana', name: 'faro.mp4' }), await tickets.open({ client: 'bea', name: 'faro.mp4' })];
  site.clock.forward(5000);
  const end = { outcome: 'done' as const, elapsedMs: 1, receivedBytes: 10, sources: [{ ...given, bytes: 10 }] };
  await tickets.close({ ticketId: ana.ticketId, ...end });
  await tickets.close({ ticketId: bea.ticketId, ...end, outcome: 'failed' });
  const { totals, byNode } = await site.client().statistics.get();
  t.true(totals.waitedMs >= 5000);
  t.like(totals, { downloads: 1, failed: 1, receivedBytes: 20 });
  t.is(byNode[1]!.downloads, 2);
  const { slots } = await site.client().statistics.series({ resolution: 'hour' });

  await site.client().statistics.topics.register({ topic: 'sala', key: 'grados', value: 21.5 });
  await site.stop();
  assertStatistics(t, 'central', JSON.parse(await readFile(join(site.statisticsDirectory, 'central.json'), 'utf8')));
  await site.start();
  t.deepEqual((await site.client().statistics.get()).totals, totals);
  t.deepEqual((await site.client().statistics.series({ resolution: 'hour' })).slots, slots);
  t.is((await site.client().statistics.topics.get({ topic: 'sala' })).entries[0]!.sum, 21.5);
});

test('anybody with curl registers numbers under a topic, reads them, and resets it', async t => {
  const site = await CentralSite.open(t);
  const path = '/statistics/topics/reproducciones';
  t.is((await ask(site, path)).status, 404);
  t.is((await ask(site, path, { method: 'POST', body: { key: 'película.mp4', value: 1 } })).status, 200);
  const { status, text } = await ask(site, path, { method: 'POST', body: { numbers: [{ key: 'película.mp4', value: 2 }, { key: 'segundos', value: -0.5 }] } });
  t.is(status, 200);
  t.like(JSON.parse(text), { topic: 'reproducciones', entries: { 0: { key: 'película.mp4', count: 2, sum: 3, min: 1, max: 2, last: 2 }, 1: { key: 'segundos', sum: -0.5 } } });
  t.is((await ask(site, path)).text, text);
  t.like(JSON.parse((await ask(site, '/statistics/topics')).text), { topics: { 0: { topic: 'reproducciones', keys: 2 } } });
  t.is((await ask(site, path, { method: 'DELETE' })).text, text);
  t.like(JSON.parse((await ask(site, path, { method: 'DELETE' })).text), { code: 'not_found', details: { what: 'topic' } });
  t.deepEqual(JSON.parse((await ask(site, '/statistics/topics')).text), { topics: [] });
});

test('what is no number, no key or no name of a topic is refused, and so is what there is no room for', async t => {
  const site = await CentralSite.open(t);
  const post = (topic: string, body: object) => ask(site, `/statistics/topics/${topic}`, { method: 'POST', body });
  const good = { key: 'k', value: 1 };
  for (const [topic, body] of [
    ['x', {}],
    ['x', { key: 'k' }],
    ['x', { key: 'k', value: '1' }],
    ['x', { key: '', value: 1 }],
    ['x', { key: 'a\nb', value: 1 }],
    ['x', { key: 'k'.repeat(limits.topicKeyMaxLength + 1), value: 1 }],
    ['x', { ...good, numbers: [good] }],
    ['x', { numbers: [] }],
    ['x', { numbers: Array.from({ length: limits.numbersPerRequest + 1 }, () => good) }],
    ['x'.repeat(limits.topicMaxLength + 1), good],
    ['%20x', good],
    ['a%2Fb', good],
  ] as const) {
    t.is((await post(topic, body)).status, 400, `${topic} ${JSON.stringify(body)}`);
  }
  for (let index = 0; index < limits.topicsMax; index += 1) t.is((await post(`tema-${index}`, good)).status, 200);
  t.like(JSON.parse((await post('otro', good)).text), { code: 'topics_full', details: { what: 'topics', max: limits.topicsMax } });
  for (const half of [0, 1]) {
    t.is((await post('tema-0', { numbers: Array.from({ length: 100 }, (_, index) => ({ key: `${half}-${index}`, value: 1 })) })).status, half === 0 ? 200 : 409);
  }
});

test('a secret of an uploader or of a node registers numbers, and only that of the admin resets them', async t => {
  const site = await CentralSite.open(t, { ip: '0.0.0.0' });
  const secrets = new Map((await site.ask('SECRETO')).map(line => line.split('|') as [string, string]));
  const as = (role: string) => site.client({ secret: secrets.get(role)! }).statistics.topics;
  for (const role of ['subida', 'nodo', 'admin']) await as(role).register({ topic: 'sala', key: role, value: 1 });
  const refused = { code: 'role_required' } as object;
  for (const role of ['lectura', 'subida', 'nodo']) await t.throwsAsync(as(role).reset({ topic: 'sala' }), refused);
  await t.throwsAsync(as('lectura').register({ topic: 'sala', key: 'x', value: 1 }), refused);
  t.is((await as('lectura').get({ topic: 'sala' })).entries.length, 3);
  t.is((await as('admin').reset({ topic: 'sala' })).entries.length, 3);
});

test('each table is CSV, and a name is no formula in it', async t => {
  const site = await siteWithFaro(t);
  const { tickets, statistics } = site.client();
  const { ticketId } = await tickets.open({ client: '=1+1, "ana"', name: 'faro.mp4' });
  await tickets.close({ ticketId, outcome: 'done', elapsedMs: 10, receivedBytes: 20, sources: [{ ...given, bytes: 20, failures: 1 }] });
  await statistics.topics.register({ topic: 'sala', key: '@grados', value: -3 });
  const table = async (query: string) => {
    const { status, text, headers } = await ask(site, `/statistics.csv?table=${query}`);
    t.is(status, 200, query);
    t.is(headers.get('content-type'), 'text/csv; charset=utf-8; header=present');
    t.regex(headers.get('content-disposition')!, /^attachment; filename="\w+\.csv"$/);
    t.true(text.endsWith('\r\n'));
    return text.split('\r\n').slice(0, -1);
  };
  t.deepEqual(await table('videos'), ['video,downloads', 'faro.mp4,1']);
  t.deepEqual(await table('clients'), ['client,downloads', '"\'=1+1, ""ana""",1']);
  t.deepEqual(await table('nodes'), ['node,downloads,bytes,failures,hashFailures,reassignedParts', '1,1,20,1,0,0']);
  t.regex((await table('series&resolution=hour'))[1]!, /^\d{4}-\d\d-\d\dT\d\d:00:00\.000Z,20,1,0,0,0,\d+,1,0,0$/);
  t.regex((await table('series'))[1]!, /^\d{4}-\d\d-\d\dT\d\d:\d\d:00\.000Z,20,1,/);
  t.regex((await table('downloads'))[1]!, /^"'=1\+1, ""ana""",faro\.mp4,done,\d{4}-[^,]+Z,\d+,\d+,20,1,0,0$/);
  t.regex((await table('topics'))[1]!, /^sala,'@grados,1,-3,-3,-3,-3,\d{4}-.+Z$/);
  for (const query of ['', '?table=otra', '?table=series&resolution=day', '?table=videos&table=clients']) {
    t.is((await ask(site, `/statistics.csv${query}`)).status, 400, query);
  }
  const head = await ask(site, '/statistics.csv?table=videos', { method: 'HEAD' });
  t.deepEqual([head.status, head.text], [200, '']);
  t.is((await ask(site, '/statistics.csv?table=videos', { method: 'POST', body: {} })).status, 405);
});
