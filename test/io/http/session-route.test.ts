import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import test, { type ExecutionContext } from 'ava';
import { silentLog } from '../../../lib/base/log.ts';
import type { Sessions } from '../../../lib/domain/sessions.ts';
import { startControlServer, type ControlServer } from '../../../lib/io/http/control-server.ts';
import { selfSigned } from '../../fixtures/self-signed.ts';
import { routerThat } from '../../helpers/control-router.ts';

const sessions: Sessions = {
  open: role => ({ token: `of.${role}.x`, claims: { role, notBeforeMs: 0, expiresAtMs: 7 }, renewInMs: 5 }),
  roleIn: () => undefined,
};

async function serve(t: ExecutionContext, options: { readonly tls?: typeof selfSigned } = {}): Promise<ControlServer> {
  const server = await startControlServer({ ip: '127.0.0.1', port: 0 }, routerThat(() => ({})), { log: silentLog, sessions, ...options });
  t.teardown(() => server[Symbol.asyncDispose]());
  return server;
}

test('whoever comes where nobody needs a secret is no more than a reader', async t => {
  const { url } = await serve(t);
  const response = await fetch(`${url}/sesion`, { method: 'POST' });
  t.deepEqual(await response.json(), { role: 'reader', expiresAtMs: 7, renewInMs: 5 });
  t.is(response.headers.get('set-cookie'), 'sesion=of.reader.x; Path=/; HttpOnly; SameSite=Strict');
});

test('by HTTPS, also that of a proxy before the central, the cookie never travels without it', async t => {
  const { port } = await serve(t, { tls: selfSigned });
  for (const method of ['POST', 'DELETE']) {
    const asking = request({ host: '127.0.0.1', port, path: '/sesion', method, ca: selfSigned.cert, checkServerIdentity: () => undefined, agent: false });
    asking.end();
    const [response] = (await once(asking, 'response')) as [IncomingMessage];
    response.resume();
    t.regex(response.headers['set-cookie']![0]!, /; Secure/, method);
  }
  const { url } = await serve(t);
  const byProxy = await fetch(`${url}/sesion`, { method: 'POST', headers: { origin: url.replace('http:', 'https:') } });
  t.regex(byProxy.headers.get('set-cookie')!, /; Secure$/);
});
