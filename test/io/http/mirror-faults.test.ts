import { gzipSync } from 'node:zlib';
import type { IncomingMessage, ServerResponse } from 'node:http';
import test, { type ExecutionContext } from 'ava';
import { systemClock } from '../../../lib/base/clock.ts';
import { isVideoError, type ErrorCode, type VideoError } from '../../../lib/base/errors.ts';
import type { Source } from '../../../lib/domain/download/source.ts';
import { openMirrorWeb } from '../../../lib/io/http/mirror-web.ts';
import { readRun } from '../../contracts/source.ts';
import { selfSigned } from '../../fixtures/self-signed.ts';
import { manifestOf } from '../../helpers/manifests.ts';
import { startMirror, type MirrorServer, type MirrorServerOptions } from '../../helpers/mirror-server.ts';
import { randomBytes } from '../../helpers/random-bytes.ts';

const bytes = randomBytes(3 * 1024 * 1024 + 55, 23);
const plan = manifestOf(bytes);
const whole = { first: 0, count: plan.partHashes.length };
const never = new AbortController().signal;

async function openWeb(t: ExecutionContext, probeTimeoutMs = 20_000) {
  const web = await openMirrorWeb({ clock: systemClock, probeTimeoutMs });
  t.teardown(() => web[Symbol.asyncDispose]());
  return web;
}

/** A source that was probed, as downloads have them. */
async function probed(t: ExecutionContext, options: MirrorServerOptions, hasRanges = true): Promise<{ source: Source; server: MirrorServer }> {
  const server = await startMirror(t, bytes, options);
  const web = await openWeb(t);
  await web.probe(server.url, { signal: never });
  return { source: web.openSources(plan, { hasRanges, mirrors: 1 }).source(server.id, server.url), server };
}

async function fails(t: ExecutionContext, doing: Promise<unknown>, code: ErrorCode, reason: RegExp): Promise<VideoError> {
  const error = await t.throwsAsync(doing);
  t.true(isVideoError(error, code), String(error));
  t.regex(JSON.stringify((error as VideoError).facts), reason);
  return error as VideoError;
}

/** Only after the probe. */
const later =
  (answer: (request: IncomingMessage, response: ServerResponse) => void) =>
  (request: IncomingMessage, response: ServerResponse, count: number): boolean => {
    if (count === 1) return false;
    answer(request, response);
    return true;
  };

const range = { 'Content-Range': `bytes 0-${bytes.length - 1}/${bytes.length}` };
/** Chunked, since it has no length. */
const unsized = { ...range, ETag: '"one"' };
const head = { ...unsized, 'Content-Length': bytes.length };

const wrongAnswers: readonly { readonly title: string; readonly code?: ErrorCode; readonly reason: RegExp; readonly answer: (request: IncomingMessage, response: ServerResponse) => void }[] = [
  { title: 'another ETag', reason: /the file changed: ETag/, answer: (_, response) => response.writeHead(206, { ...head, ETag: '"two"' }).end(bytes) },
  { title: 'no ETag any more', reason: /the file changed: ETag/, answer: (_, response) => response.writeHead(206, range).end(bytes) },
  { title: 'the whole of another version, as If-Range asks', reason: /the file changed: ETag/, answer: (_, response) => response.writeHead(200, { ETag: '"two"' }).end(bytes) },
  { title: '200 to a range', reason: /status 200 instead of 206/, answer: (_, response) => response.writeHead(200, { ETag: '"one"' }).end(bytes) },
  { title: 'another size', reason: /the file changed: 9999999 bytes/, answer: (_, response) => response.writeHead(206, { ...head, 'Content-Range': `bytes 0-${bytes.length - 1}/9999999` }).end(bytes) },
  { title: 'another range', reason: /range bytes 1-/, answer: (_, response) => response.writeHead(206, { ...head, 'Content-Range': `bytes 1-${bytes.length - 1}/${bytes.length}` }).end(bytes) },
  { title: 'no Content-Range', reason: /range missing/, answer: (_, response) => response.writeHead(206, { ETag: '"one"' }).end(bytes) },
  { title: 'an unknown size', reason: /range bytes/, answer: (_, response) => response.writeHead(206, { ...head, 'Content-Range': `bytes 0-${bytes.length - 1}/*` }).end(bytes) },
  { title: 'another length', reason: /length 7/, answer: (_, response) => response.writeHead(206, { ...head, 'Content-Length': 7 }).end('1234567') },
  { title: 'a compressed body', reason: /encoding gzip/, answer: (_, response) => response.writeHead(206, { ...unsized, 'Content-Encoding': 'gzip' }).end(gzipSync(bytes)) },
  { title: 'too few bytes', reason: /fewer bytes/, answer: (_, response) => response.writeHead(206, unsized).end(bytes.subarray(1)) },
  { title: 'too many bytes', reason: /more bytes/, answer: (_, response) => response.writeHead(206, unsized).end(Buffer.concat([bytes, bytes])) },
  { title: 'something that is not HTTP', reason: /not HTTP/, answer: request => request.socket.end('SSH-2.0-OpenSSH_9.2\r\n\r\n') },
  { title: 'a cut', code: 'source_unreachable', reason: /UND_ERR_SOCKET|ECONNRESET|closed/, answer: (request, response) => response.writeHead(206, head).write(bytes.subarray(0, 10), () => request.socket.destroy()) },
  { title: '404', code: 'source_refused', reason: /404/, answer: (_, response) => response.writeHead(404).end('an error page') },
  { title: '500', code: 'source_refused', reason: /500/, answer: (_, response) => response.writeHead(500).end('an error page') },
  { title: '503 with Retry-After', code: 'source_refused', reason: /"status":503,"retryAfterMs":7000/, answer: (_, response) => response.writeHead(503, { 'Retry-After': '7' }).end() },
  { title: '429 with Retry-After', code: 'source_refused', reason: /"status":429,"retryAfterMs":1000/, answer: (_, response) => response.writeHead(429, { 'Retry-After': '1' }).end() },
];

