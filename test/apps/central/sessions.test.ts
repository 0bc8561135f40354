import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { roles, roleSecrets } from '../../../lib/domain/roles.ts';
import { CentralSite } from '../../helpers/central-site.ts';
import { manifestOf } from '../../helpers/manifests.ts';
import { randomBytes } from '../../helpers/random-bytes.ts';
import { exchange, requestText } from '../../helpers/raw-http.ts';
import { startFaultyNode } from '../../helpers/faulty-node.ts';
import { openSession } from '../../helpers/sessions.ts';
import { HOUR_MS } from '../../helpers/token-issuer.ts';

const SECRET_READING = { ip: '0.0.0.0', isReadingOpen: false } as const;
const BYTES = randomBytes(100_000, 1);
const FARO = manifestOf(BYTES, 'faro.mp4');
const SMALL = manifestOf(BYTES.subarray(0, 10), 'boya.mp4');

/** A central off loopback, and a node that holds two films and asks for no token. */
async function siteWithFilms(t: ExecutionContext, { isReadingOpen = false } = {}): Promise<CentralSite> {
  const site = await CentralSite.open(t, { ...SECRET_READING, isReadingOpen, replicas: 1 });
  const centralUrl = `http://127.0.0.1:${site.central.port}`;
  for (const [index, manifest] of [FARO, SMALL].entries()) {
    const bytes = BYTES.subarray(0, manifest.sizeBytes);
    await startFaultyNode(t, { number: index + 1, centralUrl, secret: site.central.secret, manifest, bytes, fault: { type: 'none' } });
  }
  return site;
}

function ask(site: CentralSite, path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET') {
  return exchange(site.central.port, [requestText(method, path, { headers })]);
}

/** The addresses of a playlist, without their origin. */
function entriesIn(list: string): readonly string[] {
  return list.split('\n').filter(line => line.startsWith('http')).map(line => line.replace(/^http:\/\/[^/]+/, ''));
}

test('who shows a secret is told its role, and gets a cookie that holds nothing of it', async t => {
  const site = await CentralSite.open(t, SECRET_READING);
  const secrets = roleSecrets(site.central.secret!);
  for (const role of roles) {
    const { status, head, body } = await ask(site, '/sesion', { authorization: `Bearer ${secrets[role]}` }, 'POST');
    t.is(status, 200);
    const told = JSON.parse(body) as { role: string; expiresAtMs: number; renewInMs: number };
    t.is(told.role, role);
    t.true(told.expiresAtMs - Date.now() > 4 * HOUR_MS && told.renewInMs === HOUR_MS);
    const [, token = ''] = /^set-cookie: sesion=([\w-]+\.[\w-]+\.[\w-]+); Path=\/; HttpOnly; SameSite=Strict\r?$/im.exec(head) ?? [];
    t.not(token, '', head);
    t.regex(head, /^cache-control: no-store/im);
    t.false(token.split('.').map(part => Buffer.from(part, 'base64url').toString()).join().includes(secrets[role]));
  }
  t.is((await ask(site, '/sesion', { authorization: `Bearer ${'f'.repeat(48)}` }, 'POST')).status, 401);
  const ended = await ask(site, '/sesion', {}, 'DELETE');
  t.is(ended.status, 204);
  t.regex(ended.head, /^set-cookie: sesion=; .*Max-Age=0\r?$/im);
  const other = await ask(site, '/sesion');
  t.is(other.status, 405);
  t.regex(other.head, /^allow: POST, DELETE\r?$/im);
});

test('with its cookie a browser reads a film and the tables; without it, nothing', async t => {
  const site = await siteWithFilms(t);
  const cookie = await openSession(site.central.port, roleSecrets(site.central.secret!).reader);
  const range = 'bytes=10-19';
  const part = await ask(site, `/stream?id=${FARO.id}`, { cookie, range });
  t.is(part.status, 206);
  for (const path of ['/files/faro.mp4', '/files/faro.mp4.meta4', '/statistics.csv?table=videos', '/library.m3u', '/metrics']) {
    t.true((await ask(site, path, { cookie })).status < 400, path);
    t.is((await ask(site, path)).status, 401, path);
  }
  t.is((await ask(site, `/stream?id=${FARO.id}`, { range })).status, 401);
});

