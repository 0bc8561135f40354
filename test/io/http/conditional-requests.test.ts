import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Manifest } from '../../../lib/domain/manifest.ts';
import { openServedFile } from '../../../lib/io/files/served-file.ts';
import { startFileServer } from '../../../lib/io/http/file-server.ts';
import { manifestOf } from '../../helpers/manifests.ts';
import { exchange, requestText } from '../../helpers/raw-http.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const BODY = 'abcdefghijklmnopqrstuvwxyz';
const SIZE = BODY.length;
const manifest = manifestOf(Buffer.from(BODY), 'letters.mp4');
const empty = manifestOf(Buffer.alloc(0), 'empty.mp4');
const ours = `"${manifest.id}"`;
const DATE = 'Sat, 21 Nov 2026 10:00:00 GMT';

interface Case {
  readonly method?: 'GET' | 'HEAD';
  readonly of?: Manifest;
  readonly headers: Readonly<Record<string, string>>;
  readonly status: number;
  /** `Content-Range`; undefined: there is none. */
  readonly range?: string;
  readonly body?: string;
}

/** By section of RFC 9110. */
const cases: Readonly<Record<string, Case>> = {
  '14.1.2: both ends are included': { headers: { range: 'bytes=0-4' }, status: 206, range: `bytes 0-4/${SIZE}`, body: 'abcde' },
  '14.1.2: without an end, up to the last byte': { headers: { range: 'bytes=23-' }, status: 206, range: `bytes 23-25/${SIZE}`, body: 'xyz' },
  '14.1.2: an end beyond the last byte is the last byte': { headers: { range: 'bytes=24-999' }, status: 206, range: `bytes 24-25/${SIZE}`, body: 'yz' },
  '14.1.2: an end beyond every number is the last byte': { headers: { range: `bytes=24-${'9'.repeat(40)}` }, status: 206, range: `bytes 24-25/${SIZE}`, body: 'yz' },
  '14.1.2: a suffix': { headers: { range: 'bytes=-3' }, status: 206, range: `bytes 23-25/${SIZE}`, body: 'xyz' },
  '14.1.2: a suffix longer than the file is all of it': { headers: { range: 'bytes=-99' }, status: 206, range: `bytes 0-25/${SIZE}`, body: BODY },
  '14.1.2: an empty suffix cannot be satisfied': { headers: { range: 'bytes=-0' }, status: 416, range: `bytes */${SIZE}` },
  '14.1.2: a start behind the last byte cannot be satisfied': { headers: { range: 'bytes=26-' }, status: 416, range: `bytes */${SIZE}` },
  '14.1.2: nor one behind every number': { headers: { range: `bytes=${'9'.repeat(40)}-` }, status: 416, range: `bytes */${SIZE}` },
  '14.1.2: no range of an empty file can be satisfied': { of: empty, headers: { range: 'bytes=0-' }, status: 416, range: 'bytes */0' },
  '14.1.2: a suffix of an empty file is the file': { of: empty, headers: { range: 'bytes=-5' }, status: 200, body: '' },
  '14.1: names of units have no case': { headers: { range: 'Bytes=0-0' }, status: 206, range: `bytes 0-0/${SIZE}`, body: 'a' },
  '14.2: an end before the start is no range, and is ignored': { headers: { range: 'bytes=5-2' }, status: 200, body: BODY },
  '14.2: an unknown unit is ignored': { headers: { range: 'lines=1-2' }, status: 200, body: BODY },
  '14.2: nonsense is ignored': { headers: { range: 'bytes=a-b' }, status: 200, body: BODY },
  '14.2: no range at all is ignored': { headers: { range: 'bytes=' }, status: 200, body: BODY },
  '14.2: a server may answer several ranges with the whole': { headers: { range: 'bytes=0-1,4-5' }, status: 200, body: BODY },
  '14.2: several ranges that cannot be satisfied too': { headers: { range: 'bytes=90-91,94-95' }, status: 200, body: BODY },
  '14.2: a range has a meaning in GET only': { method: 'HEAD', headers: { range: 'bytes=0-4' }, status: 200 },
  '14.2: HEAD does not fail for its range': { method: 'HEAD', headers: { range: 'bytes=99-' }, status: 200 },
  '13.1.1: If-Match with the tag': { headers: { 'if-match': ours }, status: 200, body: BODY },
  '13.1.1: If-Match with the tag in a list': { headers: { 'if-match': `"a,b", ${ours},"c"` }, status: 200, body: BODY },
  '13.1.1: If-Match with anything': { headers: { 'if-match': '*' }, status: 200, body: BODY },
  '13.1.1: If-Match with another tag': { headers: { 'if-match': '"other"' }, status: 412 },
  '13.1.1: If-Match compares strongly': { headers: { 'if-match': `W/${ours}` }, status: 412 },
  '13.1.1: If-Match counts for HEAD too': { method: 'HEAD', headers: { 'if-match': '"other"' }, status: 412 },
  '13.1.1: If-Match goes with a range': { headers: { 'if-match': ours, range: 'bytes=0-0' }, status: 206, range: `bytes 0-0/${SIZE}`, body: 'a' },
  '13.1.1: If-Match comes before the range': { headers: { 'if-match': '"other"', range: 'bytes=99-' }, status: 412 },
  '13.1.2: If-None-Match with the tag': { headers: { 'if-none-match': ours }, status: 304, body: '' },
  '13.1.2: If-None-Match with anything': { headers: { 'if-none-match': '*' }, status: 304, body: '' },
  '13.1.2: If-None-Match compares weakly': { headers: { 'if-none-match': `"a", W/${ours}` }, status: 304, body: '' },
  '13.1.2: If-None-Match with another tag': { headers: { 'if-none-match': '"other"' }, status: 200, body: BODY },
  '13.1.2: If-None-Match counts for HEAD too': { method: 'HEAD', headers: { 'if-none-match': ours }, status: 304 },
  '13.1.2: If-None-Match comes before the range': { headers: { 'if-none-match': ours, range: 'bytes=0-4' }, status: 304, body: '' },
  '13.1.2: If-None-Match with another tag lets the range pass': { headers: { 'if-none-match': '"other"', range: 'bytes=0-0' }, status: 206, range: `bytes 0-0/${SIZE}`, body: 'a' },
  '13.2.2: If-Match comes before If-None-Match': { headers: { 'if-match': '"other"', 'if-none-match': ours }, status: 412 },
  '13.1.3: without a date there is nothing to compare dates with': { headers: { 'if-modified-since': DATE }, status: 200, body: BODY },
  '13.1.4: nor here': { headers: { 'if-unmodified-since': DATE }, status: 200, body: BODY },
  '13.1.5: If-Range with the tag': { headers: { 'if-range': ours, range: 'bytes=0-4' }, status: 206, range: `bytes 0-4/${SIZE}`, body: 'abcde' },
  '13.1.5: If-Range with another tag': { headers: { 'if-range': '"other"', range: 'bytes=0-4' }, status: 200, body: BODY },
  '13.1.5: If-Range with a weak tag': { headers: { 'if-range': `W/${ours}`, range: 'bytes=0-4' }, status: 200, body: BODY },
  '13.1.5: If-Range with a date': { headers: { 'if-range': DATE, range: 'bytes=0-4' }, status: 200, body: BODY },
  '13.1.5: If-Range that does not match makes no range fail': { headers: { 'if-range': '"other"', range: 'bytes=99-' }, status: 200, body: BODY },
  '13.1.5: If-Range that matches does not save one': { headers: { 'if-range': ours, range: 'bytes=99-' }, status: 416, range: `bytes */${SIZE}` },
  '13.1.5: If-Range without a range is ignored': { headers: { 'if-range': '"other"' }, status: 200, body: BODY },
};

