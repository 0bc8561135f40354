import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { MIB } from '../../../lib/base/units.ts';
import { openServedFile } from '../../../lib/io/files/served-file.ts';
import { startFileServer } from '../../../lib/io/http/file-server.ts';
import { formatMetalink } from '../../../lib/protocol/metalink.ts';
import { formatTorrent } from '../../../lib/protocol/torrent.ts';
import { manifestOf, manifestWithPieces } from '../../helpers/manifests.ts';
import { randomBytes } from '../../helpers/random-bytes.ts';
import { exchange, requestText } from '../../helpers/raw-http.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const bytes = randomBytes(MIB + 1000, 5);
const manifest = manifestWithPieces(bytes, 'El faro ñ.mp4');
const old = manifestOf(Buffer.from('old'), 'old.mp4');
const file = `/files/${manifest.id}`;

async function serve(t: ExecutionContext, host?: string): Promise<number> {
  const directory = await temporaryDirectory(t);
  const [path, oldPath] = [join(directory, 'faro.mp4'), join(directory, 'old.mp4')];
  await Promise.all([writeFile(path, bytes), writeFile(oldPath, 'old')]);
  const server = await startFileServer(
    { ip: '127.0.0.1', port: 0 },
    {
      async open(id) {
        if (id === manifest.id) return openServedFile(path, manifest);
        return id === old.id ? openServedFile(oldPath, old) : undefined;
      },
    },
    { host },
  );
  t.teardown(() => server[Symbol.asyncDispose]());
  return server.port;
}

test('a secondary describes its file with itself as the mirror, under the address that it was asked at', async t => {
  const port = await serve(t, 'casa.lan');
  for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, 'casa.lan:80', `[::1]:${port}`]) {
    const mirror = new URL(file, `http://${host}`).href;
    const metalink = await exchange(port, [requestText('GET', `${file}.meta4`, { headers: { host } })]);
    t.is(metalink.status, 200);
    t.regex(metalink.head, /^content-type: application\/metalink4\+xml\r$/im);
    t.is(metalink.body, formatMetalink(manifest, [mirror]));
    const torrent = await exchange(port, [requestText('GET', `${file}.torrent?version=1`, { headers: { host } })]);
    t.regex(torrent.head, /^content-type: application\/x-bittorrent\r$/im);
    t.is(torrent.body, formatTorrent(manifest, [mirror], '1').toString());
  }
});

test('HEAD of a document has its length and no body', async t => {
  const port = await serve(t);
  const { body } = await exchange(port, [requestText('GET', `${file}.meta4`)]);
  const head = await exchange(port, [requestText('HEAD', `${file}.meta4`)]);
  t.is(head.status, 200);
  t.is(head.body, '');
  t.regex(head.head, new RegExp(`^content-length: ${Buffer.byteLength(body)}\\r$`, 'im'));
});

test('a foreign Host or Origin gets no document', async t => {
  const port = await serve(t);
  for (const headers of [{ host: 'evil.example' }, { host: '127.0.0.1"><url>http:' }, { origin: 'http://evil.example' }]) {
    const { status, body } = await exchange(port, [requestText('GET', `${file}.meta4`, { headers })]);
    t.is(status, 403);
    t.like(JSON.parse(body), { code: 'forbidden' });
  }
  t.is((await exchange(port, [`GET ${file}.meta4 HTTP/1.0\r\n\r\n`])).status, 403, 'no Host at all');
});

test('what there is no document of is told as ever', async t => {
  const port = await serve(t);
  for (const [path, status, code] of [
    [`${file}.torrent?version=x`, 400, 'invalid_request'],
    [`/files/${old.id}.torrent`, 404, 'not_found'],
    [`/files/${'0'.repeat(64)}.meta4`, 404, 'not_found'],
    [`${file}.meta5`, 404, 'not_found'],
    [`${file}.meta4/x`, 404, 'not_found'],
  ] as const) {
    const answer = await exchange(port, [requestText('GET', path)]);
    t.is(answer.status, status, path);
    t.like(JSON.parse(answer.body), { code });
  }
  t.is((await exchange(port, [requestText('POST', `${file}.meta4`)])).status, 405);
});

test('a name behind the id changes nothing', async t => {
  const port = await serve(t);
  const { status, body } = await exchange(port, [requestText('GET', `${file}/El%20faro%20%c3%b1.mp4`, { headers: { range: 'bytes=0-0' } })]);
  t.is(status, 206);
  t.is(body, bytes.subarray(0, 1).toString());
  for (const path of [`${file}/`, `${file}/a/b`]) t.is((await exchange(port, [requestText('GET', path)])).status, 404, path);
});
