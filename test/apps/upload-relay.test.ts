import { readdir, readFile, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import test from 'ava';
import { encodeUploadMetadata, RELAYED_UPLOADS_PATH } from '../../lib/protocol/uploads.ts';
import { eventually } from '../helpers/eventually.ts';
import { manifestOf } from '../helpers/manifests.ts';
import { ProcessCluster } from '../helpers/process-cluster.ts';
import { randomBytes } from '../helpers/random-bytes.ts';

const TUS = { 'tus-resumable': '1.0.0' };
const BYTES = { 'content-type': 'application/offset+octet-stream' };
const film = randomBytes(3_000_000, 7);

/** Requests of a page to its central. */
function pageOf(cluster: ProcessCluster) {
  const url = (path: string) => `http://127.0.0.1:${cluster.centralPort}${path}`;
  return {
    begin: (name: string, sizeBytes: number, more: Readonly<Record<string, string>> = {}) =>
      fetch(url(RELAYED_UPLOADS_PATH), { method: 'POST', headers: { ...TUS, 'upload-length': String(sizeBytes), 'upload-metadata': encodeUploadMetadata({ filename: name, ...more }) } }),
    send: (path: string, from: number, bytes: Buffer) =>
      fetch(url(path), { method: 'PATCH', headers: { ...TUS, ...BYTES, 'upload-offset': String(from) }, body: new Uint8Array(bytes) }),
    offset: async (path: string) => Number((await fetch(url(path), { method: 'HEAD', headers: TUS })).headers.get('upload-offset')),
    cancel: (path: string) => fetch(url(path), { method: 'DELETE', headers: TUS }),
  };
}

test('a file that is sent to the central in pieces stands on a secondary, also when both were killed in between', async t => {
  const cluster = await ProcessCluster.start(t, { secondaries: 1 });
  const page = pageOf(cluster);
  const path = await eventually('a secondary takes it', async () => (await page.begin('película.mp4', film.length)).headers.get('location'));
  t.regex(path, /^\/subidas\/1\/[0-9a-f]{64}$/);
  t.is((await page.send(path, 0, film.subarray(0, 1_000_000))).status, 204);
  await cluster.killCentral();
  await cluster.killSecondary(1);
  await Promise.all([cluster.startCentral(), cluster.startSecondary(1)]);
  t.is(await eventually('the secondary is back', async () => page.offset(path)), 1_000_000);
  const last = await page.send(path, 1_000_000, film.subarray(1_000_000));
  t.deepEqual([last.status, await last.json()], [200, { id: manifestOf(film, 'película.mp4').id, sizeBytes: film.length }]);
  await cluster.whenHeldBy('película.mp4', 1);
  t.true(film.equals(await readFile(join(cluster.folderOf(1), 'película.mp4'))));
});

test('a file without a byte is stored when it is begun, and has an address as any other', async t => {
  const cluster = await ProcessCluster.start(t, { secondaries: 1 });
  const begun = await eventually('a secondary takes it', async () => {
    const answer = await pageOf(cluster).begin('nada.bin', 0);
    return answer.ok ? answer : undefined;
  });
  t.deepEqual([begun.status, await begun.json()], [201, { id: manifestOf(Buffer.alloc(0)).id, sizeBytes: 0 }]);
  t.regex(begun.headers.get('location')!, /^\/subidas\/1\/[0-9a-f]{64}$/);
});

test('what arrived before a connection broke need not be sent again', async t => {
  const cluster = await ProcessCluster.start(t, { secondaries: 1 });
  const page = pageOf(cluster);
  const path = await eventually('a secondary takes it', async () => (await page.begin('film.mp4', film.length)).headers.get('location'));
  const head = Object.entries({ ...TUS, ...BYTES, host: '127.0.0.1', 'upload-offset': '0', 'content-length': String(film.length) }).map(([name, value]) => `${name}: ${value}`);
  const socket = connect({ host: '127.0.0.1', port: cluster.centralPort });
  socket.write(`PATCH ${path} HTTP/1.1\r\n${head.join('\r\n')}\r\n\r\n`);
  socket.write(film.subarray(0, 1_000_000));
  const arriving = join(cluster.folderOf(1), '.videopartes', 'incoming', `${path.split('/').at(-1)}.upload`);
  await eventually('the bytes arrive', async () => (await stat(arriving)).size > 0);
  socket.destroy();
  const offset = await eventually('what arrived is there', async () => page.offset(path));
  t.true(offset <= 1_000_000);
  t.is((await page.send(path, offset, film.subarray(offset))).status, 200);
});

test('a name that is taken is refused before anything is sent, and makes room for who knows what has it', async t => {
  const cluster = await ProcessCluster.start(t, { secondaries: 1 });
  const page = pageOf(cluster);
  await cluster.addFile('film.mp4', 10_000, 1);
  const { id } = await cluster.ask<{ id: string }>('/video?name=film.mp4');
  const refused = await page.begin('film.mp4', film.length);
  t.deepEqual([refused.status, ((await refused.json()) as { code: string }).code], [409, 'name_taken']);
  t.is((await page.begin('film.mp4', film.length, { replaces: 'a'.repeat(64) })).status, 409);
  const path = (await page.begin('film.mp4', film.length, { replaces: id })).headers.get('location')!;
  t.is((await page.send(path, 0, film)).status, 200);
  await eventually('the new film has the name', async () => (await cluster.ask<{ id: string }>('/video?name=film.mp4')).id === manifestOf(film).id);
  const { items } = await cluster.ask<{ items: readonly { id: string }[] }>('/trash');
  t.deepEqual(items.map(item => item.id), [id]);
});

test('an upload that is given up leaves nothing, and one of nobody is not found', async t => {
  const cluster = await ProcessCluster.start(t, { secondaries: 1 });
  const page = pageOf(cluster);
  const path = await eventually('a secondary takes it', async () => (await page.begin('film.mp4', film.length)).headers.get('location'));
  await page.send(path, 0, film.subarray(0, 1000));
  t.is((await page.cancel(path)).status, 204);
  t.is((await page.send(path, 1000, film.subarray(1000, 2000))).status, 404);
  t.is((await page.send(path.replace('/1/', '/9/'), 0, film.subarray(0, 1000))).status, 404);
  t.is((await cluster.request('GET', path)).status, 405);
  t.is((await cluster.request('POST', `${RELAYED_UPLOADS_PATH}/x`)).status, 404);
});

test('a form whose sender goes away leaves nothing at the secondary, since nobody could go on with it', async t => {
  const cluster = await ProcessCluster.start(t, { secondaries: 1 });
  await eventually('the secondary is up', async () => (await cluster.ask<{ nodes: readonly { state: string }[] }>('/nodes')).nodes.some(({ state }) => state === 'up'));
  const socket = connect({ host: '127.0.0.1', port: cluster.centralPort });
  const head = ['POST /upload HTTP/1.1', 'host: 127.0.0.1', 'content-type: multipart/form-data; boundary=sep', `content-length: ${film.length}`];
  socket.write(`${head.join('\r\n')}\r\n\r\n--sep\r\ncontent-disposition: form-data; name="file"; filename="film.mp4"\r\n\r\n`);
  socket.write(film.subarray(0, 1_000_000));
  const incoming = join(cluster.folderOf(1), '.videopartes', 'incoming');
  await eventually('the bytes arrive', async () => (await readdir(incoming)).length > 0);
  socket.destroy();
  await eventually('nothing is left', async () => (await readdir(incoming)).length === 0);
  t.pass();
});
