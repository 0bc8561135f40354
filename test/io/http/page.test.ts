import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import { silentLog as log } from '../../../lib/base/log.ts';
import { startControlServer } from '../../../lib/io/http/control-server.ts';
import { openPageFiles, pageFolder, type PageIndex } from '../../../lib/io/http/page-files.ts';
import { routerThat } from '../../helpers/control-router.ts';
import { exchange, requestText, type RawAnswer } from '../../helpers/raw-http.ts';

/** What a person waits for before anything is seen, compressed. */
const FIRST_LOAD_MAX_BYTES = 60_000;

const index = JSON.parse(await readFile(join(pageFolder(), 'page.json'), 'utf8')) as PageIndex;
const html = await readFile(join(pageFolder(), 'index.html'), 'utf8');

type Ask = (path: string, headers?: Readonly<Record<string, string>>, method?: string) => Promise<RawAnswer>;

async function openPage(t: ExecutionContext): Promise<Ask> {
  const server = await startControlServer({ ip: '127.0.0.1', port: 0 }, routerThat(() => ({})), { log, page: openPageFiles() });
  t.teardown(() => server[Symbol.asyncDispose]());
  return (path, headers = {}, method = 'GET') => exchange(server.port, [requestText(method, path, { headers })]);
}

test('the page comes with a policy that lets nothing in but what is its own', async t => {
  const ask = await openPage(t);
  const { status, head } = await ask('/');
  t.is(status, 200);
  t.regex(head, /^content-type: text\/html; charset=utf-8$/im);
  t.regex(head, /^cache-control: no-cache$/im);
  t.regex(head, /^x-content-type-options: nosniff$/im);
  t.regex(head, /^referrer-policy: no-referrer$/im);
  const policy = /^content-security-policy: (.*)$/im.exec(head)?.[1] ?? '';
  t.regex(policy, /^default-src 'none';/);
  t.regex(policy, /frame-ancestors 'none'/);
  t.notRegex(policy, /unsafe|https?:|\*/);
});

test('nothing in the page is written inline, and it names no other place', t => {
  t.notRegex(html, /<style|style=|<script(?![^>]* src="\/)|\son\w+=/);
  t.deepEqual([...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, url]) => url!).filter(url => !Object.hasOwn(index.files, url)), []);
});

test('files whose names change with their content are kept for ever, and the page is asked for again', async t => {
  const ask = await openPage(t);
  for (const [path, { isImmutable }] of Object.entries(index.files)) {
    const { status, head } = await ask(path);
    t.is(status, 200, path);
    t.is(isImmutable, path.startsWith('/assets/'), path);
    t.is(/^cache-control: public, max-age=31536000, immutable$/im.test(head), isImmutable, path);
    const etag = /^etag: (".+")$/im.exec(head)![1]!;
    t.is((await ask(path, { 'if-none-match': etag })).status, 304, path);
    t.is((await ask(path, { 'if-none-match': '"another"' })).status, 200, path);
  }
});

test('who takes compressed files gets them, and everybody gets the same content', async t => {
  const ask = (await openPage(t)) satisfies Ask;
  const script = Object.keys(index.files).find(path => /\/main-\w+\.js$/.test(path))!;
  const plain = await readFile(join(pageFolder(), script));
  const brotli = await readFile(join(pageFolder(), `${script}.br`));
  const gzip = await readFile(join(pageFolder(), `${script}.gzip`));
  t.deepEqual(brotliDecompressSync(brotli), plain);
  t.deepEqual(gunzipSync(gzip), plain);
  for (const [accepted, coding, length] of [
    ['gzip, deflate, br', 'br', brotli.length],
    ['gzip', 'gzip', gzip.length],
    ['br;q=0, gzip;q=0.5', 'gzip', gzip.length],
    ['identity', undefined, plain.length],
  ] as const) {
    const { head } = await ask(script, { 'accept-encoding': accepted });
    t.is(/^content-encoding: (\w+)$/im.exec(head)?.[1], coding, accepted);
    t.is(Number(/^content-length: (\d+)$/im.exec(head)?.[1]), length, accepted);
    t.regex(head, /^vary: accept-encoding$/im);
  }
});

test('HEAD tells the same without the content, and nothing can be written there', async t => {
  const ask = await openPage(t);
  const { status, head, body } = await ask('/', {}, 'HEAD');
  t.deepEqual([status, body], [200, '']);
  t.is(Number(/^content-length: (\d+)$/im.exec(head)?.[1]), Buffer.byteLength(html));
  t.is((await ask('/', {}, 'POST')).status, 405);
});

test('what is no file of the page is not found, whatever its path says', async t => {
  const ask = await openPage(t);
  for (const path of ['/assets/', '/assets/none.js', '/assets/../page.json', '/assets/%2e%2e/index.html', '/index.html', '/page.json', '/assets/__proto__', '/toString']) {
    const { status, body } = await ask(path);
    t.is(status, 404, path);
    t.is((JSON.parse(body) as { code: string }).code, 'not_found', path);
  }
});

test(`what is loaded before the library is seen takes ${FIRST_LOAD_MAX_BYTES / 1000} kB at most`, async t => {
  const first = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]*)"/g)].map(([, path]) => path!);
  // One language of the three is loaded with it.
  const spanish = Object.keys(index.files).find(path => /\/es-\w+\.js$/.test(path))!;
  const sizes = await Promise.all(['/index.html', spanish, ...first].map(async path => (await readFile(join(pageFolder(), `${path}.gzip`)).catch(() => readFile(join(pageFolder(), path)))).length));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  t.log(`${bytes} bytes in ${sizes.length} files`);
  t.true(bytes <= FIRST_LOAD_MAX_BYTES, `${bytes} bytes`);
  t.false(first.some(path => /player|send-file/.test(path)), 'the player and the sender come later');
});
