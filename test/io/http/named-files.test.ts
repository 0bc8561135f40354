import test, { type ExecutionContext } from 'ava';
import { VideoError } from '../../../lib/base/errors.ts';
import { silentLog } from '../../../lib/base/log.ts';
import type { FileOffers } from '../../../lib/domain/file-offers.ts';
import type { Manifest } from '../../../lib/domain/manifest.ts';
import { startControlServer, type ControlServer } from '../../../lib/io/http/control-server.ts';
import { formatMetalink } from '../../../lib/protocol/metalink.ts';
import { formatTorrent } from '../../../lib/protocol/torrent.ts';
import { routerThat } from '../../helpers/control-router.ts';
import { manifestOf, manifestWithPieces } from '../../helpers/manifests.ts';
import { exchange, requestText, type RawAnswer } from '../../helpers/raw-http.ts';

const NAMES = ['faro.mp4', 'El "faro" ñ & 100%41.mp4', 'film.torrent', 'a+b?c#d.mp4', '100%.mp4', 'faro.mp4.meta4.meta4', '🎬'];
const files = new Map<string, Manifest>(NAMES.map(name => [name, manifestWithPieces(Buffer.from(name), name)]));
files.set('old.mp4', manifestOf(Buffer.from('old'), 'old.mp4'));
const mirrorsOf = ({ id }: Manifest) => [1, 2, 3].map(node => `http://10.0.0.${node}:50001/files/${id}`);

const offers: FileOffers = {
  async find(name) {
    if (name === 'away.mp4') throw new VideoError('no_sources', { name, nodes: [1, 2] });
    const manifest = files.get(name);
    return manifest && { manifest, mirrors: mirrorsOf(manifest) };
  },
  missing: async name => new VideoError('file_not_found', { name, near: ['faro.mp4'] }),
};

async function serve(t: ExecutionContext): Promise<ControlServer> {
  const server = await startControlServer({ ip: '127.0.0.1', port: 0 }, routerThat(() => ({ items: [] })), { log: silentLog, offers });
  t.teardown(() => server[Symbol.asyncDispose]());
  return server;
}

const pathOf = (name: string) => `/files/${encodeURIComponent(name)}`;

/** Values of every line of a field. */
function linesOf({ head }: RawAnswer, field: string): readonly string[] {
  return head.split('\r\n').filter(line => line.toLowerCase().startsWith(`${field}: `)).map(line => line.slice(field.length + 2));
}

for (const method of ['GET', 'HEAD']) {
  test(`${method} leads to the first mirror and tells of all, a line each`, async t => {
    const { port } = await serve(t);
    const manifest = files.get('faro.mp4')!;
    const answer = await exchange(port, [requestText(method, '/files/faro.mp4', { headers: { host: `127.0.0.1:${port}` } })]);
    t.is(answer.status, 307);
    t.is(answer.body, '');
    t.deepEqual(linesOf(answer, 'location'), [mirrorsOf(manifest)[0]!]);
    t.deepEqual(linesOf(answer, 'link'), [
      ...mirrorsOf(manifest).map((url, index) => `<${url}>; rel=duplicate; pri=${index + 1}`),
      `<http://127.0.0.1:${port}/files/faro.mp4.meta4>; rel="describedby alternate"; type="application/metalink4+xml"`,
      `<http://127.0.0.1:${port}/files/faro.mp4.torrent>; rel="describedby alternate"; type="application/x-bittorrent"`,
    ]);
    const digest = Buffer.from(manifest.sha256, 'hex').toString('base64');
    t.deepEqual(linesOf(answer, 'digest'), [`SHA-256=${digest}`]);
    t.deepEqual(linesOf(answer, 'repr-digest'), [`sha-256=:${digest}:`]);
    t.deepEqual(linesOf(answer, 'etag'), [`"${manifest.id}"`]);
    t.deepEqual(linesOf(answer, 'content-length'), ['0']);
  });
}

test('a name is decoded once, and is exact', async t => {
  const { port } = await serve(t);
  for (const [name, { id }] of files) {
    const answer = await exchange(port, [requestText('GET', pathOf(name))]);
    t.is(answer.status, 307, name);
    t.true(linesOf(answer, 'location')[0]!.endsWith(id), name);
  }
  for (const path of ['/files/FARO.mp4', '/files/faro.mp4%20', '/files/', '/files/100%2525.mp4', '/files/faro.mp4/', '/files/x/faro.mp4', '/files/El%20faro']) {
    const { status, body } = await exchange(port, [requestText('GET', path)]);
    t.is(status, 404, path);
    t.like(JSON.parse(body), { code: 'file_not_found', details: { name: decodeURIComponent(path.slice(7)), near: ['faro.mp4'] } });
  }
  t.is((await exchange(port, [requestText('GET', '/files/faro.mp4?x=1')])).status, 307);
});