async function serve(t: ExecutionContext): Promise<number> {
  const directory = await temporaryDirectory(t);
  const path = join(directory, 'letters.mp4');
  const emptyPath = join(directory, 'empty.mp4');
  await Promise.all([writeFile(path, BODY), writeFile(emptyPath, '')]);
  const server = await startFileServer(
    { ip: '127.0.0.1', port: 0 },
    { open: async id => (id === manifest.id ? openServedFile(path, manifest) : openServedFile(emptyPath, empty)) },
  );
  t.teardown(() => server[Symbol.asyncDispose]());
  return server.port;
}

for (const [title, { method = 'GET', of = manifest, headers, status, range, body }] of Object.entries(cases)) {
  test(`RFC 9110 ${title}`, async t => {
    const answer = await exchange(await serve(t), [requestText(method, `/files/${of.id}`, { headers })]);
    const field = (name: string) => new RegExp(`^${name}: (.*?)\\r?$`, 'im').exec(answer.head)?.[1];
    t.is(answer.status, status);
    t.is(field('content-range'), range);
    if (method === 'HEAD') t.is(answer.body, '');
    if (body !== undefined) t.is(answer.body, body);
    t.is(field('etag'), `"${of.id}"`, '15.3.7, 15.4.5: and whoever failed may know what there is');
    t.truthy(field('date'));
    // 15.4.5: what a cache would update.
    if (status === 304) t.truthy(field('cache-control'));
    if (status === 200 || status === 206) t.is(field('content-length'), String(method === 'HEAD' ? of.sizeBytes : body!.length));
    if (status >= 400 && method === 'GET') t.deepEqual(Object.keys(JSON.parse(answer.body)), ['code', 'message', 'details']);
  });
}

test('RFC 9112 3.2.2: a target in absolute form is the same file', async t => {
  const port = await serve(t);
  const answer = await exchange(port, [requestText('GET', `http://127.0.0.1:${port}/files/${manifest.id}`)]);
  t.is(answer.body, BODY);
});

test('several Range lines are several ranges', async t => {
  const port = await serve(t);
  const request = `GET /files/${manifest.id} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nRange: bytes=0-1\r\nRange: bytes=4-5\r\n\r\n`;
  t.is((await exchange(port, [request])).status, 200);
});
