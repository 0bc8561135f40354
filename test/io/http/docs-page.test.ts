import test, { type ExecutionContext } from 'ava';
import { silentLog } from '../../../lib/base/log.ts';
import { startControlServer } from '../../../lib/io/http/control-server.ts';
import { DOCS_FILES } from '../../../lib/protocol/docs-page.ts';
import { routerThat } from '../../helpers/control-router.ts';
import { exchange, requestText } from '../../helpers/raw-http.ts';

async function serve(t: ExecutionContext) {
  const server = await startControlServer({ ip: '127.0.0.1', port: 0 }, routerThat(() => ({})), { log: silentLog });
  t.teardown(() => server[Symbol.asyncDispose]());
  return server;
}

test('the page and all that it is made of are served here, and nothing inline nor of others would run', async t => {
  const { url } = await serve(t);
  const page = await fetch(`${url}/docs`);
  t.is(page.status, 200);
  t.is(page.headers.get('content-type'), 'text/html; charset=utf-8');
  const policy = page.headers.get('content-security-policy')!;
  t.regex(policy, /default-src 'none'/);
  t.notRegex(policy, /unsafe|https?:|\*/);
  const html = await page.text();
  t.notRegex(html, /<script>|<style|\son\w+=|https?:\/\//);
  const linked = [...html.matchAll(/(?:src|href)="(?!data:)([^"]+)"/g)].map(([, place]) => new URL(place!, page.url).href);
  t.true(linked.length >= 4);
  for (const place of linked) {
    const { status, headers } = await fetch(place);
    t.is(status, 200, place);
    t.is(headers.get('x-content-type-options'), place.endsWith('.json') ? null : 'nosniff', place);
  }
});

test('each file of the page comes compressed, with its type, and not again to who has it', async t => {
  const { url } = await serve(t);
  for (const [name, type] of Object.entries(DOCS_FILES)) {
    const { status, headers } = await fetch(`${url}/docs/${name}`);
    t.is(status, 200, name);
    t.is(headers.get('content-type'), type);
    t.is(headers.get('content-encoding'), 'gzip');
    const again = await fetch(`${url}/docs/${name}`, { headers: { 'if-none-match': headers.get('etag')! } });
    t.is(again.status, 304, name);
  }
});

test('no script of the page names where a browser would ask others', async t => {
  const { url } = await serve(t);
  for (const name of ['swagger-ui-bundle.js', 'swagger-ui.css', 'start.js']) t.notRegex(await (await fetch(`${url}/docs/${name}`)).text(), /sourceMappingURL/, name);
  t.regex(await (await fetch(`${url}/docs/start.js`)).text(), /validatorUrl: null/);
});

test('nothing else of the disk is served', async t => {
  const { port, url } = await serve(t);
  for (const path of ['/docs/', '/docs/LICENSE', '/docs/x.js', '/docs/constructor', '/docs/../openapi.json', '/docs/%2e%2e%2fx', '/docs/a/b', '/docs/index.html.gz']) {
    t.is((await exchange(port, [requestText('GET', path)])).status, 404, path);
  }
  t.is((await fetch(`${url}/docs`, { method: 'POST' })).status, 405);
  t.is((await exchange(port, [requestText('HEAD', '/docs')])).status, 200);
});
