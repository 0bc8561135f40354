import { getEventListeners, once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { VideoError } from '../../../lib/base/errors.ts';
import { createLog, silentLog } from '../../../lib/base/log.ts';
import { createControlClient, type ControlClientOptions } from '../../../lib/io/http/control-client.ts';
import { startControlServer, type ControlContext } from '../../../lib/io/http/control-server.ts';
import type { ControlClient } from '../../../lib/protocol/control.ts';
import { limits } from '../../../lib/protocol/limits.ts';
import { routerThat } from '../../helpers/control-router.ts';
import { eventually } from '../../helpers/eventually.ts';
import { createGate } from '../../helpers/gate.ts';
import { noStatistics } from '../../helpers/no-statistics.ts';

const TICKET = '11111111-2222-4333-8444-555555555555';

function clientOf(t: ExecutionContext, urls: readonly string[], options: Partial<ControlClientOptions> = {}): ControlClient {
  const connection = createControlClient(urls, { log: silentLog, ...options });
  t.teardown(() => connection[Symbol.asyncDispose]());
  return connection.client;
}

/** A server that speaks HTTP and may not speak the contract. */
async function serve(t: ExecutionContext, answer: RequestListener, port = 0): Promise<{ readonly url: string; readonly port: number; readonly server: Server }> {
  const server = createServer(answer).listen(port, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => stop(server));
  const { port: taken } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${taken}`, port: taken, server };
}

async function stop(server: Server): Promise<void> {
  if (!server.listening) return;
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}

async function central(t: ExecutionContext, answer: (operation: string, input: unknown, context: ControlContext) => unknown) {
  const server = await startControlServer({ ip: '127.0.0.1', port: 0 }, routerThat(answer), { log: silentLog });
  t.teardown(() => server[Symbol.asyncDispose]());
  return server;
}

const counts = { ...noStatistics, videos: { 'señal 📺.mp4': 2 }, clientes: { ana: 2 } };
const answerCounts: RequestListener = (_request, response) => void response.setHeader('content-type', 'application/json').end(JSON.stringify(counts));

test('what the central says arrives as it was said', async t => {
  const inputs: unknown[] = [];
  const { url } = await central(t, (operation, input) => {
    inputs.push([operation, input]);
    return operation === 'statistics.get' ? counts : { items: [], next: 'ñandú & cía.mp4' };
  });
  const client = clientOf(t, [url]);
  t.deepEqual(await client.statistics.get(), counts);
  t.deepEqual(await client.videos.search({ q: 'ñandú & cía?', limit: 7 }), { items: [], next: 'ñandú & cía.mp4' });
  t.deepEqual(inputs.at(-1), ['videos.search', { q: 'ñandú & cía?', limit: 7 }]);
});

const errors = [
  new VideoError('file_not_found', { name: 'fro.mp4', near: ['faro.mp4'] }),
  new VideoError('ticket_not_found', { ticketId: TICKET }),
  new VideoError('no_sources', { name: 'faro.mp4', nodes: [1, 2] }),
  new VideoError('line_full', { waiting: 10_000 }),
  new VideoError('node_conflict', { number: 7 }),
  new VideoError('unauthorized', {}),
  new VideoError('invalid_manifest', { reason: 'part size' }),
] as const;

for (const thrown of errors) {
  test(`${thrown.code} arrives as the central threw it, with its facts`, async t => {
    const { url } = await central(t, () => {
      throw thrown;
    });
    const { code, facts } = await t.throwsAsync<VideoError>(clientOf(t, [url]).statistics.get(), { instanceOf: VideoError });
    t.deepEqual({ code, facts }, { code: thrown.code, facts: thrown.facts } as never);
  });
}

const TICKETED = { state: 'granted', ticketId: TICKET, id: '0'.repeat(64), sizeBytes: 1, sources: [], leaseMs: 1, pollMs: 1 };

test('a name that would leave the folder of whoever downloads is a failure of the central', async t => {
  for (const name of ['../evil', '/etc/evil', '.hidden', '..', 'a/b', 'two\nlines']) {
    const { url } = await serve(t, (_request, response) => void response.setHeader('content-type', 'application/json').end(JSON.stringify({ ...TICKETED, name })));
    await t.throwsAsync(clientOf(t, [url]).tickets.open({ client: 'ana', name: 'faro.mp4' }), { code: 'central_failed' }, name);
  }
});

test('a secret goes with every request, and none without one', async t => {
  const proofs: unknown[] = [];
  const { url } = await serve(t, ({ headers }, response) => {
    proofs.push(headers.authorization);
    response.setHeader('content-type', 'application/json').end(JSON.stringify(counts));
  });
  await clientOf(t, [url], { secret: 's3cret' }).statistics.get();
  await clientOf(t, [url]).statistics.get();
  t.deepEqual(proofs, ['Bearer s3cret', undefined]);
});

const garbage: Readonly<Record<string, { readonly status: number; readonly body: string }>> = {
  'a page of another server': { status: 200, body: '<html>hello</html>' },
  'a failure of another server': { status: 502, body: '<html>bad gateway</html>' },
  'nothing at all': { status: 200, body: '' },
  'JSON of another shape': { status: 200, body: '{"videos":[],"clientes":{}}' },
  'an error of another shape': { status: 404, body: '{"error":"Not Found"}' },
  'an error that this program does not know': { status: 418, body: '{"code":"teapot","message":"","details":{}}' },
  'an error without its facts': { status: 404, body: '{"code":"file_not_found","message":"","details":{"name":"faro.mp4"}}' },
  'an error without a body': { status: 500, body: '' },
  'an error that is null': { status: 500, body: 'null' },
};

for (const [what, { status, body }] of Object.entries(garbage)) {
  test(`${what} is a failure of the central`, async t => {
    const { url } = await serve(t, (_request, response) => void response.writeHead(status, { 'content-type': 'application/json' }).end(body));
    const { code, facts } = await t.throwsAsync<VideoError>(clientOf(t, [url]).statistics.get(), { instanceOf: VideoError });
    t.is(code, 'central_failed');
    t.deepEqual(facts, { address: url, status } as never);
  });
}

test('an answer that is cut, or larger than any can be, is none', async t => {
  const { url: cutting } = await serve(t, (_request, response) => {
    response.writeHead(200, { 'content-length': 100 });
    response.write('{"videos":', () => response.destroy());
  });
  await t.throwsAsync(clientOf(t, [cutting]).statistics.get(), { code: 'central_unreachable' });
  const { url: endless } = await serve(t, (_request, response) => {
    const chunk = Buffer.alloc(1024 * 1024, ' ');
    let sent = 0;
    const more = () => {
      while (sent <= 2 * limits.bodyMaxBytes && !response.destroyed) {
        sent += chunk.length;
        if (!response.write(chunk)) return void response.once('drain', more);
      }
      response.end();
    };
    more();
  });
  await t.throwsAsync(clientOf(t, [endless]).statistics.get(), { code: 'central_unreachable' });
});

test('where nobody listens no central is reached', async t => {
  const { url, server } = await serve(t, answerCounts);
  await stop(server);
  const { facts } = await t.throwsAsync<VideoError>(clientOf(t, [url]).statistics.get(), { instanceOf: VideoError, code: 'central_unreachable' } as never);
  t.deepEqual(facts, { address: url } as never);
});

test('of two addresses the one that lives is used, and asked first from then on', async t => {
  const { url: dead, port: deadPort, server } = await serve(t, answerCounts);
  await stop(server);
  let asked = 0;
  const { url: alive, server: living } = await serve(t, (request, response) => {
    asked += 1;
    answerCounts(request, response);
  });
  const client = clientOf(t, [dead, alive]);
  t.deepEqual(await client.statistics.get(), counts);

  let disturbed = 0;
  const { server: returned } = await serve(t, () => void (disturbed += 1), deadPort);
  t.deepEqual(await client.statistics.get(), counts);
  t.deepEqual([asked, disturbed], [2, 0]);
  await stop(returned);
  await stop(living);
  const { facts } = await t.throwsAsync<VideoError>(client.statistics.get(), { instanceOf: VideoError });
  t.deepEqual(facts, { address: `${dead}, ${alive}` } as never);

  await serve(t, answerCounts, deadPort);
  t.deepEqual(await client.statistics.get(), counts, 'and the first one again when it is the one that lives');
});

test('a central that says no is not asked again at its other address', async t => {
  let asked = 0;
  const refusing = await central(t, () => {
    asked += 1;
    throw new VideoError('no_sources', { name: 'faro.mp4', nodes: [] });
  });
  await t.throwsAsync(clientOf(t, [refusing.url, `http://localhost:${refusing.port}`]).statistics.get(), { code: 'no_sources' });
  t.is(asked, 1);
});

