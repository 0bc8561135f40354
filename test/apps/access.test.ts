import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { roles, roleSecrets, type Role } from '../../lib/domain/roles.ts';
import { messagesIn } from '../../lib/base/messages/index.ts';
import { limits } from '../../lib/protocol/limits.ts';
import { accessTo, routeAt } from '../../lib/protocol/roles.ts';
import { TokenVerifier } from '../../lib/protocol/token-verifier.ts';
import { answerOf } from '../helpers/collected-output.ts';
import { centralRoutes } from '../helpers/central-routes.ts';
import { CentralSite } from '../helpers/central-site.ts';
import { operationsOf } from '../helpers/control-router.ts';
import { eventually } from '../helpers/eventually.ts';
import { manifestOf } from '../helpers/manifests.ts';
import { exchange, requestText, type RawAnswer } from '../helpers/raw-http.ts';
import { openSession } from '../helpers/sessions.ts';
import { HOUR_MS, TokenIssuer } from '../helpers/token-issuer.ts';

const OUTSIDE = { ip: '0.0.0.0' } as const;
const WRONG = 'f'.repeat(48);
const allowed: { readonly [R in Role]: readonly string[] } = {
  reader: ['anyone', 'reader'],
  uploader: ['anyone', 'reader', 'contributor', 'uploader'],
  node: ['anyone', 'reader', 'contributor', 'node'],
  admin: ['anyone', 'reader', 'contributor', 'uploader', 'node', 'admin'],
};

test('every operation of the contract says who may ask for it, and its route leads to it', t => {
  for (const { operation, procedure } of operationsOf()) {
    const { method = 'POST', path = '/' } = procedure['~orpc'].route;
    const access = accessTo(operation);
    t.true(['anyone', 'contributor', ...roles].includes(access), operation);
    t.deepEqual(routeAt(method, path.replace(/\{\w+\}/g, '1')), { access, proofs: [], operation, label: operation, isServed: true });
  }
});

test('only what says nothing of anybody is for whoever comes; what changes others\' files is for nodes', t => {
  t.deepEqual(centralRoutes().filter(({ method, access }) => method === 'GET' && access === 'anyone').map(({ path }) => path), ['/health', '/ready', '/', '/assets/main.js', '/favicon.svg', '/openapi.json', '/docs']);
  t.is(accessTo('nodes.heartbeat'), 'node');
  t.is(accessTo('manifests.put'), 'node');
});

for (const isReadingOpen of [true, false]) {
  test(`on every route, who may not ask is refused, reading being ${isReadingOpen ? 'open' : 'for readers'}`, async t => {
    const site = await CentralSite.open(t, { ...OUTSIDE, isReadingOpen });
    const secrets = roleSecrets(site.central.secret!);
    for (const { method, path, access } of centralRoutes()) {
      const ask = async (secret: string | undefined, headers: Readonly<Record<string, string>> = {}) => {
        const proof: Record<string, string> = secret === undefined ? {} : { authorization: `Bearer ${secret}` };
        const body = method === 'POST' || method === 'PUT' ? '{}' : '';
        return exchange(site.central.port, [requestText(method, path, { headers: { ...proof, ...headers }, body })]);
      };
      const isOpen = access === 'anyone' || (access === 'reader' && isReadingOpen);
      for (const secret of [undefined, WRONG, '']) {
        const { status, head } = await ask(secret);
        t.is(status === 401, !isOpen, `${method} ${path}, ${secret}: ${status}`);
        t.is(/^www-authenticate: Bearer/im.test(head), !isOpen);
      }
      for (const role of roles) {
        const { status } = await ask(secrets[role]);
        t.not(status, 401, `${method} ${path} as ${role}`);
        t.is(status === 403, !isOpen && !allowed[role].includes(access), `${method} ${path} as ${role}: ${status}`);
      }
      for (const foreign of [{ host: 'evil.example' }, { origin: 'http://evil.example' }]) {
        t.is((await ask(secrets.admin, foreign)).status, 403, `${method} ${path} from elsewhere`);
      }
    }
  });
}

