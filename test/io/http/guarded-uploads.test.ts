import test, { type ExecutionContext } from 'ava';
import { silentLog as log } from '../../../lib/base/log.ts';
import type { UploadDesk } from '../../../lib/domain/incoming-uploads.ts';
import type { ReadGuard } from '../../../lib/domain/tokens.ts';
import { startFileServer } from '../../../lib/io/http/file-server.ts';
import { openUploadHandler } from '../../../lib/io/http/uploads/upload-handler.ts';
import { encodeUploadMetadata, formatUploadMetadata, UPLOAD_METHOD, uploadPath, UPLOADS_PATH } from '../../../lib/protocol/uploads.ts';
import { exchange, requestText } from '../../helpers/raw-http.ts';
import { HOUR_MS, TokenIssuer } from '../../helpers/token-issuer.ts';

const uploadId = 'ab'.repeat(32);
const issuer = new TokenIssuer();

/** A node that takes files, and what its desk was asked. */
async function serve(t: ExecutionContext, guard: ReadGuard | undefined) {
  const asked: string[] = [];
  const note = (what: string) => async () => void asked.push(what);
  const desk = {
    begin: note('begin'),
    find: async () => ({ uploadId, name: 'faro.mp4', sizeBytes: 10, fileId: undefined, offsetBytes: 0 }),
    setSize: note('setSize'),
    append: async () => (asked.push('append'), 3),
    finish: () => Promise.reject(new Error('nobody sends it whole')),
    cancel: note('cancel'),
  } satisfies UploadDesk;
  const server = await startFileServer({ ip: '127.0.0.1', port: 0 }, { open: async () => undefined }, { log, uploads: openUploadHandler(desk, { guard, log }) });
  t.teardown(() => server[Symbol.asyncDispose]());
  const ask = (method: string, path: string, headers: Readonly<Record<string, string>> = {}, token?: string) =>
    exchange(server.port, [requestText(method, path, { headers: { 'tus-resumable': '1.0.0', ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers } })]);
  return { asked, ask };
}

const metadata = encodeUploadMetadata(formatUploadMetadata({ name: 'faro.mp4', fileId: undefined, uploadId }));
/** Everything that can be asked of uploads. */
const requests = [
  ['POST', UPLOADS_PATH, { 'upload-length': '10', 'upload-metadata': metadata }, 'begin'],
  ['HEAD', uploadPath(uploadId), {}, undefined],
  ['PATCH', uploadPath(uploadId), { 'upload-offset': '0', 'content-type': 'application/offset+octet-stream', 'content-length': '0' }, 'append'],
  ['DELETE', uploadPath(uploadId), {}, 'cancel'],
] as const;
const wrongTokens = {
  none: [undefined, 401],
  'of another key': [new TokenIssuer().sign(uploadId, { method: UPLOAD_METHOD }), 401],
  'that is over': [issuer.sign(uploadId, { method: UPLOAD_METHOD, notBeforeMs: Date.now() - 2 * HOUR_MS, expiresAtMs: Date.now() - HOUR_MS }), 401],
  'of another upload': [issuer.sign('cd'.repeat(32), { method: UPLOAD_METHOD }), 403],
  'for reading': [issuer.sign(uploadId), 403],
} as const;

for (const [what, [token, expected]] of Object.entries(wrongTokens)) {
  test(`a token ${what} is ${expected} for everything that can be asked of uploads, and nothing happens`, async t => {
    const { ask, asked } = await serve(t, issuer.verifier());
    for (const [method, path, headers] of requests) t.is((await ask(method, path, headers, token)).status, expected, method);
    t.deepEqual(asked, []);
  });
}

test('with the token of the upload, and where nothing is guarded, all of it can be asked', async t => {
  for (const [guard, token] of [[issuer.verifier(), issuer.sign(uploadId, { method: UPLOAD_METHOD })], [undefined, undefined]] as const) {
    const { ask, asked } = await serve(t, guard);
    for (const [method, path, headers] of requests) {
      const { status } = await ask(method, path, headers, token);
      t.true(status >= 200 && status < 300, `${method}: ${status}`);
    }
    t.deepEqual(asked, requests.flatMap(([, , , what]) => what ?? []));
  }
});

test('an upload that names another one in its data than in its token is refused', async t => {
  const { ask, asked } = await serve(t, issuer.verifier());
  const other = encodeUploadMetadata(formatUploadMetadata({ name: 'faro.mp4', fileId: undefined, uploadId: 'cd'.repeat(32) }));
  const { status } = await ask('POST', UPLOADS_PATH, { 'upload-length': '10', 'upload-metadata': other }, issuer.sign(uploadId, { method: UPLOAD_METHOD }));
  t.is(status, 403);
  const unnamed = encodeUploadMetadata({ filename: 'faro.mp4' });
  const both = `${metadata},${other.split(',').at(-1)}`;
  t.is((await ask('POST', UPLOADS_PATH, { 'upload-length': '10', 'upload-metadata': both }, issuer.sign(uploadId, { method: UPLOAD_METHOD }))).status, 403);
  t.is((await ask('POST', UPLOADS_PATH, { 'upload-length': '10', 'upload-metadata': unnamed }, issuer.sign(uploadId, { method: UPLOAD_METHOD }))).status, 403);
  t.deepEqual(asked, []);
});