test('a central that is too slow is not reached, after the time limit, and is not asked twice', async t => {
  let asked = 0;
  const silent: RequestListener = () => void (asked += 1);
  const { url } = await serve(t, (request, response) => (asked === 0 ? ((asked += 1), answerCounts(request, response)) : silent(request, response)));
  const client = clientOf(t, [url], { timeoutMs: 4000 });
  await client.statistics.get();
  const startMs = performance.now();
  // On the connection of before: that it was used already is no reason to try again.
  await t.throwsAsync(client.statistics.get(), { code: 'central_unreachable' });
  t.true(performance.now() - startMs > 3990);
  t.is(asked, 2);
});

test('a central that dribbles its answer is too slow as well', async t => {
  const { url } = await serve(t, (_request, response) => {
    const dribble = setInterval(() => response.write(' '), 20);
    response.on('close', () => clearInterval(dribble));
  });
  await t.throwsAsync(clientOf(t, [url], { timeoutMs: 150 }).statistics.get(), { code: 'central_unreachable' });
});

test('a connection that the central closed while it was idle is no failure', async t => {
  const first = await serve(t, answerCounts);
  const client = clientOf(t, [first.url]);
  await client.statistics.get();
  await stop(first.server);
  const asked: IncomingMessage[] = [];
  await serve(t, (request, response) => (asked.push(request), answerCounts(request, response)), first.port);
  t.deepEqual(await client.statistics.get(), counts);

  // Closed in the very moment when it is used again.
  const closing = await serve(t, (request, response) => {
    asked.push(request);
    if (asked.filter(({ socket }) => socket === request.socket).length > 1) request.socket.destroy();
    else answerCounts(request, response);
  });
  const other = clientOf(t, [closing.url]);
  await other.statistics.get();
  t.deepEqual(await other.statistics.get(), counts);
});