test('a playlist brings what a player needs to read each of its films, and no other', async t => {
  const site = await siteWithFilms(t);
  const { body } = await ask(site, '/library.m3u', { authorization: `Bearer ${roleSecrets(site.central.secret!).reader}` });
  const [boya = '', faro = ''] = entriesIn(body);
  t.regex(faro, new RegExp(`^/stream\\?id=${FARO.id}&token=[\\w.-]+$`));
  for (const entry of [boya, faro]) t.deepEqual([(await ask(site, entry)).status, (await ask(site, entry, {}, 'HEAD')).status], [200, 200]);
  t.is((await ask(site, faro, { range: 'bytes=10-19' })).status, 206);

  const token = new URLSearchParams(faro.split('?')[1]).get('token')!;
  const session = (await openSession(site.central.port, site.central.secret!)).replace('sesion=', '');
  for (const path of [
    `/stream?id=${SMALL.id}&token=${token}`,
    `/stream?id=${SMALL.id}&id=${FARO.id}&token=${token}`,
    `/stream?token=${token}`,
    `/stream?id=${FARO.id}&token=${token.slice(0, -2)}`,
    `/stream?id=${FARO.id}&token=${session}`,
    `/stream?id=${FARO.id}&token=${site.central.secret}`,
    `/library.m3u?token=${token}`,
    `/library.m3u?token=${session}`,
    `/files/faro.mp4?token=${token}`,
    `/files/faro.mp4?id=${FARO.id}&token=${token}`,
    `/videos?id=${FARO.id}&token=${token}`,
  ]) {
    t.is((await ask(site, path)).status, 401, path);
  }
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) t.is((await ask(site, faro, {}, method)).status, 401, method);
  t.is((await ask(site, `/stream?id=${FARO.id}`, { cookie: `sesion=${token}` })).status, 401, 'a token is no session');
  t.is((await ask(site, faro, { host: 'evil.example' })).status, 403);

  site.clock.forward(6 * HOUR_MS + 61_000);
  t.is((await ask(site, faro)).status, 401, 'hours later');
});

test('where everybody may read, the addresses of a playlist are as short as ever', async t => {
  const site = await siteWithFilms(t, { isReadingOpen: true });
  t.deepEqual(entriesIn((await ask(site, '/library.m3u')).body), [SMALL, FARO].map(({ id }) => `/stream?id=${id}`));
});

test('a session outlives a restart and one new key, and ends with the second', async t => {
  const site = await CentralSite.open(t, SECRET_READING);
  const cookie = await openSession(site.central.port, site.central.secret!);
  const status = async () => (await ask(site, '/library.m3u', { cookie })).status;
  await site.restart();
  t.is(await status(), 200);
  await site.ask('ROTAR');
  t.is(await status(), 200);
  await site.ask('ROTAR');
  t.is(await status(), 401);
});

test('any central with the same keys takes the session, and one with others does not', async t => {
  const site = await CentralSite.open(t, SECRET_READING);
  const cookie = await openSession(site.central.port, site.central.secret!);
  const twin = await CentralSite.open(t, SECRET_READING);
  t.is((await ask(twin, '/library.m3u', { cookie })).status, 401);
  await twin.stop();
  const data = join(twin.directory, 'datos');
  await mkdir(data, { recursive: true });
  for (const name of ['secreto', 'claves.json']) await cp(join(site.directory, 'datos', name), join(data, name));
  await twin.start();
  t.is((await ask(twin, '/library.m3u', { cookie })).status, 200);
  t.is((await ask(twin, '/nodes', { cookie })).status, 401);
});
