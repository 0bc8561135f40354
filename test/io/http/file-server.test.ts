import { createHash } from 'node:crypto';
import { writeFile, utimes } from 'node:fs/promises';
import { request, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { GIB, MIB } from '../../../lib/base/units.ts';
import { partRange } from '../../../lib/domain/manifest.ts';
import { openServedFile } from '../../../lib/io/files/served-file.ts';
import { startFileServer, type ServedRequest } from '../../../lib/io/http/file-server.ts';
import { createGate } from '../../helpers/gate.ts';
import { manifestOf } from '../../helpers/manifests.ts';
import { randomBytes } from '../../helpers/random-bytes.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const bytes = randomBytes(3 * MIB + 1000, 5);
const manifest = manifestOf(bytes, 'El "faro" ñ 🎬.mp4');

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

async function serve(t: ExecutionContext) {
  const path = join(await temporaryDirectory(t), 'faro.mp4');
  await writeFile(path, bytes);
  const served: ServedRequest[] = [];
  const server = await startFileServer(
    { ip: '127.0.0.1', port: 0 },
    { open: async id => (id === manifest.id ? openServedFile(path, manifest) : undefined) },
    { status: { health: () => ({ status: 'ok', number: 7 }) }, onServed: answer => void served.push(answer) },
  );
  t.teardown(() => server[Symbol.asyncDispose]());
  const ask = (target: string, headers: Record<string, string> = {}, method = 'GET') =>
    new Promise<Answer>((resolve, reject) => {
      const outgoing = request(`${server.url}${target}`, { method, headers, agent: false }, response => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) }));
      });
      outgoing.on('error', reject);
      outgoing.end();
    });
  return { server, path, served, ask };
}

const file = `/files/${manifest.id}`;
const digestOf = (of: Uint8Array) => `sha-256=:${createHash('sha256').update(of).digest('base64')}:`;

test('a whole file comes with its identity, its digests and its name', async t => {
  const { ask } = await serve(t);
  const { status, headers, body } = await ask(file);
  t.is(status, 200);
  t.true(body.equals(bytes));
  t.is(headers.etag, `"${manifest.id}"`);
  t.is(headers['accept-ranges'], 'bytes');
  t.is(headers['repr-digest'], digestOf(bytes));
  t.is(headers['content-digest'], digestOf(bytes));
  t.regex(headers['digest'] as string, /^SHA-256=/i);
  t.true(headers['content-disposition']!.includes("filename*=UTF-8''El%20%22faro%22%20%C3%B1%20%F0%9F%8E%AC.mp4"));
});

test('ranges are exact: single, open, suffix, of one part', async t => {
  const { ask } = await serve(t);
  const size = bytes.length;
  for (const [range, start, end] of [
    ['bytes=0-0', 0, 1],
    ['bytes=100-1999', 100, 2000],
    [`bytes=${size - 5}-`, size - 5, size],
    ['bytes=-10', size - 10, size],
    [`bytes=10-${size * 2}`, 10, size],
  ] as const) {
    const { status, headers, body } = await ask(file, { range });
    t.is(status, 206, range);
    t.is(headers['content-range'], `bytes ${start}-${end - 1}/${size}`);
    t.true(body.equals(bytes.subarray(start, end)), range);
    t.is(headers['repr-digest'], digestOf(bytes));
  }
  const { start, end } = partRange(manifest, 1);
  const part = await ask(file, { range: `bytes=${start}-${end - 1}` });
  t.is(part.headers['content-digest'], digestOf(bytes.subarray(start, end)));
});

test('what cannot be satisfied is 416, what cannot be understood and several ranges are the whole file', async t => {
  const { ask } = await serve(t);
  const beyond = await ask(file, { range: `bytes=${bytes.length}-` });
  t.is(beyond.status, 416);
  t.is(beyond.headers['content-range'], `bytes */${bytes.length}`);
  for (const range of ['bytes=b-a', 'lines=1-2', 'bytes=0-1,5-6']) t.is((await ask(file, { range })).status, 200, range);
});

test('preconditions keep two files from being mixed', async t => {
  const { ask } = await serve(t);
  const etag = `"${manifest.id}"`;
  t.is((await ask(file, { 'if-match': '"another"' })).status, 412);
  t.is((await ask(file, { 'if-match': etag })).status, 200);
  t.is((await ask(file, { 'if-none-match': etag })).status, 304);
  t.is((await ask(file, { range: 'bytes=0-9', 'if-range': etag })).status, 206);
  t.is((await ask(file, { range: 'bytes=0-9', 'if-range': '"another"' })).status, 200);
});

test('HEAD has the headers and no body', async t => {
  const { ask } = await serve(t);
  const { status, headers, body } = await ask(file, {}, 'HEAD');
  t.is(status, 200);
  t.is(headers['content-length'], String(bytes.length));
  t.is(body.length, 0);
});

test('nothing else can be reached', async t => {
  const { ask } = await serve(t);
  for (const path of [`/files/${'0'.repeat(64)}`, '/files/../faro.mp4', '/files/%2e%2e%2ffaro.mp4', '/', '/etc/passwd', '/files/']) {
    const { status, body } = await ask(path);
    t.is(status, 404, path);
    t.is((JSON.parse(body.toString()) as { code: string }).code, 'not_found');
  }
  const { status, headers } = await ask(file, {}, 'DELETE');
  t.is(status, 405);
  t.regex(headers.allow!, /GET/);
  t.deepEqual(JSON.parse((await ask('/health')).body.toString()), { status: 'ok', number: 7 });
});

test('a file that was changed is no longer served as what it was', async t => {
  const { ask, path } = await serve(t);
  await writeFile(path, bytes.subarray(0, 100));
  await utimes(path, 1, 1);
  t.is((await ask(file)).status, 404);
});

test('a hundred ranges at once are all right, and a client that leaves harms nobody', async t => {
  const { ask, server, served } = await serve(t);
  const leaving = request(`${server.url}${file}`, response => response.destroy());
  leaving.on('error', () => undefined);
  leaving.end();
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, index) => ask(file, { range: `bytes=${index * 31_000}-${index * 31_000 + 30_999}` })),
  );
  for (const [index, { body }] of answers.entries()) {
    t.true(body.equals(bytes.subarray(index * 31_000, (index + 1) * 31_000)));
  }
  await server.close();
  t.is(server.activeRequests, 0);
  t.is(served.filter(({ completed }) => completed).length >= 100, true);
});

test('a client that leaves with requests in line holds neither its answers nor the end of the server', async t => {
  const endless = { ...manifest, sizeBytes: GIB };
  const left = createGate();
  const server = await startFileServer(
    { ip: '127.0.0.1', port: 0 },
    { open: async () => ({ manifest: endless, read: async buffer => buffer.byteLength, [Symbol.asyncDispose]: async () => undefined }) },
    { onServed: left.open },
  );
  const client = connect({ host: '127.0.0.1', port: server.port });
  client.on('error', () => undefined);
  client.once('data', () => client.destroy());
  client.write(`GET ${file} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`.repeat(5));
  await left.opened;
  const closed = server.close().then(() => 'closed');
  t.is(await Promise.race([closed, sleep(5000, 'still waiting', { ref: false })]), 'closed');
});
