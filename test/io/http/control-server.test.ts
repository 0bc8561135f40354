import { connect } from 'node:net';
import { hostname } from 'node:os';
import { once } from 'node:events';
import test, { type ExecutionContext } from 'ava';
import { VideoError } from '../../../lib/base/errors.ts';
import { createLog, silentLog, type Log } from '../../../lib/base/log.ts';
import { startControlServer, type ControlRouter, type ControlServer } from '../../../lib/io/http/control-server.ts';
import { wireErrors } from '../../../lib/protocol/errors.ts';
import { pathOf } from '../../../lib/protocol/data.ts';
import { limits } from '../../../lib/protocol/limits.ts';
import { methodsOf, plainAccess } from '../../../lib/protocol/roles.ts';
import { operationsOf, routerThat } from '../../helpers/control-router.ts';
import { createGate } from '../../helpers/gate.ts';
import { exchange, requestText } from '../../helpers/raw-http.ts';

/** As much of OpenAPI 3.1 as is looked at. */
interface OpenApiDocument {
  readonly paths: Readonly<Record<string, object>>;
}

const TICKET = '11111111-2222-4333-8444-555555555555';
const ticketBody = JSON.stringify({ doneBytes: 0, problems: [] });

async function serve(t: ExecutionContext, router: ControlRouter, log: Log = silentLog): Promise<ControlServer> {
  const server = await startControlServer({ ip: '127.0.0.1', port: 0 }, router, { log });
  t.teardown(() => server[Symbol.asyncDispose]());
  return server;
}

/** Lists what it was asked, and fails in the ways that a central fails. */
const router = routerThat((operation, input) => {
  if (operation === 'videos.list' || operation === 'videos.search') return { items: [], next: JSON.stringify(input) };
  if (operation === 'clients.register') return { name: 'ana', downloads: 0 };
  if (operation === 'videos.find') throw new VideoError('file_not_found', { name: 'fro.mp4', near: ['faro.mp4'] });
  if (operation === 'tickets.progress') throw new VideoError('ticket_not_found', { ticketId: TICKET });
  if (operation === 'tickets.open') throw new VideoError('no_sources', { name: 'faro.mp4', nodes: [1, 2] });
  if (operation === 'manifests.get') throw new TypeError('cannot read /home/ana/datos/secreto');
  if (operation === 'nodes.list') throw new VideoError('disk_full', { path: '/home/ana/datos' });
  if (operation === 'statistics.get') throw new VideoError('catalog_unavailable', { url: 'sqlite:/home/ana/datos/catalogo.sqlite' });
  return { status: 'of another shape', password: '/home/ana' };
});

