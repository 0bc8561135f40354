import { connect } from 'node:net';
import { once } from 'node:events';
import test, { type ExecutionContext } from 'ava';
import { startLiveServer } from '../../../lib/io/live/live-server.ts';
import { eventually } from '../../helpers/eventually.ts';
import { openShelfSite } from '../../helpers/live-shelf.ts';
import { exchange, requestText } from '../../helpers/raw-http.ts';
import { UNPLAYABLE, WrappedPieces } from '../../helpers/wrapped-pieces.ts';

async function openSite(t: ExecutionContext) {
  const site = await openShelfSite(t);
  const pieces = new WrappedPieces();
  const stopping = new AbortController();
  const server = await startLiveServer({ ip: '127.0.0.1', port: 0 }, site.shelf, { pieces, clock: site.clock, log: site.log, signal: stopping.signal });
  t.teardown(() => server[Symbol.asyncDispose]());
  const get = (path: string, method = 'GET') => fetch(new URL(path, server.url), { method });
  return { ...site, pieces, server, stopping, get, text: async (path: string) => (await get(path)).text() };
}

const linesOf = (playlist: string) => playlist.split('\n').filter(line => /^#EXT-X-(?:DISCONTINUITY$|MAP|MEDIA)|^\w/.test(line));

test('a player finds in the playlist what is shown, and gets each init and each block', async t => {
  const { show, pieces, get, text } = await openSite(t);
  for (const [number, block] of ['i/zero', 'i/one', 'other/two', 'other/three'].entries()) await show(number, block);
  t.deepEqual(linesOf(await text('/canal.m3u8')), [
    '#EXT-X-MEDIA-SEQUENCE:1',
    '#EXT-X-MAP:URI="init-1.mp4"',
    'bloque-1.m4s',
    'bloque-2.m4s',
    '#EXT-X-MAP:URI="init-2.mp4"',
    'bloque-3.m4s',
    'bloque-4.m4s',
  ]);
  t.is(await text('/init-1.mp4'), 'i');
  t.is(await text('/init-2.mp4'), 'other');
  t.is(await text('/bloque-3.m4s'), '4000:two');
  t.is(await text('/bloque-3.m4s'), '4000:two');
  t.deepEqual(pieces.made, [1, 2, 3, 4]);
  const { status, headers } = await get('/bloque-1.m4s');
  t.is(status, 200);
  t.deepEqual(['content-type', 'cache-control', 'access-control-allow-origin'].map(name => headers.get(name)), ['video/mp4; codecs="avc1.42c01e"', 'no-store', null]);
  t.is((await get('/canal.m3u8')).headers.get('content-type'), 'application/vnd.apple.mpegurl');
  const head = await get('/bloque-1.m4s', 'HEAD');
  t.deepEqual([head.status, head.headers.get('content-length'), await head.text()], [200, '6', '']);
  t.is(await text('/'), '/canal.m3u8\n');
});

test('a missed block, one that no piece can be made of, and a beginning are discontinuities; what cannot be shown is told once', async t => {
  const { show, pieces, told, text } = await openSite(t);
  for (const [number, block] of [[0, 'i/zero'], [1, `${UNPLAYABLE}one`], [2, 'i/two'], [4, 'i/four'], [5, 'i/five']] as const) await show(number, block, { isBeginning: number === 5 });
  const expected = ['#EXT-X-MEDIA-SEQUENCE:1', '#EXT-X-MAP:URI="init-1.mp4"', 'bloque-1.m4s'];
  for (const number of [2, 3, 4]) expected.push('#EXT-X-DISCONTINUITY', `bloque-${number}.m4s`);
  t.deepEqual(linesOf(await text('/canal.m3u8')), expected);
  await show(6, `${UNPLAYABLE}six`);
  await text('/canal.m3u8');
  await show(7, 'i/seven');
  t.deepEqual(linesOf(await text('/canal.m3u8')).slice(-2), ['#EXT-X-DISCONTINUITY', 'bloque-5.m4s']);
  t.is(await text('/bloque-5.m4s'), '8000:seven');
  t.deepEqual(told, ['live.missed 0 3 3', 'live.unplayable 0 1 not_remuxable', 'live.unplayable 0 6 not_remuxable']);
  t.deepEqual(pieces.made, [1, 2, 2, 3, 4, 5, 5]);
});

test('a player that comes before anything is shown waits for enough to begin with', async t => {
  const { show, shelf, text } = await openSite(t);
  const asked = text('/canal.m3u8');
  for (const number of [0, 1, 2]) await show(number, 'i/x');
  t.true(linesOf(await asked).includes('bloque-3.m4s'));
  t.is(shelf.shown().entries.length, 3);
});

test('when nothing comes for long it is told to come again', async t => {
  const { clock, get } = await openSite(t);
  const answers = [get('/canal.m3u8'), get('/canal.m3u8', 'HEAD')];
  let isOver = false;
  void Promise.all(answers).then(() => (isOver = true));
  await eventually('the players gave up', () => {
    clock.forward(1000);
    return isOver;
  });
  for (const answer of answers) t.deepEqual([(await answer).status, (await answer).headers.get('retry-after')], [503, '1']);
});

test('what a player did not fetch stays for it, and what it fetched goes; what is gone is not found', async t => {
  const { show, shelf, clock, get, text } = await openSite(t);
  for (let number = 0; number < 8; number += 1) await show(number, 'i/x');
  await text('/canal.m3u8');
  const watch = async () => {
    clock.forward(1000);
    await text('/canal.m3u8');
  };
  // A look of the shelf for each, at least.
  for (let seconds = 0; seconds < 60; seconds += 1) {
    const { bytesHeld } = shelf;
    await watch();
    shelf.expect({ key: `look ${seconds}`, stream: 'none', number: seconds }, Infinity);
    t.is(shelf.bytesHeld, bytesHeld);
  }
  await text('/bloque-1.m4s');
  await text('/bloque-2.m4s');
  await eventually('the first two are gone', async () => {
    await watch();
    return shelf.shown().mediaSequence === 3;
  });
  t.is((await get('/bloque-2.m4s')).status, 404);
  t.is((await get('/bloque-3.m4s')).status, 200);
});

test('only names and pages of this place are answered, only what is there, and only readers', async t => {
  const { server, show, get } = await openSite(t);
  for (const number of [0, 1, 2]) await show(number, 'i/x');
  await get('/canal.m3u8');
  const ask = async (path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET') => (await exchange(server.port, [requestText(method, path, { headers })])).status;
  t.is(await ask('/canal.m3u8', { host: `localhost:${server.port}` }), 200);
  t.is(await ask('/canal.m3u8', { host: 'evil.example' }), 403);
  t.is(await ask('/bloque-1.m4s', { host: `127.0.0.1:${server.port}`, origin: 'https://evil.example' }), 403);
  // As a browser asks for a picture of another page, which tells no origin.
  t.is(await ask('/canal.m3u8', { host: `127.0.0.1:${server.port}`, 'sec-fetch-site': 'cross-site' }), 403);
  t.is(await ask('/canal.m3u8', {}, 'POST'), 405);
  for (const path of ['/bloque-4.m4s', '/init-2.mp4', '/etc/passwd', '/../canal.m3u8', '/bloque-0.m4s', '/%']) t.is(await ask(path), 404, path);
});

test('a server that stops leaves nobody waiting', async t => {
  const { server, stopping } = await openSite(t);
  const socket = connect({ host: '127.0.0.1', port: server.port });
  // It may be reset.
  socket.on('error', () => undefined);
  const closed = new Promise(resolve => socket.once('close', resolve));
  socket.resume().write(requestText('GET', '/canal.m3u8'));
  await once(socket, 'connect');
  stopping.abort();
  await closed;
  await server[Symbol.asyncDispose]();
  await t.throwsAsync(fetch(server.url));
});
