import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import test, { type ExecutionContext } from 'ava';
import { MIB } from '../../../lib/base/units.ts';
import { CentralSite } from '../../helpers/central-site.ts';
import { eventually } from '../../helpers/eventually.ts';
import { startFaultyNode } from '../../helpers/faulty-node.ts';
import type { Fault, FaultyServer } from '../../helpers/faulty-server.ts';
import { manifestOf } from '../../helpers/manifests.ts';
import { randomBytes } from '../../helpers/random-bytes.ts';

const NAME = 'señal de invierno.mp4';

/** A central, and a node for each fault that holds the file. */
async function siteWith(t: ExecutionContext, bytes: Uint8Array, faults: readonly Fault[]): Promise<{ readonly site: CentralSite; readonly url: string; readonly nodes: readonly FaultyServer[] }> {
  const site = await CentralSite.open(t, { replicas: faults.length });
  const manifest = manifestOf(bytes, NAME);
  const nodes: FaultyServer[] = [];
  for (const [index, fault] of faults.entries()) nodes.push(await startFaultyNode(t, { number: index + 1, centralUrl: site.central.url, manifest, bytes, fault }));
  return { site, url: `${site.central.url}/stream?id=${manifest.id}`, nodes };
}

const healthy: Fault = { type: 'none' };

test('whatever a node does, who watches gets the whole file, in order', async t => {
  const bytes = randomBytes(12 * MIB + 77, 1);
  const faults: readonly Fault[] = [{ type: 'corrupt' }, { type: 'cut', afterBytes: 3 * MIB }, { type: 'hang', afterBytes: MIB }, { type: 'status', status: 500 }];
  const { url } = await siteWith(t, bytes, [...faults, healthy]);
  const response = await fetch(url);
  t.is(response.status, 200);
  t.true(Buffer.from(await response.arrayBuffer()).equals(bytes));
});

test('what is asked for is what comes: ranges, conditions and heads', async t => {
  const bytes = randomBytes(5 * MIB + 3, 2);
  const { url } = await siteWith(t, bytes, [healthy, healthy]);
  const ask = async (headers: Readonly<Record<string, string>>, method = 'GET') => {
    const response = await fetch(url, { method, headers });
    return { status: response.status, headers: response.headers, body: Buffer.from(await response.arrayBuffer()) };
  };
  const head = await ask({}, 'HEAD');
  t.deepEqual([head.status, head.headers.get('content-length'), head.headers.get('content-type'), head.body.length], [200, String(bytes.length), 'video/mp4', 0]);
  t.regex(head.headers.get('content-disposition')!, /^inline; .*filename\*=UTF-8''se%C3%B1al%20de%20invierno\.mp4/);
  for (const [range, start, end] of [['bytes=5-9', 5, 10], [`bytes=${2 * MIB - 5}-${2 * MIB + 5}`, 2 * MIB - 5, 2 * MIB + 6], ['bytes=-100', bytes.length - 100, bytes.length]] as const) {
    const part = await ask({ range });
    t.deepEqual([part.status, part.headers.get('content-range')], [206, `bytes ${start}-${end - 1}/${bytes.length}`]);
    t.true(part.body.equals(bytes.subarray(start, end)));
  }
  t.is((await ask({ range: `bytes=${bytes.length}-` })).status, 416);
  t.is((await ask({ 'if-none-match': head.headers.get('etag')! })).status, 304);
  t.is((await ask({ range: 'bytes=1-2', 'if-range': '"another"' })).body.length, bytes.length);
});

test('who reads slowly is not read ahead of by much', async t => {
  const bytes = randomBytes(48 * MIB, 3);
  const { url, nodes } = await siteWith(t, bytes, [healthy]);
  const request = get(url, { agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let read = 0;
  for await (const chunk of response) {
    read += (chunk as Buffer).length;
    if (read >= 2 * MIB) break;
  }
  t.true(nodes[0]!.sentBytes < 24 * MIB, `${nodes[0]!.sentBytes} bytes`);
});

test('the library is a playlist, whatever its titles are made of', async t => {
  const { site, url } = await siteWith(t, randomBytes(1000, 5), [healthy]);
  const client = site.client();
  await client.uploads.open({ id: url.slice(-64), name: NAME, sizeBytes: 1000, title: 'Señal,\nde #invierno' });
  const response = await fetch(`${site.central.url}/library.m3u`);
  t.is(response.headers.get('content-type'), 'audio/x-mpegurl; charset=utf-8');
  t.is(await response.text(), `#EXTM3U\n#EXTINF:-1,Señal, de #invierno\n${url}\n`);
  const head = await fetch(`${site.central.url}/library.m3u`, { method: 'HEAD' });
  t.deepEqual([head.status, await head.text()], [200, '']);
});

test('what nobody can give is told before a byte is sent', async t => {
  const bytes = randomBytes(1000, 4);
  const { site, url } = await siteWith(t, bytes, [healthy]);
  const answer = async (path: string, method = 'GET') => {
    const response = await fetch(path, { method });
    if (!response.ok) return [response.status, ((await response.json()) as { code: string }).code];
    await response.body?.cancel();
    return [response.status];
  };
  t.deepEqual(await answer(`${site.central.url}/stream?id=x`), [400, 'invalid_request']);
  t.deepEqual(await answer(`${site.central.url}/stream?id=${'0'.repeat(64)}`), [404, 'file_not_found']);
  t.deepEqual(await answer(url, 'POST'), [405, 'method_not_allowed']);
  const unanswered = await eventually('the node is down', async () => {
    // It may just have been heard again.
    site.clock.forward(60_000);
    const told = await answer(url);
    return told[0] !== 200 && told;
  });
  t.deepEqual(unanswered, [503, 'no_sources']);
});