const refusals: Readonly<Record<string, { readonly request: string; readonly code: keyof typeof wireErrors; readonly details?: object; readonly reason?: RegExp; readonly message?: RegExp }>> = {
  'an unknown route': { request: requestText('GET', '/nothing'), code: 'not_found', details: { what: 'route' } },
  'a route that goes on too long': { request: requestText('GET', `/videos/${'x'.repeat(5000)}`), code: 'not_found', details: { what: 'route' } },
  'the wrong method': { request: requestText('DELETE', '/statistics'), code: 'method_not_allowed', details: { allowed: ['GET', 'HEAD'] } },
  'the wrong method of an earlier name': { request: requestText('POST', '/listar?limit=2', { body: '{}' }), code: 'method_not_allowed', details: { allowed: ['GET', 'HEAD'] } },
  'the wrong method of a path with a parameter': { request: requestText('POST', `/manifests/${'0'.repeat(64)}`), code: 'method_not_allowed', details: { allowed: ['GET', 'PUT', 'HEAD'] } },
  'a question where things are only sent': { request: requestText('GET', '/tickets'), code: 'method_not_allowed', details: { allowed: ['POST'] } },
  'a method that HTTP does not know well': { request: requestText('PROPFIND', '/videos'), code: 'method_not_allowed', details: { allowed: ['GET', 'HEAD'] } },
  'a path that is no text': { request: requestText('GET', '/%zz'), code: 'invalid_request', reason: /%zz/ },
  'malformed JSON': { request: requestText('POST', '/clients', { body: '{"name":' }), code: 'invalid_request', reason: /no JSON/ },
  'no JSON at all': { request: requestText('POST', '/clients', { body: 'name=ana', headers: { 'content-type': 'application/x-www-form-urlencoded' } }), code: 'invalid_request', reason: /no JSON/ },
  'a body of a wrong type': { request: requestText('POST', '/clients', { body: '{"name":5}' }), code: 'invalid_request', reason: /^name: / },
  'a body that is an array': { request: requestText('POST', '/clients', { body: '[]' }), code: 'invalid_request' },
  'a body that is null': { request: requestText('POST', '/clients', { body: 'null' }), code: 'invalid_request' },
  'no body': { request: requestText('POST', '/clients'), code: 'invalid_request' },
  'a body of white space': { request: requestText('POST', '/clients', { body: ' \n' }), code: 'invalid_request' },
  'a wrong number in a query': { request: requestText('GET', '/videos?limit=0'), code: 'invalid_request', reason: /^limit: / },
  'a query that repeats itself': { request: requestText('GET', '/videos?limit=1&limit=2'), code: 'invalid_request', reason: /^limit: / },
  'an id of another shape in the path': { request: requestText('GET', '/manifests/x'), code: 'invalid_request', reason: /^id: / },
  'a node that is no number': { request: requestText('POST', '/nodes/x/heartbeat', { body: '{}' }), code: 'invalid_request', reason: /^number: / },
  'a body that says it is too large': { request: requestText('POST', '/clients', { headers: { 'content-length': String(limits.orderMaxBytes + 1) } }), code: 'invalid_request', reason: /too large/ },
  'a secondary that says too much': { request: requestText('POST', '/nodes/1/heartbeat', { headers: { 'content-length': String(limits.bodyMaxBytes + 1) } }), code: 'invalid_request', reason: /too large/ },
  'a secondary that says much, and nothing of use': { request: requestText('POST', '/nodes/1/heartbeat', { body: ' '.repeat(2 * limits.orderMaxBytes) }), code: 'invalid_request', reason: /^(?!.*too large)/ },
  'a name longer than anybody types': { request: requestText('POST', '/tickets', { body: JSON.stringify({ client: 'ana', name: 'x'.repeat(limits.askedNameMaxLength + 1) }) }), code: 'invalid_request', reason: /^name: / },
  'headers too long': { request: requestText('GET', '/videos', { headers: { 'x-long': 'x'.repeat(limits.headerMaxBytes) } }), code: 'invalid_request', reason: /OVERFLOW/ },
  'something that is no HTTP': { request: 'hello\r\n\r\n', code: 'invalid_request' },
  'two lengths': { request: requestText('POST', '/clients', { body: '{}', headers: { 'transfer-encoding': 'chunked' } }), code: 'invalid_request' },
  'a foreign Host': { request: requestText('GET', '/videos', { headers: { host: 'evil.example' } }), code: 'forbidden', details: { host: 'evil.example' } },
  'a foreign Origin': { request: requestText('GET', '/videos', { headers: { host: '127.0.0.1:1', origin: 'http://evil.example' } }), code: 'forbidden', details: { host: '127.0.0.1:1', origin: 'http://evil.example' }, message: /another place \(http:\/\/evil\.example\)/ },
  'a foreign Host where there is no route': { request: requestText('GET', '/nothing', { headers: { host: 'evil.example' } }), code: 'forbidden', details: { host: 'evil.example' } },
  'an unknown ticket': { request: requestText('POST', `/tickets/${TICKET}/progress`, { body: ticketBody }), code: 'ticket_not_found', details: { ticketId: TICKET } },
  'a name that nobody has': { request: requestText('GET', '/video?name=fro.mp4'), code: 'file_not_found', details: { name: 'fro.mp4', near: ['faro.mp4'] } },
  'no source': { request: requestText('POST', '/tickets', { body: '{"client":"ana","name":"faro.mp4"}' }), code: 'no_sources', details: { name: 'faro.mp4', nodes: [1, 2] } },
  'a handler that breaks': { request: requestText('GET', `/manifests/${'0'.repeat(64)}`), code: 'internal' },
  'a handler that fails for a reason of its own': { request: requestText('GET', '/nodes'), code: 'internal' },
  'a handler that answers something else': { request: requestText('GET', '/health'), code: 'internal' },
  'a catalogue that is away': { request: requestText('GET', '/statistics'), code: 'catalog_unavailable', details: { url: 'sqlite:' } },
};

