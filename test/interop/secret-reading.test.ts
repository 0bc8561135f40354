import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import anyTest, { type TestFn } from 'ava';
import type { Browser, Page } from 'playwright-core';
import { makeSampleVideo } from '../../lib/apps/demo/sample-video.ts';
import { MIB } from '../../lib/base/units.ts';
import { roleSecrets } from '../../lib/domain/roles.ts';
import { startChromium, Visitor, withChromium } from '../helpers/browser.ts';
import { eventually } from '../helpers/eventually.ts';
import { ProcessCluster } from '../helpers/process-cluster.ts';
import { putVideo } from '../helpers/put-video.ts';

interface Context {
  readonly cluster: ProcessCluster;
  readonly browser: Browser;
  /** Of a reader, who may do nothing else. */
  readonly secret: string;
  readonly stream: string;
}

const test = anyTest as TestFn<Context>;
const FILM = 'niebla.mp4';
const WATCHED = `#/ver/${FILM}`;
const closing: (() => unknown)[] = [];
const teardown = { teardown: (close: () => unknown) => void closing.unshift(close) };

withChromium(test, test => {
  test.before('a central that only readers read, and a secondary with a film', async t => {
    t.timeout(120_000);
    const directory = await mkdtemp(join(tmpdir(), 'videopartes-secret-'));
    closing.push(() => rm(directory, { recursive: true, force: true }));
    const film = join(directory, FILM);
    const card = { width: 320, height: 180, framesPerSecond: 10, frames: 20 };
    await makeSampleVideo(film, { sizeBytes: 2 * MIB, card, signal: new AbortController().signal });
    const cluster = await ProcessCluster.start(teardown, { secondaries: 1, centralFlags: ['--ip', '0.0.0.0', '--lectura', 'secreta', '--replicas', '1'] });
    await putVideo(cluster.folderOf(1), FILM, await readFile(film));
    await cluster.whenHeldBy(FILM, 1);
    const { id } = await cluster.ask<{ id: string }>(`/video?name=${FILM}`);
    t.context = { cluster, browser: await startChromium(teardown), secret: roleSecrets(cluster.secret!).reader, stream: `/stream?id=${id}` };
  });

  test.after.always('all of it is closed', async () => {
    for (const close of closing) await close();
  });

  test('who gives the secret once sees pictures, watches, and downloads film, tables and playlist', async t => {
    t.timeout(120_000);
    const { cluster, secret, stream } = t.context;
    const visitor = await arrive(t.context);
    const page = await visitor.open();
    await give(page, secret);
    await page.locator('.card .poster img').waitFor();
    await page.locator('.card').click();
    await plays(page);

    const film = await downloaded(page, () => page.getByRole('link', { name: 'Descargar' }).click());
    t.true(film.equals(await readFile(join(cluster.folderOf(1), FILM))));
    const metalink = await downloaded(page, () => page.getByRole('link', { name: 'Metalink' }).click());
    t.regex(metalink.toString(), /<metalink/);
    await page.getByRole('link', { name: 'Biblioteca' }).first().click();
    const list = await downloaded(page, () => page.getByRole('link', { name: 'Lista para reproductores' }).click());
    const address = /^http:.*$/m.exec(list.toString())![0];
    t.is((await fetch(address, { headers: { range: 'bytes=0-9' } })).status, 206, 'a player has no cookie');
    t.is((await fetch(new URL(stream, address))).status, 401);

    const { ticketId } = (await (await post(cluster, '/tickets', { client: 'ana', name: FILM })).json()) as { ticketId: string };
    await post(cluster, `/tickets/${ticketId}/close`, { outcome: 'done', elapsedMs: 1000, receivedBytes: film.length });
    await page.getByRole('link', { name: 'Estadísticas' }).click();
    const table = await downloaded(page, () => page.getByRole('link', { name: /Por vídeo: descargar como CSV/ }).click());
    t.regex(table.toString(), /niebla\.mp4/);

    t.is(await page.evaluate('document.cookie'), '', 'scripts do not see the session');
    const [cookie] = await visitor.context.cookies();
    t.like(cookie, { name: 'sesion', httpOnly: true, sameSite: 'Strict', path: '/' });
    t.false(cookie!.value.includes(secret));
    await page.reload();
    await page.getByRole('link', { name: 'Biblioteca' }).first().click();
    await page.locator('.card').click();
    await plays(page);
    await visitor.context.close();
  });

  test('who gives none is shown nothing, and is not told that the format is unknown', async t => {
    const { stream } = t.context;
    const visitor = await arrive(t.context);
    const page = await visitor.open(WATCHED);
    await page.getByRole('dialog').getByRole('button', { name: 'Cancelar' }).click();
    await page.locator('.notice', { hasText: 'Hace falta un secreto.' }).waitFor();
    t.is(await page.getByText('no puede reproducir').count(), 0);
    for (const path of [stream, '/library.m3u', `/files/${FILM}`, '/statistics.csv?table=videos']) t.is(await statusOf(page, path), 401, path);
    await visitor.context.close();
  });

  test('a session that ended is opened again by itself, and what is shown goes on', async t => {
    const { secret } = t.context;
    const visitor = await arrive(t.context);
    const page = await visitor.open();
    await give(page, secret);
    await page.locator('.card').waitFor();
    await visitor.context.clearCookies();
    await page.locator('.card').click();
    await plays(page);
    t.pass();
    await visitor.context.close();
  });

  test('a film whose session ended goes on where it was, whether that is opened again by itself or by the secret', async t => {
    const { secret } = t.context;
    const visitor = await arrive(t.context);
    const page = await visitor.open(WATCHED);
    await give(page, secret);
    await plays(page);
    const sees = async (isPaused: boolean) => {
      const isThere = isPaused ? 'film.paused && film.currentTime >= 1' : 'film.played.length > 0 && film.played.start(0) >= 1';
      await eventually('the film is where it was', () => page.evaluate<boolean>(`(film => film !== null && !film.dataset.left && ${isThere})(document.querySelector('video'))`));
    };
    const breakOff = (isPaused: boolean) =>
      page.evaluate(`(async () => {
        const film = document.querySelector('video');
        film.loop = true;
        film.currentTime = 1;
        await new Promise(resolve => film.addEventListener('seeked', resolve, { once: true }));
        ${isPaused ? 'film.pause()' : 'await film.play()'};
        film.dataset.left = 'yes';
        film.dispatchEvent(new Event('error'));
      })()`);
    for (const isPaused of [true, false]) {
      await visitor.context.clearCookies();
      await breakOff(isPaused);
      await sees(isPaused);
    }
    await page.route('**/sesion', route => route.fulfill({ status: 204 }));
    await visitor.context.clearCookies();
    await breakOff(true);
    await page.locator('.notice', { hasText: 'no tiene sesión' }).waitFor();
    await page.unroute('**/sesion');
    await page.getByRole('button', { name: 'Dar el secreto' }).click();
    await give(page, secret);
    await sees(true);
    t.pass();
    await visitor.context.close();
  });

  test('a browser without a session is told that a secret is needed, and watches when it gets one', async t => {
    const { secret } = t.context;
    const visitor = await arrive(t.context);
    const page = await visitor.open();
    await page.route('**/sesion', route => route.fulfill({ status: 204 }));
    await give(page, secret);
    await page.locator('.card').click();
    await page.locator('.notice', { hasText: 'no tiene sesión' }).waitFor();
    t.is(await page.getByText('no puede reproducir').count(), 0);
    await page.unroute('**/sesion');
    await page.getByRole('button', { name: 'Dar el secreto' }).click();
    await give(page, secret);
    await plays(page);
    await visitor.context.close();
  });

  test('who closes the session leaves nothing behind that lets anybody read', async t => {
    const { secret, stream } = t.context;
    const visitor = await arrive(t.context);
    const page = await visitor.open();
    await give(page, secret);
    await page.locator('.card').waitFor();
    t.is(await statusOf(page, stream), 200);
    await page.getByRole('button', { name: 'Cerrar sesión' }).click();
    await page.getByRole('dialog').getByRole('textbox').waitFor();
    t.is(await statusOf(page, stream), 401);
    t.deepEqual([await visitor.context.cookies(), await page.evaluate('sessionStorage.length')], [[], 0]);
    t.is(await page.locator('.card').count(), 0);
    await visitor.context.close();
  });
});

