import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import anyTest, { type ExecutionContext, type TestFn } from 'ava';
import type { Browser } from 'playwright-core';
import { makeSampleVideo } from '../../lib/apps/demo/sample-video.ts';
import { MIB } from '../../lib/base/units.ts';
import { assertAccessible, startChromium, Visitor, withChromium } from '../helpers/browser.ts';
import { eventually } from '../helpers/eventually.ts';
import { hashFile, ProcessCluster } from '../helpers/process-cluster.ts';
import { putVideo } from '../helpers/put-video.ts';

interface Context {
  readonly cluster: ProcessCluster;
  readonly browser: Browser;
  readonly visitor: Visitor;
  /** A real video of `FILM_BYTES`. */
  readonly film: string;
}

const test = anyTest as TestFn<Context>;
const FILM = 'El faro de la niña.mp4';
const CARD = { width: 320, height: 180, framesPerSecond: 10, frames: 20 };
/** Large enough to be closed half way; where all is proven, as large as films are. */
const FILM_BYTES = process.env['CI'] === 'true' ? 300_000_000 : 30_000_000;
const SLOW_BYTES_PER_SECOND = FILM_BYTES / 4;
const closing: (() => unknown)[] = [];
const teardown = { teardown: (close: () => unknown) => void closing.unshift(close) };