for (const [what, { request, code, details, reason, message }] of Object.entries(refusals)) {
  test(`${what}: ${code}, in the shape of every error`, async t => {
    const { port } = await serve(t, router);
    const { status, head, body } = await exchange(port, [request]);
    t.is(status, wireErrors[code].status);
    t.regex(head, /content-type: application\/json/i);
    const error = JSON.parse(body) as { code: string; message: string; details: { reason?: string } };
    t.deepEqual(Object.keys(error).sort(), ['code', 'details', 'message']);
    t.is(error.code, code);
    t.is(typeof error.message, 'string');
    if (details) t.deepEqual(error.details, details);
    if (reason) t.regex(error.details.reason!, reason);
    if (message) t.regex(error.message, message);
    t.notRegex(body, /home|password|\.js|\bat /, 'nothing of this machine');
  });
}

test('a server answers to the machine\'s name and to those it was given', async t => {
  const server = await startControlServer({ ip: '127.0.0.1', port: 0 }, router, { log: silentLog, publicNames: ['videos.example'] });
  t.teardown(() => server[Symbol.asyncDispose]());
  for (const host of [hostname(), `${hostname()}.local:80`, 'videos.example']) {
    t.is((await exchange(server.port, [requestText('GET', '/videos', { headers: { host } })])).status, 200, host);
  }
});

test('HEAD answers as GET does, without the body; 405 says what is allowed', async t => {
  const { port } = await serve(t, router);
  const got = await exchange(port, [requestText('GET', '/videos')]);
  const asked = await exchange(port, [requestText('HEAD', '/videos')]);
  const withoutDate = (head: string) => head.replace(/^date:.*$/im, '');
  t.is(withoutDate(asked.head), withoutDate(got.head));
  t.is(asked.body, '');
  t.regex((await exchange(port, [requestText('PUT', '/videos')])).head, /^allow: GET, HEAD$/im);
});

test('every plain route that is asked with a wrong method says which it has', async t => {
  const { port } = await serve(t, router);
  for (const { example } of plainAccess) {
    const path = pathOf(example);
    const rows = plainAccess.filter(row => row.path.test(path));
    for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS'].filter(one => !rows.some(row => methodsOf(row).includes(one)))) {
      const { status, head, body } = await exchange(port, [requestText(method, path, { body: method === 'OPTIONS' ? '' : 'x' })]);
      t.is(status, 405, `${method} ${path}`);
      t.regex(head, new RegExp(`^allow: ${rows.flatMap(methodsOf).join(', ')}$`, 'im'));
      t.like(JSON.parse(body), { code: 'method_not_allowed' });
    }
  }
});