test('on every route, a session is worth its role where browsers read by themselves, and nothing elsewhere', async t => {
  const site = await CentralSite.open(t, { ...OUTSIDE, isReadingOpen: false });
  const secrets = roleSecrets(site.central.secret!);
  for (const role of roles) {
    const cookie = await openSession(site.central.port, secrets[role]);
    for (const { method, path, access, proofs } of centralRoutes()) {
      const { status } = await askWith(site, method, path, { cookie });
      const isOfUse = proofs.includes('session');
      t.is(status === 401, access !== 'anyone' && !isOfUse, `${method} ${path} as ${role}: ${status}`);
      t.is(status === 403, isOfUse && !allowed[role].includes(access), `${method} ${path} as ${role}: ${status}`);
    }
  }
});

test('a session changes nothing, whoever opened it, and cannot open another', async t => {
  const site = await CentralSite.open(t, { ...OUTSIDE, isReadingOpen: false });
  const cookie = await openSession(site.central.port, site.central.secret!);
  const writing = centralRoutes().filter(({ method, access }) => method !== 'GET' && method !== 'HEAD' && access !== 'anyone');
  t.true(writing.length > 10);
  const plain = centralRoutes().filter(({ proofs }) => proofs.length > 0);
  const methods = ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
  for (const { method, path } of [...writing, ...plain.flatMap(({ path }) => methods.map(method => ({ method, path })))]) {
    t.is((await askWith(site, method, path, { cookie })).status, 401, `${method} ${path}`);
    t.not((await askWith(site, method, path, { cookie, authorization: `Bearer ${site.central.secret}` })).status, 401, `${method} ${path} with the secret`);
  }
  for (const [method, path] of [['POST', '/upload'], ['POST', '/subidas'], ['HEAD', `/subidas/1/${'0'.repeat(64)}`], ['DELETE', `/subidas/1/${'0'.repeat(64)}`]] as const) {
    t.is((await askWith(site, method, path, { cookie })).status, 401, `${method} ${path}`);
  }
});

test('what is no session of now opens nothing, nor does a good one that comes from elsewhere', async t => {
  const site = await CentralSite.open(t, { ...OUTSIDE, isReadingOpen: false });
  const good = await openSession(site.central.port, site.central.secret!);
  const stranger = new TokenIssuer();
  const token = good.replace('sesion=', '');
  const [head = '', body = '', signature = ''] = token.split('.');
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as { exp: number };
  const longer = Buffer.from(JSON.stringify({ ...claims, exp: claims.exp + 1 })).toString('base64url');
  const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'session+jwt' })).toString('base64url');
  const bad = {
    nothing: '',
    altered: `${head}.${longer}.${signature}`,
    unsigned: `${none}.${body}.`,
    'signed by another': stranger.signSession('admin'),
    'signed by another, in our name': stranger.signSession('admin', JSON.parse(Buffer.from(head, 'base64url').toString()) as { kid: string }),
    'the secret': site.central.secret!,
    'the secret of a reader': roleSecrets(site.central.secret!).reader,
  };
  const reads = centralRoutes().filter(({ proofs }) => proofs.includes('session'));
  for (const { method, path } of reads) {
    for (const [what, value] of Object.entries(bad)) t.is((await askWith(site, method, path, { cookie: `sesion=${value}` })).status, 401, `${method} ${path}: ${what}`);
    for (const cookie of [`otra=${token}`, `xsesion=${token}`, token]) t.is((await askWith(site, method, path, { cookie })).status, 401, `${method} ${path}: another name`);
    t.not((await askWith(site, method, path, { cookie: `a=b; ${good}; c=d` })).status, 401, `${method} ${path}: among others`);
    t.is((await askWith(site, method, path, { cookie: good, authorization: `Bearer ${WRONG}` })).status, 401, `${method} ${path}: with a wrong secret`);
    for (const foreign of [{ host: 'evil.example' }, { origin: 'http://evil.example' }, { origin: 'null' }]) {
      t.is((await askWith(site, method, path, { cookie: good, ...foreign })).status, 403, `${method} ${path} from elsewhere`);
    }
  }
  site.clock.forward(6 * HOUR_MS + 61_000);
  for (const { method, path } of reads) t.is((await askWith(site, method, path, { cookie: good })).status, 401, `${method} ${path}: hours later`);
});