test('a change is sent once, also when the central goes away in the moment when it has it', async t => {
  const changes: IncomingMessage[] = [];
  const { url } = await serve(t, (request, response) => {
    if (request.method === 'GET') return answerCounts(request, response);
    changes.push(request);
    request.resume().on('end', () => request.socket.destroy());
  });
  const lines: unknown[] = [];
  const client = clientOf(t, [url], { log: createLog((_level, event, fields) => lines.push([event, 'operation' in fields && fields.operation]), 'debug') });
  await client.statistics.get();
  await t.throwsAsync(client.videos.rename({ name: 'a.mp4', to: 'b.mp4' }), { code: 'outcome_unknown' } as object);
  t.is(changes.length, 1);
  t.deepEqual(lines, [['request.failed', url]]);
});

test('an abort ends a call at once, with its reason, and leaves nothing behind', async t => {
  const asked = createGate();
  let closed = 0;
  const { url } = await serve(t, (_request, response) => {
    response.on('close', () => (closed += 1));
    asked.open();
  });
  const controller = new AbortController();
  const { signal } = controller;
  const call = clientOf(t, [url]).statistics.get(undefined, { signal });
  await asked.opened;
  const reason = new VideoError('cancelled', {});
  controller.abort(reason);
  t.is(await t.throwsAsync(call), reason);
  t.is(getEventListeners(signal, 'abort').length, 0);
  await eventually('the connection is closed', () => closed === 1);
  t.is(await t.throwsAsync(clientOf(t, [url]).statistics.get(undefined, { signal })), reason, 'aborted before');
});

test('however a call ends, it leaves no listener on its signal', async t => {
  const { signal } = new AbortController();
  const { url: answering } = await serve(t, answerCounts);
  const { url: cutting } = await serve(t, (_request, response) => {
    response.writeHead(200, { 'content-length': 100 });
    response.write('{', () => response.destroy());
  });
  const { url: refusing } = await central(t, () => {
    throw new VideoError('unauthorized', {});
  });
  const { url: silent } = await serve(t, () => undefined);
  const { url: dead, server } = await serve(t, () => undefined);
  await stop(server);
  await clientOf(t, [answering]).statistics.get(undefined, { signal });
  t.is(getEventListeners(signal, 'abort').length, 0);
  for (const url of [cutting, refusing, silent, dead]) {
    await t.throwsAsync(clientOf(t, [url], { timeoutMs: 100 }).statistics.get(undefined, { signal }));
    t.is(getEventListeners(signal, 'abort').length, 0);
  }
});

test('a signal that is never aborted may serve a thousand calls', async t => {
  const { signal } = new AbortController();
  const { url } = await serve(t, answerCounts);
  const client = clientOf(t, [url]);
  for (let call = 0; call < 1000; call += 10) {
    await Promise.all(Array.from({ length: 10 }, () => client.statistics.get(undefined, { signal })));
  }
  t.is(getEventListeners(signal, 'abort').length, 0);
});
