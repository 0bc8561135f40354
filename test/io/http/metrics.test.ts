import { connect } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { silentLog } from '../../../lib/base/log.ts';
import { gauge } from '../../../lib/base/metric.ts';
import { startControlServer } from '../../../lib/io/http/control-server.ts';
import { startFileServer, type FileServerOptions } from '../../../lib/io/http/file-server.ts';
import { controlContract } from '../../../lib/protocol/control.ts';
import { operationsOf, routerThat } from '../../helpers/control-router.ts';
import { eventually } from '../../helpers/eventually.ts';
import { createGate } from '../../helpers/gate.ts';
import { labelsIn, metricsAt } from '../../helpers/metrics-text.ts';
import { outerAddress } from '../../helpers/outer-address.ts';
import { exchange, requestText } from '../../helpers/raw-http.ts';

const outside = outerAddress === undefined ? test.skip : test;
const LOOPBACK = { ip: '127.0.0.1', port: 0 };
const SECRET = 'of-this-node';
const metrics = async () => [gauge('rooms', 'How many', 3)];

async function serveFiles(t: ExecutionContext, options: FileServerOptions, ip = LOOPBACK.ip) {
  const server = await startFileServer({ ip, port: 0 }, { open: async () => undefined }, options);
  t.teardown(() => server[Symbol.asyncDispose]());
  return server;
}

async function serveCentral(t: ExecutionContext, answer: () => unknown = () => ({ items: [] })) {
  const server = await startControlServer(LOOPBACK, routerThat(answer), { log: silentLog, metrics });
  t.teardown(() => server[Symbol.asyncDispose]());
  return server;
}

test('a central counts its requests by operation and status, and how long they took', async t => {
  const { url, port } = await serveCentral(t);
  for (const path of ['/videos', '/listar', '/videos?limit=x', '/manifests/1', '/nothing']) await exchange(port, [requestText('GET', path)]);
  await exchange(port, [requestText('HEAD', '/videos')]);
  const told = await eventually('all of them were counted', async () => {
    const found = await metricsAt(url);
    return found.get('videopartes_http_requests_total{operation="videos.list",status="200"}') === 3 ? found : undefined;
  });
  t.is(told.get('rooms'), 3);
  t.is(told.get('videopartes_http_requests_total{operation="videos.list",status="400"}'), 1);
  t.is(told.get('videopartes_http_requests_total{operation="manifests.get",status="400"}'), 1);
  t.is(told.get('videopartes_http_requests_total{operation="none",status="404"}'), 1);
  t.is(told.get('videopartes_http_request_duration_seconds_count{operation="videos.list"}'), 4);
  t.is(told.get('videopartes_http_request_duration_seconds_bucket{operation="videos.list",le="+Inf"}'), 4);
});

test('whatever is asked for, and however, no more is told than operations that exist', async t => {
  const { url, port } = await serveCentral(t);
  const known = new Set([...operationsOf(controlContract).map(({ operation }) => operation), 'none', 'files', 'metrics']);
  const paths = Array.from({ length: 200 }, (_, index) => `/files/${index}.mp4`).concat('/x', '/nodes/7', '/video/explain/x', '/%00', '//videos');
  for (const path of paths) await exchange(port, [requestText('GET', path)]);
  for (const method of ['PUT', 'BREW', 'PROPFIND']) await exchange(port, [requestText(method, '/videos')]);
  const told = await metricsAt(url);
  t.deepEqual(labelsIn(told, 'operation').filter(name => !known.has(name)), []);
  t.true(labelsIn(told, 'status').every(status => /^(\d{3}|aborted)$/.test(status)));
});

test('who leaves before the answer comes is counted as such', async t => {
  const isReached = createGate();
  const { url, port } = await serveCentral(t, () => {
    isReached.open();
    return new Promise(() => undefined);
  });
  const socket = connect({ host: '127.0.0.1', port });
  socket.write(requestText('GET', '/nodes'));
  await isReached.opened;
  socket.destroy();
  await eventually('it is counted', async () => (await metricsAt(url)).get('videopartes_http_requests_total{operation="nodes.list",status="aborted"}') === 1);
  t.pass();
});

test('a secondary counts its requests by what they are for', async t => {
  const { url, port } = await serveFiles(t, { status: { metrics } });
  const file = `/files/${'0'.repeat(64)}`;
  for (const path of ['/health', '/ready', file, `${file}/x.mp4`, `${file}.meta4`, `${file}.torrent`, '/uploads/1', '/nothing', '/files/x']) await exchange(port, [requestText('GET', path)]);
  const told = await metricsAt(url);
  t.is(told.get('rooms'), 3);
  t.is(told.get('videopartes_http_requests_total{operation="files",status="404"}'), 2);
  t.is(told.get('videopartes_http_requests_total{operation="ready",status="200"}'), 1);
  t.deepEqual(labelsIn(told, 'operation'), ['files', 'health', 'meta4', 'none', 'ready', 'torrent', 'uploads']);
});

test('a secondary is ready while its folder can be read', async t => {
  let isReady = true;
  const { url } = await serveFiles(t, { status: { isReady: () => isReady } });
  const ready = await fetch(`${url}/ready`);
  t.deepEqual([ready.status, await ready.json()], [200, { status: 'ready' }]);
  isReady = false;
  const unready = await fetch(`${url}/ready`);
  t.is(unready.status, 503);
  t.like(await unready.json(), { code: 'path_not_readable' });
  t.is((await fetch(`${url}/health`)).status, 200, 'it lives all the same');
});

outside('a secondary that others reach tells its metrics to its own machine, and to who has its secret', async t => {
  const { port } = await serveFiles(t, { status: { metrics, secret: SECRET } }, '0.0.0.0');
  const elsewhere = `http://${outerAddress}:${port}/metrics`;
  const statusWith = async (authorization?: string) => (await fetch(elsewhere, { headers: authorization === undefined ? {} : { authorization } })).status;
  t.is(await statusWith(), 401);
  t.is(await statusWith('Bearer of-somebody-else'), 401);
  t.is(await statusWith(SECRET), 401);
  t.is(await statusWith(`Bearer ${SECRET}`), 200);
  t.is((await fetch(`http://127.0.0.1:${port}/metrics`)).status, 200);
  t.is((await fetch(elsewhere)).headers.get('www-authenticate'), 'Bearer');
});
