import test, { type ExecutionContext } from 'ava';
import { MIB } from '../../../lib/base/units.ts';
import { HeldParts } from '../../../lib/domain/held-parts.ts';
import { startFileServer } from '../../../lib/io/http/file-server.ts';
import { partsPath } from '../../../lib/protocol/data.ts';
import { manifestOf } from '../../helpers/manifests.ts';
import { randomBytes } from '../../helpers/random-bytes.ts';
import { exchange, requestText } from '../../helpers/raw-http.ts';

const bytes = randomBytes(2 * MIB + 1000, 8);
const manifest = manifestOf(bytes, 'faro.mp4');

/** Of three parts it has the ones said; without, it is whole. */
async function serve(t: ExecutionContext, held?: HeldParts): Promise<number> {
  const read = async (buffer: Uint8Array, position: number) => bytes.copy(buffer, 0, position);
  const open = async (id: string) => (id === manifest.id ? { manifest, held, read, [Symbol.asyncDispose]: async () => undefined } : undefined);
  const server = await startFileServer({ ip: '127.0.0.1', port: 0 }, { open });
  t.teardown(() => server[Symbol.asyncDispose]());
  return server.port;
}

const ask = async (port: number, path: string, headers: Record<string, string> = {}) => {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
  return { response, body: Buffer.from(await response.arrayBuffer()) };
};

test('who asks which parts are here is told them', async t => {
  const held = new HeldParts(3, [1]);
  const port = await serve(t, held);
  const told = async () => JSON.parse((await ask(port, partsPath(manifest.id))).body.toString()) as unknown;
  t.deepEqual(await told(), { id: manifest.id, parts: 3, held: 'QA==' });
  held.add(2);
  t.deepEqual(await told(), { id: manifest.id, parts: 3, held: 'YA==' });
  const { response } = await ask(port, partsPath('0'.repeat(64)));
  t.is(response.status, 404);
});

test('a whole file has all its parts', async t => {
  const port = await serve(t);
  const { body } = await ask(port, partsPath(manifest.id));
  t.deepEqual(JSON.parse(body.toString()), { id: manifest.id, parts: 3, held: '4A==' });
});

test('of a file that is being fetched exactly the parts that are here are given', async t => {
  const port = await serve(t, new HeldParts(3, [1, 2]));
  const path = `/files/${manifest.id}`;
  for (const range of [`bytes=${MIB}-${2 * MIB - 1}`, `bytes=${MIB + 5}-`, 'bytes=-1000', `bytes=${2 * MIB}-${2 * MIB}`]) {
    const { response, body } = await ask(port, path, { Range: range });
    t.is(response.status, 206, range);
    const [, start, end] = /bytes (\d+)-(\d+)/.exec(response.headers.get('content-range')!)!;
    t.true(body.equals(bytes.subarray(Number(start), Number(end) + 1)), range);
  }
  for (const range of ['bytes=0-0', `bytes=${MIB - 1}-${MIB}`, 'bytes=0-', undefined]) {
    const { response, body } = await ask(port, path, range === undefined ? {} : { Range: range });
    t.is(response.status, 503, range);
    t.is(response.headers.get('retry-after'), '1');
    t.is((JSON.parse(body.toString()) as { code: string }).code, 'parts_not_here');
  }
});

test('what a file is, is told also while it is being fetched', async t => {
  const port = await serve(t, new HeldParts(3));
  const { status, head } = await exchange(port, [requestText('HEAD', `/files/${manifest.id}`)]);
  t.is(status, 200);
  t.regex(head, new RegExp(`content-length: ${bytes.length}`, 'i'));
});
