import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { createLog } from '../../../lib/base/log.ts';
import type { ReadGuard, TokenClaims } from '../../../lib/domain/tokens.ts';
import { openServedFile } from '../../../lib/io/files/served-file.ts';
import { startFileServer } from '../../../lib/io/http/file-server.ts';
import { openNodeSources } from '../../../lib/io/http/node-sources.ts';
import { dataAccessAt } from '../../../lib/protocol/roles.ts';
import { readRun } from '../../contracts/source.ts';
import { manifestOf, manifestWithPieces } from '../../helpers/manifests.ts';
import { randomBytes } from '../../helpers/random-bytes.ts';
import { exchange, requestText } from '../../helpers/raw-http.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';
import { HOUR_MS, TokenIssuer } from '../../helpers/token-issuer.ts';

const bytes = randomBytes(2 * 1024 * 1024 + 7, 5);
const manifest = manifestWithPieces(bytes, 'faro.mp4');
const other = manifestOf(Buffer.from('another'), 'otro.mp4');
const file = `/files/${manifest.id}`;
/** Every route of the data plane. */
const routes = ['/health', '/ready', '/metrics', file, `${file}/faro.mp4`, `${file}.meta4`, `${file}.torrent`];
const guarded = routes.filter(path => dataAccessAt(path) === 'token');

async function serve(t: ExecutionContext, guard: ReadGuard | undefined) {
  const path = join(await temporaryDirectory(t), 'faro.mp4');
  await writeFile(path, bytes);
  const told: string[] = [];
  const log = createLog((_level, event, fields) => void told.push(`${event} ${JSON.stringify(fields)}`), 'debug');
  const files = { open: async (id: string) => (id === manifest.id ? openServedFile(path, manifest) : undefined) };
  const server = await startFileServer({ ip: '127.0.0.1', port: 0 }, files, { guard, log });
  t.teardown(() => server[Symbol.asyncDispose]());
  const ask = (target: string, { token, method = 'GET', headers = {} }: { token?: string | undefined; method?: string; headers?: Record<string, string> } = {}) =>
    exchange(server.port, [requestText(method, target, { headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers } })]);
  return { server, ask, told };
}

test('all of a node but how it is asks for a token', t => {
  t.deepEqual(routes.map(dataAccessAt), ['anyone', 'anyone', 'keeper', 'token', 'token', 'token', 'token']);
  for (const path of ['/', '/files', '/files/', '/files/x', '/secreto', `${file}.txt`, `${file}/a/b`]) t.is(dataAccessAt(path), undefined, path);
});

const issuer = new TokenIssuer();
const stranger = new TokenIssuer();
const at = (fromMs: number, toMs: number): Partial<TokenClaims> => ({ notBeforeMs: Date.now() + fromMs, expiresAtMs: Date.now() + toMs });
const refused: Readonly<Record<string, { readonly token: string | undefined; readonly status: number; readonly reason: string }>> = {
  'no token': { token: undefined, status: 401, reason: 'missing' },
  'something that is no token': { token: 'x', status: 401, reason: 'malformed' },
  'a token of another key': { token: stranger.sign(manifest.id), status: 401, reason: 'unknown_key' },
  'a token with a byte changed': { token: issuer.sign(manifest.id).replace(/.(?=.{20}$)/, old => (old === 'A' ? 'B' : 'A')), status: 401, reason: 'bad_signature' },
  'a token that is over': { token: issuer.sign(manifest.id, at(-2 * HOUR_MS, -HOUR_MS)), status: 401, reason: 'expired' },
  'a token that has still to begin': { token: issuer.sign(manifest.id, at(HOUR_MS, 2 * HOUR_MS)), status: 401, reason: 'early' },
  'a token for another file': { token: issuer.sign(other.id), status: 403, reason: 'file' },
  'a token for another method': { token: issuer.sign(manifest.id, { method: 'PUT' }), status: 403, reason: 'method' },
};