withChromium(test, test => {
  test.before('a central with two secondaries, and a browser', async t => {
    t.timeout(120_000);
    const directory = await mkdtemp(join(tmpdir(), 'videopartes-page-'));
    closing.push(() => rm(directory, { recursive: true, force: true }));
    const film = join(directory, FILM);
    const { signal } = new AbortController();
    await makeSampleVideo(film, { sizeBytes: FILM_BYTES, card: CARD, signal });
    await makeSampleVideo(join(directory, 'mar.mp4'), { sizeBytes: MIB, card: CARD, signal });
    const cluster = await ProcessCluster.start(teardown, { secondaries: 2, centralFlags: ['--replicas', '2'] });
    await putVideo(cluster.folderOf(1), 'Mar de fondo.mp4', await readFile(join(directory, 'mar.mp4')));
    await cluster.whenHeldBy('Mar de fondo.mp4', 2);
    const browser = await startChromium(teardown);
    const visitor = await Visitor.arrive(browser, `http://127.0.0.1:${cluster.centralPort}`);
    t.context = { cluster, browser, visitor, film };
  });

  test.after.always('all of it is closed', async () => {
    for (const close of closing) await close();
  });

  test.serial('an upload whose tab was closed half way goes on when the file is chosen again', async t => {
    t.timeout(120_000);
    const { cluster, visitor, film } = t.context;
    const first = await visitor.open();
    const network = await visitor.context.newCDPSession(first);
    await network.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: SLOW_BYTES_PER_SECOND });
    await first.locator('input[type=file]').first().setInputFiles(film);
    await eventually('half of it is sent', () => first.evaluate<boolean>(sentHalf));
    await first.close();

    const second = await visitor.open('#/subidas');
    await second.getByText('Estas subidas se quedaron a medias').waitFor();
    const offsets: number[] = [];
    second.on('request', request => {
      if (request.method() === 'PATCH') offsets.push(Number(request.headers()['upload-offset']));
    });
    await second.locator('input[type=file]').first().setInputFiles(film);
    await second.locator('.upload').getByText('2 de 2 copias').waitFor({ timeout: 60_000 });
    await second.locator('.upload-state', { hasText: 'Guardado' }).waitFor();
    t.true(offsets.length > 0 && offsets[0]! > MIB, `the first bytes were not sent again: ${offsets.join()}`);
    const sha256 = await hashFile(film);
    for (const number of [1, 2]) t.is(await hashFile(join(cluster.folderOf(number), FILM)), sha256);
    await assertAccessible(second);
    await second.close();
  });

  test.serial('a name that is taken is shown, and the file gets another one', async t => {
    const { browser, cluster, film } = t.context;
    // A browser of its own: the refusal stands in its console.
    const visitor = await Visitor.arrive(browser, `http://127.0.0.1:${cluster.centralPort}`);
    const page = await visitor.open();
    await page.locator('input[type=file]').first().setInputFiles(film);
    await page.getByText('Ya hay un vídeo que se llama').waitFor();
    await assertAccessible(page);
    t.is(await page.getByLabel('Nombre nuevo').inputValue(), 'El faro de la niña (2).mp4');
    await page.getByLabel('Nombre nuevo').fill('Otro faro.mp4');
    await page.getByRole('button', { name: 'Subir con otro nombre' }).click();
    await page.locator('.upload-state', { hasText: 'Guardado' }).waitFor({ timeout: 60_000 });
    await visitor.context.close();
    t.is((await cluster.request('DELETE', `/video?name=${encodeURIComponent('Otro faro.mp4')}`)).status, 200);
  });

  test.serial('a video is found while its name is typed, is played, and is sought in', async t => {
    const { visitor } = t.context;
    const page = await visitor.open();
    await page.locator('.card').nth(1).waitFor();
    t.is(await page.locator('.card').count(), 2);
    await page.locator('.card .poster img').first().waitFor();
    await assertAccessible(page);
    await page.getByLabel('Buscar vídeos').fill('nina FAR');
    await page.getByText('1 resultado').waitFor();
    t.is(await page.locator('.card').count(), 1);
    await page.locator('.card').click();
    await page.locator('media-play-button').click();
    await eventually('it plays', () => page.evaluate<boolean>(played));
    await page.locator('video').evaluate((video: { currentTime: number; duration: number }) => {
      video.currentTime = video.duration / 2;
    });
    await eventually('it plays from there', () => page.evaluate<boolean>(playedBeyondHalf));
    await assertAccessible(page);
    await page.close();
  });

  test.serial('title and name are changed, and the library shows it', async t => {
    const { visitor } = t.context;
    const page = await visitor.open(`#/ver/${encodeURIComponent(FILM)}`);
    await page.getByRole('button', { name: 'Editar' }).click();
    await assertAccessible(page);
    await page.getByLabel('Título').fill('El faro, restaurado');
    await page.getByLabel('Descripción').fill('Con niebla.');
    await page.getByRole('button', { name: 'Guardar' }).click();
    await page.getByRole('heading', { level: 1, name: 'El faro, restaurado' }).waitFor();
    await page.getByText('Con niebla.').waitFor();
    await page.getByRole('link', { name: 'Biblioteca' }).first().click();
    await page.locator('.card-title', { hasText: 'El faro, restaurado' }).waitFor();
    t.pass();
    await page.close();
  });

  test.serial('a removed video comes back at once, and later from the trash', async t => {
    const { visitor } = t.context;
    const page = await visitor.open('#/ver/Mar%20de%20fondo.mp4');
    await page.getByRole('button', { name: 'Eliminar' }).click();
    await page.getByRole('button', { name: 'Deshacer' }).click();
    await page.locator('.card', { hasText: 'Mar de fondo' }).click();
    await page.getByRole('button', { name: 'Eliminar' }).click();
    await page.locator('.toast', { hasText: 'está en la papelera' }).waitFor();
    await page.getByRole('link', { name: 'Papelera' }).click();
    const restore = page.getByRole('button', { name: 'Restaurar Mar de fondo.mp4' });
    await restore.waitFor();
    await assertAccessible(page);
    await restore.click();
    await page.getByRole('link', { name: 'Biblioteca' }).first().click();
    await page.locator('.card', { hasText: 'Mar de fondo' }).waitFor();
    t.pass();
    await page.close();
  });

  test.serial('the machines are shown, and one is emptied and taken back', async t => {
    const { visitor } = t.context;
    const page = await visitor.open('#/maquinas');
    await page.getByRole('button', { name: 'Vaciar: Secundario 2' }).click();
    await assertAccessible(page);
    await page.getByRole('dialog').getByRole('button', { name: 'Vaciar' }).click();
    await page.getByRole('button', { name: 'Reactivar: Secundario 2' }).click();
    await page.getByRole('button', { name: 'Vaciar: Secundario 2' }).waitFor();
    await assertAccessible(page);
    t.is(await page.locator('.table .state-up').count(), 2);
    await page.close();
  });

  test.serial('below the machines stands what goes on, and what the central tells', async t => {
    const { browser, cluster } = t.context;
    const visitor = await Visitor.arrive(browser, `http://127.0.0.1:${cluster.centralPort}`);
    const page = await visitor.open('#/maquinas');
    await page.getByRole('rowheader', { name: /^1/ }).waitFor();
    await page.getByText('Ahora no se descarga nada.').waitFor();
    const log = page.getByRole('log', { name: 'Registro' });
    await log.getByText(/^Secundario 1 /).first().waitFor();
    await page.locator('.state', { hasText: 'En directo' }).waitFor();
    await assertAccessible(page);
    t.deepEqual(visitor.problems, []);
    await visitor.context.close();
  });

  test.serial('downloads are drawn over time, and told by secondary, by video and by client', async t => {
    t.timeout(120_000);
    const { cluster, visitor } = t.context;
    const page = await visitor.open('#/estadisticas');
    await page.getByText('Todavía no se ha descargado nada').waitFor();
    await assertAccessible(page);
    const client = await cluster.client(teardown, ['descargar', FILM], { name: 'ana@casa' });
    t.is(await client.ended, 0, client.errors.join('\n'));
    await page.locator('.plot canvas').nth(2).waitFor();
    await eventually('bars are drawn', () => page.evaluate<boolean>(drewBars));
    await page.locator('figure', { hasText: 'Descargas que acabaron' }).getByText('1 en total').waitFor();
    for (const name of [FILM, 'ana@casa']) await page.getByRole('rowheader', { name }).waitFor();
    await assertAccessible(page);
    for (const span of ['24 horas', '90 días']) {
      await page.getByRole('button', { name: span }).click();
      await page.getByRole('button', { name: span, pressed: true }).waitFor();
      await eventually(`bars are drawn of ${span}`, () => page.evaluate<boolean>(drewBars));
    }
    for (const theme of ['dark', 'system']) {
      await page.getByLabel('Aspecto').selectOption(theme);
      await eventually(`bars have the colours of the theme ${theme}`, () => page.evaluate<boolean>(drewBars));
    }
    const tables = await page.locator('a[href*="statistics.csv"]').evaluateAll((links: { href: string }[]) => links.map(({ href }) => href));
    t.is(tables.length, 4);
    for (const address of tables) t.is((await fetch(address)).status, 200, address);
    await page.close();
  });

  test.serial('a download that runs is shown with how much of it has come', async t => {
    const { cluster, visitor } = t.context;
    const { sizeBytes } = await cluster.ask<{ sizeBytes: number }>(`/video?name=${encodeURIComponent(FILM)}`);
    const { ticketId } = (await cluster.request('POST', '/tickets', { client: 'ana', name: FILM })).body as { ticketId: string };
    const page = await visitor.open('#/maquinas');
    const bar = page.getByRole('progressbar', { name: `Descarga de ${FILM}: ana` });
    await eventually('half of it is shown', async () => {
      const { status } = await cluster.request('POST', `/tickets/${ticketId}/progress`, { doneBytes: Math.round(sizeBytes / 2), problems: [] });
      t.is(status, 200);
      return (await bar.count()) === 1 && Math.round((await bar.evaluate((element: { value: number }) => element.value)) * 100) === 50;
    });
    await assertAccessible(page);
    await cluster.request('POST', `/tickets/${ticketId}/close`, { outcome: 'cancelled', elapsedMs: 1, receivedBytes: 0 });
    await page.close();
  });

  test.serial('the page speaks the language of its reader, and another one when that is chosen', async t => {
    const { browser, cluster } = t.context;
    const visitor = await Visitor.arrive(browser, `http://127.0.0.1:${cluster.centralPort}`, { locale: 'pt-BR', colorScheme: 'dark', viewport: { width: 360, height: 740 } });
    const page = await visitor.open('#/estadisticas');
    await page.getByRole('heading', { name: 'Estatísticas' }).waitFor();
    await page.getByLabel('Idioma').selectOption('en');
    await page.getByRole('heading', { name: 'Statistics' }).waitFor();
    for (const place of ['Library', 'Uploads', 'Trash', 'Machines', 'Statistics']) {
      await page.getByRole('link', { name: place }).first().click();
      await page.getByRole('heading', { level: 1, name: place }).waitFor();
      await page.locator('.loading').waitFor({ state: 'detached' });
      await assertAccessible(page);
    }
    t.is(await page.evaluate('document.documentElement.scrollWidth'), 360, 'nothing is wider than a phone');
    t.deepEqual(visitor.problems, []);
    await visitor.context.close();
  });

  test.serial('where the central listens to all, the page asks once for the secret that a change needs', async t => {
    const { visitor, secret } = await arriveOutside(t);
    const page = await visitor.open();
    await page.getByText('Todavía no hay vídeos').waitFor();
    await page.locator('input[type=file]').first().setInputFiles({ name: 'nota.txt', mimeType: 'text/plain', buffer: Buffer.from('hola') });
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox').fill('no es este');
    await dialog.getByRole('button', { name: 'Entrar' }).click();
    await dialog.getByText('Ese secreto no vale aquí').waitFor();
    await assertAccessible(page);
    await dialog.getByRole('textbox').fill(secret);
    await dialog.getByRole('button', { name: 'Entrar' }).click();
    await page.getByText('No hay ningún secundario en marcha').waitFor();
    t.is(await page.evaluate('localStorage.length'), 0, 'the secret goes with the tab');
    await visitor.context.close();
  });

  test.serial('there the log says whose secret it wants, and goes on with it', async t => {
    const { visitor, secret } = await arriveOutside(t);
    const page = await visitor.open('#/maquinas');
    await page.getByText('solo lo ve quien da el secreto de admin').waitFor();
    await assertAccessible(page);
    await page.getByRole('button', { name: 'Dar el secreto' }).click();
    await page.getByRole('dialog').getByRole('textbox').fill(secret);
    await page.getByRole('dialog').getByRole('button', { name: 'Entrar' }).click();
    await page.getByRole('log').getByText(/^Central a la escucha/).waitFor();
    t.is(await page.getByText('solo lo ve').count(), 0);
    await visitor.context.close();
  });

  test.serial('none of it left an error in the console, broke the policy, or asked anybody else', t => {
    t.deepEqual(t.context.visitor.problems, []);
  });
});

