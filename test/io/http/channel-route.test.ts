import test, { type ExecutionContext } from 'ava';
import { VideoError } from '../../../lib/base/errors.ts';
import { silentLog } from '../../../lib/base/log.ts';
import { roleSecrets } from '../../../lib/domain/roles.ts';
import type { Sessions } from '../../../lib/domain/sessions.ts';
import { startControlServer, type ControlServerOptions } from '../../../lib/io/http/control-server.ts';
import { createLiveAnswers } from '../../../lib/io/live/live-answers.ts';
import { FragmentPieces, makeFragmentedBlocks } from '../../helpers/fragmented-blocks.ts';
import { arrived, BLOCK_MS, openShelfSite } from '../../helpers/live-shelf.ts';
import { routerThat } from '../../helpers/control-router.ts';
import { eventually } from '../../helpers/eventually.ts';

const ID = '0123456789abcdef';

/** A central that shows three blocks of one channel. */
async function serve(t: ExecutionContext, options: Partial<ControlServerOptions> = {}) {
  const film = await makeFragmentedBlocks(t, 3);
  const { shelf, clock, log } = await openShelfSite(t);
  for (const [number, bytes] of film.entries()) await shelf.put(arrived(number), bytes, clock.now() + BLOCK_MS);
  clock.forward(BLOCK_MS);
  await eventually('they are shown', () => shelf.shown().entries.length === 3);
  const answer = createLiveAnswers(shelf, { pieces: new FragmentPieces(), clock, log, signal: new AbortController().signal });
  const channels = {
    async screenOf(id: string) {
      if (id === 'f'.repeat(16)) throw new VideoError('channel_full', { name: 'faro.mp4' });
      if (id !== ID) throw new VideoError('not_found', { what: 'channel' });
      return { answer };
    },
  };
  const server = await startControlServer({ ip: '127.0.0.1', port: 0 }, routerThat(() => ({ channels: [] })), { log: silentLog, channels, ...options });
  t.teardown(() => server[Symbol.asyncDispose]());
  return `${server.url}/channels`;
}

test('a browser gets the playlist of a channel, and all that it lists', async t => {
  const url = await serve(t);
  const response = await fetch(`${url}/${ID}/canal.m3u8`);
  t.is(response.headers.get('content-type'), 'application/vnd.apple.mpegurl');
  t.is(response.headers.get('cache-control'), 'no-store');
  const listed = (await response.text()).match(/init-\d+\.mp4|bloque-\d+\.m4s/g)!;
  t.deepEqual(listed, ['init-1.mp4', 'bloque-1.m4s', 'bloque-2.m4s', 'bloque-3.m4s']);
  for (const name of listed) {
    const piece = await fetch(`${url}/${ID}/${name}`);
    t.is(piece.status, 200, name);
    t.true((await piece.arrayBuffer()).byteLength > 0, name);
  }
  const head = await fetch(`${url}/${ID}/canal.m3u8`, { method: 'HEAD' });
  t.is(head.status, 200);
  t.is((await fetch(`${url}/${ID}/bloque-9.m4s`)).status, 404);
});

test('what is not on the air, has no room or is no file of a channel is refused in the words of the central', async t => {
  const url = await serve(t);
  const codeAt = async (path: string, init?: RequestInit) => {
    const response = await fetch(url + path, init);
    return `${response.status} ${((await response.json()) as { code: string }).code}`;
  };
  t.is(await codeAt(`/${'a'.repeat(16)}/canal.m3u8`), '404 not_found');
  t.is(await codeAt(`/${'f'.repeat(16)}/canal.m3u8`), '503 channel_full');
  for (const path of [`/${ID}/otra.m3u8`, `/${ID}/canal.m3u8/x`, '/XYZ/canal.m3u8', `/${ID}/init-x.mp4`]) t.is(await codeAt(path), '404 not_found', path);
  t.is(await codeAt(`/${ID}/canal.m3u8`, { method: 'POST' }), '405 method_not_allowed');
  t.is(await codeAt(`/${ID}/canal.m3u8`, { headers: { origin: 'http://elsewhere.example' } }), '403 forbidden');
});

test('where only readers read, a session or a secret opens a channel', async t => {
  const secrets = roleSecrets('s');
  const sessions: Sessions = { open: role => ({ token: 'x', claims: { role, notBeforeMs: 0, expiresAtMs: 7 }, renewInMs: 5 }), roleIn: token => (token === 'good' ? 'reader' : undefined) };
  const url = await serve(t, { access: { secrets, isReadingOpen: false }, sessions });
  const statusWith = async (headers: Record<string, string>) => (await fetch(`${url}/${ID}/canal.m3u8`, { headers })).status;
  t.is(await statusWith({}), 401);
  t.is(await statusWith({ cookie: 'sesion=bad' }), 401);
  t.is(await statusWith({ cookie: 'sesion=good' }), 200);
  t.is(await statusWith({ authorization: `Bearer ${secrets.reader}` }), 200);
});