for (const [what, { token, status, reason }] of Object.entries(refused)) {
  test(`${what} is ${status} on every guarded route, by field and by address`, async t => {
    const { ask } = await serve(t, issuer.verifier());
    for (const path of guarded) {
      const ways = token === undefined ? [() => ask(path)] : [() => ask(path, { token }), () => ask(`${path}?token=${token}`)];
      for (const way of ways) {
        const answer = await way();
        t.is(answer.status, status, path);
        t.like(JSON.parse(answer.body), { code: status === 401 ? 'unauthorized' : 'token_mismatch', details: { reason } });
        t.is(/^www-authenticate: Bearer/im.test(answer.head), status === 401);
      }
      t.is((await ask(path, { token, method: 'HEAD' })).status, status, path);
    }
    t.is((await ask('/health')).status, 200);
  });
}

test('a token lets its bearer read, by field and by address', async t => {
  const { ask } = await serve(t, issuer.verifier());
  const token = issuer.sign(manifest.id);
  for (const path of guarded) {
    for (const method of ['GET', 'HEAD']) {
      t.is((await ask(path, { token, method })).status, 200, path);
      t.is((await ask(`${path}?token=${token}`, { method })).status, 200, path);
    }
  }
  t.is((await ask(file, { token, headers: { range: 'bytes=0-9' } })).status, 206);
  t.is((await ask(`${file}?token=${token}/faro.mp4`)).status, 200, 'a web seed with the name behind it');
  t.true((await ask(`${file}.meta4?token=${token}`)).body.includes(`${file}?token=${token}</url>`), 'the document leads to what can be read');
  const unknown = `/files/${other.id}`;
  t.is((await ask(unknown, { token: issuer.sign(other.id) })).status, 404);
  t.is((await ask(unknown)).status, 401, 'who may not ask does not learn what is here');
});

test('clocks may be a minute apart', async t => {
  const { ask } = await serve(t, issuer.verifier());
  t.is((await ask(file, { method: 'HEAD', token: issuer.sign(manifest.id, at(-HOUR_MS, -30_000)) })).status, 200);
  t.is((await ask(file, { method: 'HEAD', token: issuer.sign(manifest.id, at(30_000, HOUR_MS)) })).status, 200);
});

test('a node that has heard of no keys lets nobody read', async t => {
  const verifier = issuer.verifier();
  verifier.take([]);
  const { ask } = await serve(t, verifier);
  t.is((await ask(file, { token: issuer.sign(manifest.id) })).status, 401);
});

for (const guard of [undefined, issuer.verifier()]) {
  test(`a foreign page is refused on every route, ${guard ? 'tokens or not' : 'also where everybody may read'}`, async t => {
    const { ask } = await serve(t, guard);
    for (const path of [...routes, '/nothing']) {
      for (const headers of [{ host: 'evil.example' }, { origin: 'http://evil.example' }, { origin: 'null' }]) {
        const answer = await ask(path, { token: issuer.sign(manifest.id), headers: headers as Record<string, string> });
        t.is(answer.status, 403, path);
        t.like(JSON.parse(answer.body), { code: 'forbidden' });
      }
    }
  });
}

test('a token is not told to the log', async t => {
  const broken: ReadGuard = {
    problemWith() {
      throw new Error('broken');
    },
  };
  const { ask, told } = await serve(t, broken);
  const token = issuer.sign(manifest.id);
  t.is((await ask(`${file}?token=${token}`)).status, 500);
  t.true(told.some(line => line.includes(file)));
  t.false(told.some(line => line.includes(token)));
});

for (const threads of [0, 1]) {
  test(`a source shows the token of now, without a new connection, with ${threads} threads beside this one`, async t => {
    const shown = new Set<string | undefined>();
    const verifier = issuer.verifier();
    const { server } = await serve(t, { problemWith: (token, use) => (shown.add(token), verifier.problemWith(token, use)) });
    await using sources = openNodeSources(manifest, { threads });
    const url = server.url;
    const [first, second] = [issuer.sign(manifest.id), issuer.sign(manifest.id, at(0, 2 * HOUR_MS))];
    const source = sources.source('secundario-1', url);
    await t.throwsAsync(readRun(source, { first: 0, count: 1 }, manifest), { code: 'source_refused' });
    t.is(sources.source('secundario-1', url, first), source);
    const reading = readRun(source, { first: 0, count: 2 }, manifest);
    t.is(sources.source('secundario-1', url, second), source);
    const { countedBytes } = await reading;
    t.is(countedBytes, 2 * manifest.partSizeBytes);
    await readRun(source, { first: 2, count: 1 }, manifest);
    t.deepEqual([...shown], [undefined, first, second]);
  });
}