test('on loopback nobody needs a secret, and a foreign page is refused on every route', async t => {
  const site = await CentralSite.open(t);
  for (const { method, path } of centralRoutes()) {
    const body = method === 'POST' || method === 'PUT' ? '{}' : '';
    const { status } = await exchange(site.central.port, [requestText(method, path, { body })]);
    t.false([401, 403].includes(status), `${method} ${path}: ${status}`);
    for (const headers of [{ host: 'evil.example' }, { origin: 'http://evil.example' }]) {
      t.is((await exchange(site.central.port, [requestText(method, path, { headers: headers as Record<string, string>, body })])).status, 403, `${method} ${path}`);
    }
  }
});

/** What is answered to those fields, and no body of sense. */
function askWith(site: CentralSite, method: string, path: string, headers: Readonly<Record<string, string>>): Promise<RawAnswer> {
  return exchange(site.central.port, [requestText(method, path, { headers, body: method === 'POST' || method === 'PUT' ? '{}' : '' })]);
}

test('no other way of writing a path gets past who may ask', async t => {
  const site = await CentralSite.open(t, { ...OUTSIDE, isReadingOpen: false });
  const paths = ['/nodes', '/statistics', '/manifests/1', '/files/faro.mp4'].flatMap(path => [
    `${path}/`,
    `/${path}`,
    `/.${path}`,
    path.replace('s', '%73'),
    `${path}?x=1`,
    `${path};x`,
    `http://127.0.0.1${path}`,
    path.toUpperCase(),
    `/x/..${path}`,
  ]);
  for (const path of paths) {
    const { status } = await exchange(site.central.port, [requestText('GET', path)]);
    t.true([400, 401, 404].includes(status), `${path}: ${status}`);
  }
});

test('who may not ask is told so before anything of a body is read', async t => {
  const site = await CentralSite.open(t, OUTSIDE);
  const headers = { 'content-length': String(limits.bodyMaxBytes) };
  t.is((await exchange(site.central.port, [requestText('POST', '/nodes/1/heartbeat', { headers })])).status, 401);
});

test('the console shows the secrets of the roles, which follow from the one that is kept', async t => {
  const site = await CentralSite.open(t, OUTSIDE);
  const secrets = roleSecrets((await readFile(join(site.directory, 'datos', 'secreto'), 'utf8')).trim());
  const command = (name: string) => site.central.commands({ language: 'es', messages: messagesIn('es') }).find(one => one.name === name)!;
  t.deepEqual(await answerOf(command('SECRETO')), ['papel|secreto', `lectura|${secrets.reader}`, `subida|${secrets.uploader}`, `nodo|${secrets.node}`, `admin|${secrets.admin}`]);
  t.deepEqual(await answerOf(command('SECRETO'), 'Nodo'), ['papel|secreto', `nodo|${secrets.node}`]);
  t.deepEqual(await answerOf(command('SECRETO'), 'node'), ['papel|secreto', `nodo|${secrets.node}`]);
  const error = await t.throwsAsync(answerOf(command('SECRETO'), 'rey'), { code: 'invalid_flag' });
  t.notRegex(error.message, new RegExp(secrets.admin));
  const here = await CentralSite.open(t);
  t.is((await here.ask('SECRETO')).length, 1);
});