for (const { title, code = 'source_protocol', reason, answer } of wrongAnswers) {
  test(`a mirror that answers with ${title} is told by its name and reason`, async t => {
    const { source, server } = await probed(t, { twist: later(answer) });
    const error = await fails(t, readRun(source, whole, plan), code, reason);
    t.is((error.facts as { source: string }).source, server.id);
  });
}

test('a date tells versions apart where there is no ETag, and may be left out of a part', async t => {
  const lastModified = 'Wed, 01 Jan 2025 00:00:00 GMT';
  const ifRanges: (string | undefined)[] = [];
  const { source } = await probed(t, {
    etag: undefined,
    lastModified,
    twist: later((request, response) => {
      ifRanges.push(request.headers['if-range'] as string | undefined);
      const date = ifRanges.length === 1 ? {} : { 'Last-Modified': 'Thu, 02 Jan 2025 00:00:00 GMT' };
      response.writeHead(206, { ...range, ...date }).end(bytes);
    }),
  });
  await t.notThrowsAsync(readRun(source, whole, plan));
  await fails(t, readRun(source, whole, plan), 'source_protocol', /Last-Modified/);
  t.deepEqual(ifRanges, [lastModified, lastModified]);
});

test('redirects are followed, and where they end is remembered', async t => {
  const end = await startMirror(t, bytes);
  const { source, server } = await probed(t, {
    twist: (_, response) => {
      response.writeHead(302, { Location: end.url }).end();
      return true;
    },
  });
  const { parts } = await readRun(source, whole, plan);
  t.is(parts.size, whole.count);
  t.is(server.asked.length, 1);
  t.is(end.asked.length, 2);
});

test('when the end of the redirects expires, the way there is asked for again', async t => {
  const end = await startMirror(t, bytes, {
    twist: (request, response) => {
      if (request.url === '/signed-2') return false;
      if (request.headers.range === 'bytes=0-0') return false;
      response.writeHead(403).end();
      return true;
    },
  });
  const origin = new URL(end.url).origin;
  const { source } = await probed(t, {
    twist: (_, response, count) => {
      response.writeHead(307, { Location: `${origin}/signed-${count}` }).end();
      return true;
    },
  });
  const { parts } = await readRun(source, whole, plan);
  t.is(parts.size, whole.count);
});

test('redirects in a circle, too many of them, and redirects to nowhere are told', async t => {
  const web = await openWeb(t);
  const redirecting = async (location: (count: number) => string) =>
    startMirror(t, bytes, {
      twist: (_, response, count) => {
        response.writeHead(301, { Location: location(count) }).end();
        return true;
      },
    });
  const circle = await redirecting(count => (count % 2 === 1 ? '/a' : '/cine/verano.mp4'));
  await fails(t, web.probe(circle.url, { signal: never }), 'source_protocol', /circle/);
  const long = await redirecting(count => `/${count}`);
  await fails(t, web.probe(long.url, { signal: never }), 'source_protocol', /more than 5 redirects/);
  const file = await redirecting(() => 'file:///etc/passwd');
  await fails(t, web.probe(file.url, { signal: never }), 'source_protocol', /redirect to file/);
});