test('what is no percent-encoded UTF-8 is 400', async t => {
  const { port } = await serve(t);
  for (const path of ['/files/%zz', '/files/%ff', '/files/a%']) {
    const { status, body } = await exchange(port, [requestText('GET', path)]);
    t.is(status, 400, path);
    t.like(JSON.parse(body), { code: 'invalid_request' });
  }
});

test('the documents name every mirror', async t => {
  const { port } = await serve(t);
  const manifest = files.get('faro.mp4')!;
  const metalink = await exchange(port, [requestText('GET', '/files/faro.mp4.meta4')]);
  t.is(metalink.status, 200);
  t.deepEqual(linesOf(metalink, 'content-type'), ['application/metalink4+xml']);
  t.deepEqual(linesOf(metalink, 'content-disposition'), ['attachment; filename="faro.mp4.meta4"']);
  t.is(metalink.body, formatMetalink(manifest, mirrorsOf(manifest)));
  for (const [query, version] of [['', 'hybrid'], ['?version=1', '1'], ['?version=2', '2'], ['?version=hybrid&x', 'hybrid']] as const) {
    const torrent = await exchange(port, [requestText('GET', `/files/faro.mp4.torrent${query}`)]);
    t.deepEqual(linesOf(torrent, 'content-type'), ['application/x-bittorrent']);
    t.is(torrent.body, formatTorrent(manifest, mirrorsOf(manifest), version).toString());
  }
  const head = await exchange(port, [requestText('HEAD', '/files/faro.mp4.meta4')]);
  t.is(head.body, '');
  t.deepEqual(linesOf(head, 'content-length'), [String(metalink.body.length)]);
});

test('a video that is called like a document comes before it, and has documents of its own', async t => {
  const { port } = await serve(t);
  t.is((await exchange(port, [requestText('GET', '/files/film.torrent')])).status, 307);
  t.is((await exchange(port, [requestText('GET', '/files/film.torrent.torrent')])).status, 200);
  t.is((await exchange(port, [requestText('GET', '/files/faro.mp4.meta4.meta4')])).status, 307);
  t.is((await exchange(port, [requestText('GET', '/files/film.meta4')])).status, 404);
});

test('a torrent of another version is 400, and one without hashes 404', async t => {
  const { port } = await serve(t);
  const wrong = await exchange(port, [requestText('GET', '/files/faro.mp4.torrent?version=3')]);
  t.is(wrong.status, 400);
  t.like(JSON.parse(wrong.body), { code: 'invalid_request' });
  const old = await exchange(port, [requestText('GET', '/files/old.mp4.torrent')]);
  t.is(old.status, 404);
  t.like(JSON.parse(old.body), { code: 'not_found', details: { what: 'torrent' } });
  t.is((await exchange(port, [requestText('GET', '/files/old.mp4.meta4')])).status, 200);
});

test('when nobody who holds it is up, it is 503 and says when to come again', async t => {
  const { port } = await serve(t);
  for (const path of ['/files/away.mp4', '/files/away.mp4.meta4', '/files/away.mp4.torrent']) {
    const answer = await exchange(port, [requestText('GET', path)]);
    t.is(answer.status, 503, path);
    t.regex(linesOf(answer, 'retry-after')[0]!, /^\d+$/);
    t.deepEqual((JSON.parse(answer.body) as { details: unknown }).details, { name: 'away.mp4', nodes: [1, 2] });
  }
});

test('other methods are 405 and learn which are allowed, whatever they bring', async t => {
  const { port } = await serve(t);
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
    for (const headers of [{}, { 'content-type': 'video/mp4' }]) {
      const answer = await exchange(port, [requestText(method, '/files/faro.mp4', { headers, body: method === 'OPTIONS' ? '' : 'x' })]);
      t.is(answer.status, 405, method);
      t.deepEqual(linesOf(answer, 'allow'), ['GET, HEAD']);
      t.like(JSON.parse(answer.body), { code: 'method_not_allowed', details: { allowed: ['GET', 'HEAD'] } });
    }
  }
});

test('a program that leaves the port out of Host is sent to the one that it asked', async t => {
  const { port } = await serve(t);
  for (const [host, origin] of [['127.0.0.1', `http://127.0.0.1:${port}`], ['localhost', `http://localhost:${port}`], ['10.1.2.3', 'http://10.1.2.3'], ['127.0.0.1:7', 'http://127.0.0.1:7']]) {
    const answer = await exchange(port, [requestText('GET', '/files/faro.mp4', { headers: { host: host! } })]);
    t.true(linesOf(answer, 'link').at(-1)!.startsWith(`<${origin}/files/`), host);
  }
});