test('a node gets the keys with its heartbeat; who reads gets a token when the node asks for one', async t => {
  const faro = manifestOf(Buffer.from('the lighthouse'), 'faro.mp4');
  const site = await CentralSite.open(t, OUTSIDE);
  const node = await site.node({ number: 1 });
  node.hold(faro);
  await node.join(site.client());
  const openly = await site.client({ secret: '' }).tickets.open({ client: 'ana', name: 'faro.mp4' });
  t.like(openly, { state: 'granted', sources: [{ node: 1, url: node.url, token: undefined }] });

  const { tokenKeys } = await node.beat(site.client(), { isGuarded: true });
  t.is(tokenKeys?.length, 1);
  const guarded = await site.client({ secret: '' }).tickets.open({ client: 'ana', name: 'faro.mp4' });
  t.regex(guarded.state === 'granted' ? guarded.sources[0]!.token! : '', /^[\w-]+\.[\w-]+\.[\w-]+$/);
  const { head } = await exchange(site.central.port, [requestText('GET', '/files/faro.mp4')]);
  t.regex(head, /^location: \S+\?token=[\w.-]+$/im);
  t.regex(head, /^link: <\S+\?token=[\w.-]+>; rel=duplicate/im);
  t.regex((await exchange(site.central.port, [requestText('GET', '/files/faro.mp4.meta4')])).body, /\?token=[\w.-]+<\/url>/);
});

test('a token is renewed long before it is over', async t => {
  const faro = manifestOf(Buffer.from('the lighthouse'), 'faro.mp4');
  const site = await CentralSite.open(t, OUTSIDE);
  const node = await site.node({ number: 1 });
  node.hold(faro);
  await node.join(site.client());
  const verifier = new TokenVerifier(() => site.clock.date());
  const ticket = await site.client().tickets.open({ client: 'ana', name: 'faro.mp4' });
  const tokens: string[] = [];
  for (let hour = 0; hour < 12; hour += 1) {
    verifier.take((await node.beat(site.client(), { isGuarded: true })).tokenKeys!);
    const now = await site.client().tickets.open({ client: 'ana', name: 'faro.mp4', resumes: ticket.ticketId });
    tokens.push(now.state === 'granted' ? now.sources[0]!.token! : '');
    // Each was good when it came, and is good for hours; those of the first hours are over.
    t.deepEqual(tokens.slice(-5).map(token => verifier.problemWith(token, { fileId: faro.id, method: 'GET' })), tokens.slice(-5).map(() => undefined));
    site.clock.forward(3_600_000);
  }
  t.is(new Set(tokens).size, 12);
  t.is(verifier.problemWith(tokens[0], { fileId: faro.id, method: 'GET' }), 'expired');
});

test('a new key is told at once, signs when all have heard of it, and is there after a restart', async t => {
  const faro = manifestOf(Buffer.from('the lighthouse'), 'faro.mp4');
  const site = await CentralSite.open(t, { rotateKeysEveryMs: 24 * 3_600_000 });
  const node = await site.node({ number: 1 });
  node.hold(faro);
  await node.join(site.client());
  const keysNow = async () => (await node.beat(site.client(), { isGuarded: true })).tokenKeys!.map(({ kid }) => kid);
  const signerNow = async () => {
    await keysNow();
    const ticket = await site.client().tickets.open({ client: 'ana', name: 'faro.mp4' });
    const [head = ''] = (ticket.state === 'granted' ? ticket.sources[0]!.token! : '').split('.');
    return (JSON.parse(Buffer.from(head, 'base64url').toString()) as { kid: string }).kid;
  };
  const [first] = await keysNow();
  await site.ask('ROTAR');
  const [still, second] = await keysNow();
  t.is(still, first);
  t.is(await signerNow(), first!);
  site.clock.forward(31_000);
  t.is(await signerNow(), second!);
  await site.restart();
  t.deepEqual(await keysNow(), [first, second]);
  await site.ask('ROTAR');
  const [, third] = await keysNow();
  t.deepEqual(await keysNow(), [second, third], 'the first one is gone');
  site.clock.forward(25 * 3_600_000);
  await eventually('a key of its own', async () => (await keysNow())[0] === third);
});