test('a body without a length is cut at the limit', async t => {
  const { port } = await serve(t, router);
  const chunk = Buffer.alloc(1024 * 1024, ' ');
  const head = requestText('POST', '/clients', { headers: { 'transfer-encoding': 'chunked', 'content-type': 'application/json' } });
  const pieces = Array.from({ length: limits.orderMaxBytes / chunk.length + 1 }, () => Buffer.concat([Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n')]));
  const { status, body } = await exchange(port, [head, ...pieces, '0\r\n\r\n']);
  t.is(status, 400);
  t.like(JSON.parse(body), { code: 'invalid_request' });
});

test('what failed inside is told to the log, and what others did wrong is not', async t => {
  const told: unknown[] = [];
  const { port } = await serve(t, router, createLog((_level, _event, fields) => void told.push(fields), 'debug'));
  for (const path of ['/nothing', '/videos?limit=0', '/video?name=fro.mp4', '/%zz']) await exchange(port, [requestText('GET', path)]);
  t.deepEqual(told, []);
  await exchange(port, [requestText('GET', `/manifests/${'0'.repeat(64)}`)]);
  await exchange(port, [requestText('GET', '/statistics')]);
  t.regex(JSON.stringify(told), /\/manifests\/000.*cannot read.*catalogo\.sqlite/s);
});

test('the names of the earlier programs answer as those of now, whatever is asked of them', async t => {
  const { port } = await serve(t, router);
  const ask = async (path: string) => (await exchange(port, [requestText('GET', path)])).body;
  for (const query of ['', '?', '?limit=3', '?after=a%20b&limit=2', '?after=what?%20now&limit=2']) {
    t.is(await ask(`/listar${query}`), await ask(`/videos${query}`), query);
  }
  t.like(JSON.parse(JSON.parse(await ask('/listar?after=what?%20now&limit=2')).next), { after: 'what? now', limit: 2 });
  t.like(JSON.parse(JSON.parse(await ask('/search?q=a?b?c')).next), { q: 'a?b?c' });
  t.like(JSON.parse(await ask('/listar/x')), { code: 'not_found' });
});

test('the document is told to whoever asks, with every operation', async t => {
  const { port } = await serve(t, router);
  const { status, body } = await exchange(port, [requestText('GET', '/openapi.json')]);
  t.is(status, 200);
  const { paths } = JSON.parse(body) as OpenApiDocument;
  const listed = new Set(Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map(method => `${method} ${path}`)));
  const promised = operationsOf().map(({ procedure }) => `${procedure['~orpc'].route.method!.toLowerCase()} ${procedure['~orpc'].route.path}`);
  t.deepEqual(promised.filter(route => !listed.has(route)), []);
});

test('a handler learns where a request comes from, and the operation that was allowed', async t => {
  const contexts: unknown[] = [];
  const { port } = await serve(t, routerThat((_operation, _input, context) => (contexts.push(context), { items: [] })));
  await exchange(port, [requestText('GET', '/videos')]);
  t.deepEqual(contexts, [{ remoteAddress: '127.0.0.1', operation: 'videos.list' }]);
});

test('a server that stops lets a running request end, refuses new ones, and is gone', async t => {
  const asked = createGate();
  const go = createGate();
  const server = await startControlServer(
    { ip: '127.0.0.1', port: 0 },
    routerThat(async () => {
      asked.open();
      await go.opened;
      return { items: [] };
    }),
    { log: silentLog },
  );
  const running = exchange(server.port, [requestText('GET', '/videos')]);
  await asked.opened;
  const closed = server[Symbol.asyncDispose]();
  const late = connect({ host: '127.0.0.1', port: server.port });
  const [error] = (await once(late, 'error')) as [NodeJS.ErrnoException];
  t.is(error.code, 'ECONNREFUSED');
  go.open();
  t.is((await running).body, '{"items":[]}');
  await closed;
});

test('a request that never ends does not keep a server from stopping', async t => {
  const asked = createGate();
  const server = await startControlServer(
    { ip: '127.0.0.1', port: 0 },
    routerThat(() => {
      asked.open();
      return new Promise(() => undefined);
    }),
    { log: silentLog },
  );
  const running = exchange(server.port, [requestText('GET', '/videos')]);
  await asked.opened;
  await server[Symbol.asyncDispose]();
  await t.throwsAsync(running, { message: /no answer/ });
});

test('a port that is taken is a clear error', async t => {
  const { port } = await serve(t, router);
  await t.throwsAsync(startControlServer({ ip: '127.0.0.1', port }, router, { log: silentLog }), { code: 'port_in_use' });
});