test('user and password of an address are used there, and go to no other server', async t => {
  const other = await startMirror(t, bytes);
  const server = await startMirror(t, bytes, {
    twist: (request, response) => {
      if (request.url === '/moved') response.writeHead(302, { Location: other.url }).end();
      else response.writeHead(302, { Location: '/moved' }).end();
      return true;
    },
  });
  const url = new URL(server.url);
  url.username = 'ana';
  url.password = 'cl@ve';
  const facts = await (await openWeb(t)).probe(url.href, { signal: never });
  const basic = `Basic ${Buffer.from('ana:cl@ve').toString('base64')}`;
  t.deepEqual(server.asked.map(({ authorization }) => authorization), [basic, basic]);
  t.deepEqual(other.asked.map(({ authorization }) => authorization), [undefined]);
  t.is(facts.finalUrl, other.url);
});

test('a certificate that nobody signed is refused', async t => {
  const server = await startMirror(t, bytes, { tls: selfSigned });
  await fails(t, (await openWeb(t)).probe(server.url, { signal: never }), 'source_unreachable', /SELF_SIGNED/);
});

test('a server that is slow to begin its answer is given up when it is probed, and waited for when it is read', async t => {
  const server = await startMirror(t, bytes, { twist: ({ headers }) => headers.range === 'bytes=0-0' });
  const web = await openWeb(t, 50);
  await fails(t, web.probe(server.url, { signal: never }), 'timed_out', /"afterMs":50/);
  const source = web.openSources(plan, { hasRanges: true, mirrors: 1 }).source(server.id, server.url);
  await t.notThrowsAsync(readRun(source, whole, plan));
});

test('a probe tells what the server tells', async t => {
  const digest = `sha-256=:${Buffer.from(plan.sha256, 'hex').toString('base64')}:`;
  const server = await startMirror(t, bytes, {
    headers: {
      'Repr-Digest': digest,
      'Content-Disposition': `attachment; filename="x"; filename*=UTF-8''el%20verano.mp4`,
      Link: ['<http://two.example/v.mp4>; rel=duplicate; pri=2, <http://one.example/v.mp4>; rel="duplicate"; pri=1', '</v.meta4>; rel=describedby; type="application/metalink4+xml"'],
    },
  });
  const facts = await (await openWeb(t)).probe(server.url, { signal: never });
  t.like(facts, {
    sizeBytes: bytes.length,
    acceptsRanges: true,
    validator: { etag: '"one"' },
    name: 'el verano.mp4',
    duplicates: ['http://one.example/v.mp4', 'http://two.example/v.mp4'],
    metalinkUrl: `${new URL(server.url).origin}/v.meta4`,
    isMetalink: false,
  });
  t.deepEqual(facts.checksums, [{ algorithm: 'sha-256', hex: plan.sha256 }]);
});

test('a probe knows empty files, and servers without ranges', async t => {
  const web = await openWeb(t);
  const empty = await startMirror(t, Buffer.alloc(0));
  t.like(await web.probe(empty.url, { signal: never }), { sizeBytes: 0, acceptsRanges: false });
  const plain = await startMirror(t, bytes, { hasRanges: false });
  t.like(await web.probe(plain.url, { signal: never }), { sizeBytes: bytes.length, acceptsRanges: false });
});

test('without ranges one answer is read from its start to its end', async t => {
  const { source, server } = await probed(t, { hasRanges: false }, false);
  for (let first = 0; first < whole.count; first += 1) {
    const { parts } = await readRun(source, { first, count: 1 }, plan);
    t.is(parts.get(first)!.hash, plan.partHashes[first]);
  }
  t.is(server.asked.length, 2);
});

test('without ranges and without a validator a broken connection is the end: the file may be another', async t => {
  const cut = (request: IncomingMessage, response: ServerResponse) => {
    response.writeHead(200, { 'Content-Length': bytes.length }).write(bytes.subarray(0, 100_000), () => request.socket.destroy());
  };
  const { source } = await probed(t, { etag: undefined, hasRanges: false, twist: later(cut) }, false);
  await fails(t, readRun(source, whole, plan), 'source_unreachable', /./);
  await fails(t, readRun(source, whole, plan), 'source_protocol', /nothing tells/);
});

test('a metalink larger than its limit, or compressed, is no metalink', async t => {
  const web = await openWeb(t);
  const huge = await startMirror(t, Buffer.alloc(16 * 1024 * 1024 + 1));
  await fails(t, web.fetchMetalink(huge.url, { signal: never }), 'invalid_metalink', /larger/);
  const zipped = await startMirror(t, bytes, { headers: { 'Content-Encoding': 'gzip' } });
  await fails(t, web.fetchMetalink(zipped.url, { signal: never }), 'source_protocol', /encoding gzip/);
});
