import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import anyTest, { type ExecutionContext, type TestFn } from 'ava';
import { BufferSource, Input, MP4 } from 'mediabunny';
import { MIB } from '../../../lib/base/units.ts';
import { limits } from '../../../lib/protocol/limits.ts';
import { CentralSite } from '../../helpers/central-site.ts';
import { eventually } from '../../helpers/eventually.ts';
import { startFaultyNode } from '../../helpers/faulty-node.ts';
import { manifestOf } from '../../helpers/manifests.ts';
import { makeMatroskaFilm } from '../../helpers/matroska-film.ts';
import { randomBytes } from '../../helpers/random-bytes.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const test = anyTest as TestFn<{ readonly film: Uint8Array; readonly durationMs: number }>;

test.before('a film is made', async t => {
  const closing: (() => unknown)[] = [];
  const path = join(await temporaryDirectory({ teardown: close => void closing.unshift(close) }), 'film.mkv');
  const { durationMs } = await makeMatroskaFilm(path, { sizeBytes: 12 * MIB });
  t.context = { film: await readFile(path), durationMs };
  for (const close of closing) await close();
});

/** Where the central gives the file, which two nodes hold, one of which sends damaged bytes. */
async function urlOf(t: ExecutionContext, bytes: Uint8Array, name: string): Promise<string> {
  const site = await CentralSite.open(t, { replicas: 2 });
  const manifest = manifestOf(bytes, name);
  for (const [index, type] of (['corrupt', 'none'] as const).entries()) await startFaultyNode(t, { number: index + 1, centralUrl: site.central.url, manifest, bytes, fault: { type } });
  return `${site.central.url}/stream?id=${manifest.id}&formato=mp4`;
}

test('a Matroska film is given as MP4, also while a node sends damaged bytes', async t => {
  const url = await urlOf(t, t.context.film, 'señal.mkv');
  const head = await fetch(url, { method: 'HEAD' });
  const response = await fetch(url, { headers: { range: 'bytes=5-9' } });
  for (const { status, headers } of [head, response]) {
    t.is(status, 200);
    t.regex(headers.get('content-type')!, /^video\/mp4; codecs="avc1\.\w{6}, mp4a\.40\.2"$/);
    t.like(Object.fromEntries(headers), { 'accept-ranges': 'none', 'cache-control': 'no-store', 'content-disposition': "inline; filename=\"se_al.mp4\"; filename*=UTF-8''se%C3%B1al.mp4" });
    t.is(headers.get('content-length'), null);
  }
  using input = new Input({ source: new BufferSource(await response.arrayBuffer()), formats: [MP4] });
  t.is(Math.round(await input.computeDuration()), Math.round(t.context.durationMs / 1000));
});

test('what cannot be given as MP4 is told before a byte is sent', async t => {
  const url = await urlOf(t, randomBytes(1000, 1), 'film.avi');
  const answer = async (path: string) => {
    const response = await fetch(path);
    const { code, details } = (await response.json()) as { code: string; details: object };
    return [response.status, code, details];
  };
  t.deepEqual(await answer(url), [406, 'not_remuxable', { name: 'film.avi', obstacle: 'container', codecs: [] }]);
  t.deepEqual((await answer(`${url}&desde=-1`)).slice(0, 2), [400, 'invalid_request']);
  t.deepEqual((await answer(url.replace('mp4', 'avi'))).slice(0, 2), [400, 'invalid_request']);
});

test('so many who watch at once; who goes away makes room for the next', async t => {
  const url = await urlOf(t, t.context.film, 'film.mkv');
  const viewers = await Promise.all(Array.from({ length: limits.remuxes }, () => watch(url)));
  const refused = await fetch(url);
  t.deepEqual([refused.status, refused.headers.get('retry-after')], [503, String(limits.remuxesFullRetryAfterS)]);
  t.like(await refused.json(), { code: 'remuxes_full', details: { running: limits.remuxes } });
  viewers[0]!.destroy();
  await eventually('there is room', async () => (await fetch(url, { method: 'HEAD' })).status === 200);
  for (const viewer of viewers) viewer.destroy();
});

/** Begins to, and reads no further. */
async function watch(url: string): Promise<IncomingMessage> {
  const request = get(url, { agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.on('error', () => undefined);
  return response;
}
