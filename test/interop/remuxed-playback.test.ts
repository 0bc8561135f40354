import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import anyTest, { type ExecutionContext, type TestFn } from 'ava';
import type { Page } from 'playwright-core';
import { MIB, SECOND_MS } from '../../lib/base/units.ts';
import { startChromium, Visitor, withChromium } from '../helpers/browser.ts';
import { eventually } from '../helpers/eventually.ts';
import { makeMatroskaFilm } from '../helpers/matroska-film.ts';
import { ProcessCluster } from '../helpers/process-cluster.ts';
import { putVideo } from '../helpers/put-video.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const FILM = 'niebla.mkv';
/** Some four minutes, far more than the page fetches ahead. */
const FILM_BYTES = 96 * MIB;

withChromium(anyTest as TestFn, test => {
  test('a browser that plays no Matroska plays a film of it all the same, and people seek in it, forth and back', async t => {
    t.timeout(240_000);
    const { visitor, durationMs } = await siteWith(t, { sizeBytes: FILM_BYTES });
    const asked: string[] = [];
    visitor.context.on('request', request => void asked.push(request.url()));
    const page = await visitor.open(`#/ver/${FILM}`);

    await page.locator('media-play-button').click();
    await eventually('it plays', async () => (await look(page)).atS > 0.2);
    t.true(await page.getByText('el central lo convierte').isVisible());
    const { durationS } = await look(page);
    t.true(Math.abs(durationS * SECOND_MS - durationMs) < 500, `${durationS} s of ${durationMs} ms`);
    t.true((await look(page)).aheadS < durationS / 2, 'it is not fetched as a whole');
    for (const share of [0.8, 0.4, 0]) {
      await page.evaluate(`document.querySelector('video').currentTime = ${durationS * share}`);
      await eventually(`it plays from ${share}`, async () => {
        const { isSeeking, atS } = await look(page);
        return !isSeeking && atS > durationS * share + 0.5 && atS < durationS * share + 30;
      });
    }
    await page.evaluate("(video => { video.currentTime = video.duration - 2; })(document.querySelector('video'))");
    await eventually('it comes to its end', async () => (await look(page)).hasEnded);
    t.true(asked.filter(url => url.includes('/stream')).every(url => url.includes('formato=mp4')));
    t.deepEqual(visitor.problems, []);
  });

  test('a film that is converted plays on when the central was started again', async t => {
    t.timeout(240_000);
    const { cluster, visitor } = await siteWith(t, { sizeBytes: 32 * MIB });
    const page = await visitor.open(`#/ver/${FILM}`);
    await page.locator('media-play-button').click();
    await eventually('much of it is there', async () => (await look(page)).aheadS > 20);
    const { atS, aheadS } = await look(page);
    await cluster.killCentral();
    await cluster.startCentral();
    await page.evaluate("document.querySelector('video').playbackRate = 4");
    await eventually('it plays what was not there yet', async () => (await look(page)).atS > atS + aheadS + 15);
    t.is(await page.locator('.notice').count(), 0);
  });

  test('a film that is converted, and broke off, goes on where it was when it is asked for again', async t => {
    t.timeout(240_000);
    const { visitor } = await siteWith(t, { sizeBytes: 32 * MIB });
    const page = await visitor.open(`#/ver/${FILM}`);
    await page.locator('media-play-button').click();
    await page.evaluate("document.querySelector('video').currentTime = 40");
    const plays = () => eventually('it plays from there', async () => (({ isSeeking, atS }: Look) => !isSeeking && atS > 40.5 && atS < 70)(await look(page)));
    await plays();
    await page.evaluate("document.querySelector('video').dispatchEvent(new Event('error'))");
    await page.getByRole('button', { name: 'Reintentar' }).click();
    await page.locator('video').waitFor();
    await plays();
    t.pass();
  });

  test('of a film that nobody can convert the page says so, and offers it', async t => {
    t.timeout(120_000);
    const { visitor } = await siteWith(t, { sound: 'pcm-s16' });
    const page = await visitor.open(`#/ver/${FILM}`);
    await page.getByRole('heading', { name: 'Este navegador no puede reproducir este archivo' }).waitFor();
    t.is(await page.locator('video').count(), 0);
    t.true(await page.getByRole('link', { name: 'Descargar' }).first().isVisible());
  });
});

interface Site {
  readonly cluster: ProcessCluster;
  readonly visitor: Visitor;
  readonly durationMs: number;
}

/** Two secondaries hold a film, and somebody comes whose browser plays no Matroska: most but Chromium. */
async function siteWith(t: ExecutionContext, options: Parameters<typeof makeMatroskaFilm>[1]): Promise<Site> {
  const path = join(await temporaryDirectory(t), FILM);
  const { durationMs } = await makeMatroskaFilm(path, options);
  const cluster = await ProcessCluster.start(t, { secondaries: 2 });
  await putVideo(cluster.folderOf(1), FILM, await readFile(path));
  await cluster.whenHeldBy(FILM, 2);
  const visitor = await Visitor.arrive(await startChromium(t), `http://127.0.0.1:${cluster.centralPort}`);
  await visitor.context.addInitScript("HTMLMediaElement.prototype.canPlayType = type => (/matroska/.test(type) ? '' : 'maybe')");
  return { cluster, visitor, durationMs };
}

interface Look {
  readonly atS: number;
  readonly durationS: number;
  readonly aheadS: number;
  readonly isSeeking: boolean;
  readonly hasEnded: boolean;
}

function look(page: Page): Promise<Look> {
  return page.evaluate<Look>(`(video => ({
    atS: video.currentTime,
    durationS: video.duration,
    aheadS: video.buffered.length > 0 ? video.buffered.end(video.buffered.length - 1) - video.currentTime : 0,
    isSeeking: video.seeking,
    hasEnded: video.ended,
  }))(document.querySelector('video'))`);
}