/** A browser before a central that listens to all, and asks for a secret. */
async function arriveOutside(t: ExecutionContext<Context>): Promise<{ readonly visitor: Visitor; readonly secret: string }> {
  const { centralPort, secret } = await ProcessCluster.start(t, { secondaries: 0, centralFlags: ['--ip', '0.0.0.0'] });
  return { visitor: await Visitor.arrive(t.context.browser, `http://127.0.0.1:${centralPort}`), secret: secret! };
}

/** Nothing that keeps people out (axe, rules of WCAG 2 A and AA). */
const sentHalf = `(document.querySelector('progress')?.value ?? 0) >= 0.5`;
const played = `(document.querySelector('video')?.currentTime ?? 0) > 0.2`;
const playedBeyondHalf = `(video => video && !video.seeking && video.currentTime > video.duration / 2 + 0.1)(document.querySelector('video'))`;
/** The first charts have pixels of the colour that their bars have. */
const drewBars = `(canvases => canvases.length === 3 && canvases.slice(0, 2).every(canvas => {
  const [red, green, blue] = getComputedStyle(document.querySelector('.swatch-blue')).backgroundColor.match(/\\d+/g).map(Number);
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  for (let at = 0; at < data.length; at += 4) if (data[at] === red && data[at + 1] === green && data[at + 2] === blue && data[at + 3] === 255) return true;
  return false;
}))([...document.querySelectorAll('.plot canvas')])`;