function arrive({ browser, cluster }: Context): Promise<Visitor> {
  return Visitor.arrive(browser, `http://127.0.0.1:${cluster.centralPort}`);
}

async function give(page: Page, secret: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').fill(secret);
  await dialog.getByRole('button', { name: 'Entrar' }).click();
}

async function plays(page: Page): Promise<void> {
  // One that is refused is followed by another, which nobody has told to play.
  await eventually('the film is there', () => page.evaluate<boolean>("(document.querySelector('video')?.readyState ?? 0) > 0"));
  await page.locator('media-play-button').click();
  await eventually('it plays', () => page.evaluate<boolean>("(document.querySelector('video')?.currentTime ?? 0) > 0.2"));
}

/** What the browser saves. */
async function downloaded(page: Page, click: () => Promise<void>): Promise<Buffer> {
  const [download] = await Promise.all([page.waitForEvent('download'), click()]);
  return readFile(await download.path());
}

/** As an element of the page is answered. */
function statusOf(page: Page, path: string): Promise<number> {
  return page.evaluate<number>(`fetch(${JSON.stringify(path)}, { method: 'HEAD', cache: 'no-store' }).then(({ status }) => status)`);
}

function post({ centralPort, secret }: ProcessCluster, path: string, body: object): Promise<Response> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${secret}` };
  return fetch(`http://127.0.0.1:${centralPort}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
}
