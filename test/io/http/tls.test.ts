import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { silentLog } from '../../../lib/base/log.ts';
import type { Manifest } from '../../../lib/domain/manifest.ts';
import { openServedFile } from '../../../lib/io/files/served-file.ts';
import { createControlClient } from '../../../lib/io/http/control-client.ts';
import { startControlServer } from '../../../lib/io/http/control-server.ts';
import { startFileServer } from '../../../lib/io/http/file-server.ts';
import { openNodeSources } from '../../../lib/io/http/node-sources.ts';
import { reachNode } from '../../../lib/io/http/reach-node.ts';
import { openTls } from '../../../lib/io/http/tls.ts';
import { sourceContract, readRun } from '../../contracts/source.ts';
import { selfSigned } from '../../fixtures/self-signed.ts';
import { routerThat } from '../../helpers/control-router.ts';
import { downloadFrom } from '../../helpers/download-from.ts';
import { manifestOf } from '../../helpers/manifests.ts';
import { noStatistics } from '../../helpers/no-statistics.ts';
import { randomBytes } from '../../helpers/random-bytes.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const ca = selfSigned.cert;
const LOOPBACK = { ip: '127.0.0.1', port: 0 };
const IDENTITY = { number: 1, identity: '00000000-0000-4000-8000-000000000000' };

/** Of no certificate here. */
const OTHER_KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgGtj5k8esQN0dx7HU
v3/6Mgts4/o+yM7S7DSY4bdCdUmhRANCAAScsmUKOwcdDe2+8w5bwyEcwg41Ugoi
+we+DzAJ4u+o7BtpP8hDViLpQdydK5uS/Lurb1sw1g0gwzJh2cfQMG+s
-----END PRIVATE KEY-----
`;

async function serveFile(t: ExecutionContext, manifest: Manifest, bytes: Uint8Array) {
  const path = join(await temporaryDirectory(t), 'video.mp4');
  await writeFile(path, bytes);
  const open = async (id: string) => (id === manifest.id ? openServedFile(path, manifest) : undefined);
  const server = await startFileServer(LOOPBACK, { open }, { tls: selfSigned, status: { health: () => IDENTITY } });
  t.teardown(() => server[Symbol.asyncDispose]());
  return server;
}

for (const threads of [0, 1]) {
  sourceContract(test, `node by TLS, ${threads} threads beside this one`, async (t, manifest, bytes) => {
    const server = await serveFile(t, manifest, bytes);
    const sources = openNodeSources(manifest, { threads, ca });
    t.teardown(() => sources[Symbol.asyncDispose]());
    return { source: sources.source('secundario-1', server.url), stopServer: () => server.close({ drainMs: 0 }) };
  });

  test(`a file comes whole from three nodes by TLS together, ${threads} threads`, async t => {
    const bytes = randomBytes(24 * 1024 * 1024 + 321, 4);
    const manifest = manifestOf(bytes);
    const servers = await Promise.all([1, 2, 3].map(() => serveFile(t, manifest, bytes)));
    const { result, sink } = await downloadFrom(t, manifest, servers.map(({ url }) => url), { threads, ca });
    t.is(result.outcome, 'done');
    t.true(sink.bytes.equals(bytes));
  });
}

test('while no memory is free nothing is lost of what TLS had deciphered already', async t => {
  const bytes = randomBytes(24 * 1024 * 1024, 6);
  const manifest = manifestOf(bytes);
  const server = await serveFile(t, manifest, bytes);
  await using sources = openNodeSources(manifest, { threads: 0, ca });
  const source = sources.source('secundario-1', server.url);
  const held: (() => void)[] = [];
  const received = Buffer.alloc(bytes.length);
  const give = () => {
    for (const release of held.splice(0)) release();
  };
  await source.read(
    { first: 0, count: manifest.partHashes.length },
    {
      // Nothing came because nothing is free: the news that keep a source from looking silent.
      onBytes: count => void (count === 0 && give()),
      onPiece({ part, offset, bytes: piece, release }) {
        received.set(piece, part * manifest.partSizeBytes + offset);
        held.push(release);
      },
    },
    { signal: new AbortController().signal },
  );
  give();
  t.true(received.equals(bytes));
});

test('a node whose certificate nobody vouches for is not read from, and not reached', async t => {
  const bytes = randomBytes(1000, 6);
  const manifest = manifestOf(bytes);
  const server = await serveFile(t, manifest, bytes);
  await using sources = openNodeSources(manifest, { threads: 0 });
  const error = await t.throwsAsync(readRun(sources.source('secundario-1', server.url), { first: 0, count: 1 }, manifest), { code: 'source_unreachable' });
  t.regex(error.message, /SELF_SIGNED/);
  t.is(await reachNode({ ...IDENTITY, url: server.url }), 'distrusted');
  t.is(await reachNode({ ...IDENTITY, number: IDENTITY.number + 1, url: server.url }, { ca }), 'somebody_else');
  t.is(await reachNode({ ...IDENTITY, url: server.url }, { ca }), 'reached');
});

test('a central answers by TLS who trusts it, and says why to whom does not', async t => {
  const answer = noStatistics;
  const server = await startControlServer(LOOPBACK, routerThat(() => answer), { log: silentLog, tls: selfSigned });
  t.teardown(() => server[Symbol.asyncDispose]());
  t.regex(server.url, /^https:/);
  await using trusting = createControlClient([server.url], { ca, log: silentLog });
  t.deepEqual(await trusting.client.statistics.get(), answer);
  await using wary = createControlClient([server.url], { log: silentLog });
  await t.throwsAsync(wary.client.statistics.get(), { code: 'central_untrusted' });
  await using wrong = createControlClient([server.url.replace('https', 'http')], { log: silentLog });
  await t.throwsAsync(wrong.client.statistics.get(), { code: 'central_unreachable' });
});

test('files that are no certificate, no key, or not of one another are told before anything starts', async t => {
  const directory = await temporaryDirectory(t);
  const put = async (name: string, text: string) => {
    await writeFile(join(directory, name), text);
    return join(directory, name);
  };
  const certificate = await put('cert.pem', selfSigned.cert);
  const key = await put('key.pem', selfSigned.key);
  t.deepEqual(await openTls({ served: { certificate, key }, ca: certificate }), { server: selfSigned, ca: selfSigned.cert });
  t.deepEqual(await openTls({}), { server: undefined, ca: undefined });

  const otherKey = await put('other.pem', OTHER_KEY);
  const absent = join(directory, 'absent.pem');
  await t.throwsAsync(openTls({ served: { certificate, key: absent } }), { code: 'path_not_readable' });
  await t.throwsAsync(openTls({ ca: absent }), { code: 'path_not_readable' });
  const wrong = [
    [{ served: { certificate: key, key } }, { path: key, problem: 'certificate' }],
    [{ served: { certificate, key: certificate } }, { path: certificate, problem: 'key' }],
    [{ served: { certificate, key: otherKey } }, { path: otherKey, problem: 'mismatch' }],
    [{ ca: key }, { path: key, problem: 'certificate' }],
  ] as const;
  for (const [files, facts] of wrong) t.like(await t.throwsAsync(openTls(files)), { code: 'tls_invalid', facts }, JSON.stringify(files));
});
