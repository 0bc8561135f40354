import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { systemClock } from '../../../lib/base/clock.ts';
import { MIB } from '../../../lib/base/units.ts';
import { ServingPace } from '../../../lib/domain/serving-pace.ts';
import { ServingSlots } from '../../../lib/domain/serving-slots.ts';
import { openServedFile } from '../../../lib/io/files/served-file.ts';
import { startFileServer, type FileServerOptions } from '../../../lib/io/http/file-server.ts';
import { fetchPeerManifest } from '../../../lib/io/http/peer-manifest.ts';
import { eventually } from '../../helpers/eventually.ts';
import { createGate } from '../../helpers/gate.ts';
import { startFaultyServer } from '../../helpers/faulty-server.ts';
import { manifestOf } from '../../helpers/manifests.ts';
import { randomBytes } from '../../helpers/random-bytes.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const bytes = randomBytes(3 * MIB, 71);
const manifest = manifestOf(bytes, 'faro.mp4');
const file = `/files/${manifest.id}`;

async function openPort(t: ExecutionContext, options: FileServerOptions = {}) {
  const path = join(await temporaryDirectory(t), 'faro.mp4');
  await writeFile(path, bytes);
  const find = async (name: string) => (name === 'faro.mp4' ? manifest : name === 'nuevo.mp4' ? 'reading' : undefined);
  const files = { open: async (id: string) => (id === manifest.id ? openServedFile(path, manifest) : undefined) };
  const server = await startFileServer({ ip: '127.0.0.1', port: 0 }, files, { manifests: { find }, ...options });
  t.teardown(() => server[Symbol.asyncDispose]());
  return { server, address: `127.0.0.1:${server.port}`, ask: (target: string, init?: RequestInit) => fetch(`${server.url}${target}`, init) };
}

/** A downloader that has begun, and reads no more than a socket takes by itself. */
async function beginDownload(t: ExecutionContext, port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  t.teardown(() => socket.destroy());
  socket.on('error', () => undefined);
  socket.write(`GET ${file} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  await once(socket, 'readable');
  return socket;
}

test('a name leads to its manifest, from which the id follows', async t => {
  const { address, ask } = await openPort(t);
  t.deepEqual(await fetchPeerManifest(address, 'faro.mp4', new AbortController()), manifest);
  t.is((await ask('/manifest?name=faro.mp4', { method: 'HEAD' })).status, 200);
  const refused = await ask('/manifest?name=faro.mp4', { method: 'POST' });
  t.is(refused.status, 405);
  t.is(refused.headers.get('allow'), 'GET, HEAD');
});

test('what is not there, and what is still being read, are different answers', async t => {
  const { address, ask } = await openPort(t);
  for (const target of ['/manifest?name=otro.mp4', '/manifest', '/manifest?name=..%2Ffaro.mp4']) t.is((await ask(target)).status, 404, target);
  await t.throwsAsync(fetchPeerManifest(address, 'otro.mp4', new AbortController()), { code: 'peer_lacks_file' });
  const error = await t.throwsAsync(fetchPeerManifest(address, 'nuevo.mp4', new AbortController()), { code: 'source_refused' });
  t.like(error, { facts: { status: 503, retryAfterMs: 1000 } });
});

test('a server without names to tell has no such route', async t => {
  const { ask } = await openPort(t, { manifests: undefined });
  t.is((await ask('/manifest?name=faro.mp4')).status, 404);
});

test('who finds no place is refused at once, and who goes away leaves its place', async t => {
  const { server, address, ask } = await openPort(t, { slots: new ServingSlots(1) });
  const first = await beginDownload(t, server.port);
  const refused = await ask(file);
  t.is(refused.status, 403);
  t.like(await refused.json(), { code: 'peer_refused' });
  t.is((await ask(file, { method: 'HEAD' })).status, 200);
  await t.throwsAsync(fetchPeerManifest(address, 'faro.mp4', new AbortController()), { code: 'peer_refused' });
  first.destroy();
  const answer = await eventually('the place is free', async () => {
    const next = await ask(file);
    return next.ok ? next : undefined;
  });
  t.true(bytes.equals(Buffer.from(await answer.arrayBuffer())));
});

test('answers without bytes keep no place', async t => {
  const { ask } = await openPort(t, { slots: new ServingSlots(1) });
  for (let time = 0; time < 3; time += 1) {
    t.is((await ask(file, { headers: { 'if-none-match': `"${manifest.id}"`, connection: 'close' } })).status, 304);
    t.is((await ask(file, { headers: { range: `bytes=${4 * MIB}-`, connection: 'close' } })).status, 416);
  }
  await eventually('a place is free', async () => {
    const answer = await ask(file, { headers: { connection: 'close' } });
    await answer.body?.cancel();
    return answer.ok;
  });
  t.pass();
});

test('who hangs up while its file is being opened keeps no place', async t => {
  const path = join(await temporaryDirectory(t), 'faro.mp4');
  await writeFile(path, bytes);
  const hasBegun = createGate();
  let isFirst = true;
  const files = {
    async open(_id: string, { signal }: { readonly signal?: AbortSignal | undefined } = {}) {
      if (isFirst) {
        isFirst = false;
        hasBegun.open();
        await once(signal!, 'abort');
      }
      return openServedFile(path, manifest);
    },
  };
  const server = await startFileServer({ ip: '127.0.0.1', port: 0 }, files, { slots: new ServingSlots(1) });
  t.teardown(() => server[Symbol.asyncDispose]());
  const socket = connect(server.port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(`GET ${file} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  await hasBegun.opened;
  socket.destroy();
  const answer = await eventually('the place is free', async () => {
    const next = await fetch(`${server.url}${file}`);
    return next.ok ? next : undefined;
  });
  t.true(bytes.equals(Buffer.from(await answer.arrayBuffer())));
});

test('with a limit the bytes are the same, and who goes away is not waited for', async t => {
  const { ask } = await openPort(t, { pace: new ServingPace(64 * MIB, systemClock) });
  const range = await ask(file, { headers: { range: 'bytes=1000-2000000' } });
  t.true(bytes.subarray(1000, 2_000_001).equals(Buffer.from(await range.arrayBuffer())));

  const { server } = await openPort(t, { pace: new ServingPace(1000, systemClock) });
  const reader = await beginDownload(t, server.port);
  reader.destroy();
  await eventually('its answer ended', () => server.activeRequests === 0);
});

test('a manifest that says another id than it has is not believed', async t => {
  const liar = await startFaultyServer(t, { ...manifest, id: 'f'.repeat(64) }, bytes);
  await t.throwsAsync(fetchPeerManifest(new URL(liar.url).host, 'faro.mp4', new AbortController()), { code: 'invalid_manifest' });
  await t.throwsAsync(fetchPeerManifest('127.0.0.1:1', 'faro.mp4', new AbortController()), { code: 'source_unreachable' });
});
