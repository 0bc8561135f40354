import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium, type BrowserContext, type CDPSession, type Page } from 'playwright-core';
import { makeSampleVideo } from '../lib/apps/demo/sample-video.ts';
import { findProgram, median, printResult, round, temporaryFolder } from './harness.ts';
import { startLibrary } from './library-central.ts';

/**
 * What scrolling through so many videos costs Chromium. Frames by the clock tell more of the machine than of the page, hence
 * also what its thread worked for each: scripts, styles, layout, and all of it together (painting, decoding of pictures …).
 */
const VIDEOS = Number(process.argv[2] ?? 100_000);
const ROUNDS = 3;
const SCROLLED_FRAMES = 400;
const WHEEL_TURNS = 200;
const WHEEL_PX = 120;
const WHEEL_EVERY_MS = 16;
const CARD = { width: 320, height: 180, framesPerSecond: 10, frames: 20 };

interface Scrolled {
  readonly frames: number;
  readonly medianFrameMs: number;
  readonly p95FrameMs: number;
  readonly longestFrameMs: number;
  readonly scriptMsAFrame: number;
  readonly styleMsAFrame: number;
  readonly layoutMsAFrame: number;
  readonly workMsAFrame: number;
  readonly elements: number;
}

await using folder = await temporaryFolder();
await using library = await startLibrary(folder.path, VIDEOS);
const executablePath = process.env['CHROMIUM'] ?? (await findProgram('chromium'));
if (executablePath === undefined) throw new Error('Chromium is not installed');
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--headless', '--disable-gpu'] });
const ways: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  'slowly, 20 px a frame': page => scrollEachFrame(page, 20),
  'fast, 200 px a frame': page => scrollEachFrame(page, 200),
  'dragging the bar, 2000 px a frame': page => scrollEachFrame(page, 2000),
  'with the wheel': async page => {
    for (let turn = 0; turn < WHEEL_TURNS; turn += 1) {
      await page.mouse.wheel(0, WHEEL_PX);
      await sleep(WHEEL_EVERY_MS);
    }
  },
};
const film = await makeFilm();
const firstCardMs: number[] = [];
const rounds: Record<string, Scrolled[]> = {};
for (let round = 0; round < ROUNDS; round += 1) {
  for (const [told, scroll] of Object.entries(ways)) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    await playEverywhere(context, film);
    const page = await context.newPage();
    await page.goto(library.url);
    await page.locator('.card').first().waitFor();
    firstCardMs.push(await page.evaluate<number>('performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0'));
    await page.mouse.move(700, 500);
    (rounds[told] ??= []).push(await measure(page, scroll));
    await context.close();
  }
}
const middle = (scrolled: readonly Scrolled[]) =>
  Object.fromEntries(Object.keys(scrolled[0]!).map(key => [key, round(median(scrolled.map(one => one[key as keyof Scrolled])))]));
await browser.close();
printResult({
  bench: 'library-page',
  videos: VIDEOS,
  rounds: ROUNDS,
  firstPaintMs: round(median(firstCardMs), 0),
  results: Object.fromEntries(Object.entries(rounds).map(([told, scrolled]) => [told, middle(scrolled)])),
});

async function measure(page: Page, scroll: (page: Page) => Promise<void>): Promise<Scrolled> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
  await page.evaluate(`window.frames = []; (function note(at) {
    window.frames.push(at);
    window.noting = requestAnimationFrame(note);
  })(performance.now())`);
  const before = await secondsOf(devtools);
  await scroll(page);
  const after = await secondsOf(devtools);
  const { at, elements } = await page.evaluate<{ readonly at: readonly number[]; readonly elements: number }>(
    `(cancelAnimationFrame(window.noting), { at: window.frames, elements: document.querySelectorAll('*').length })`,
  );
  const lasted = at.slice(1).map((ms, index) => ms - at[index]!).sort((one, other) => one - other);
  const each = (name: string) => ((after.get(name)! - before.get(name)!) * 1000) / lasted.length;
  return {
    frames: lasted.length,
    medianFrameMs: median(lasted),
    p95FrameMs: lasted[Math.floor(lasted.length * 0.95)]!,
    longestFrameMs: lasted.at(-1)!,
    scriptMsAFrame: each('ScriptDuration'),
    styleMsAFrame: each('RecalcStyleDuration'),
    layoutMsAFrame: each('LayoutDuration'),
    workMsAFrame: each('TaskDuration'),
    elements,
  };
}

async function secondsOf(devtools: CDPSession): Promise<ReadonlyMap<string, number>> {
  const { metrics } = await devtools.send('Performance.getMetrics');
  return new Map(metrics.map(({ name, value }) => [name, value]));
}

/** Back and forth between what is loaded, so that the end of a page that is still on its way ends nothing. */
async function scrollEachFrame(page: Page, pxAFrame: number): Promise<void> {
  await page.evaluate(`new Promise(resolve => {
    let [left, step] = [${SCROLLED_FRAMES}, ${pxAFrame}];
    requestAnimationFrame(function scroll() {
      const before = scrollY;
      scrollBy(0, step);
      if (scrollY === before) step = -step;
      if (--left > 0) requestAnimationFrame(scroll);
      else resolve();
    });
  })`);
}

async function makeFilm(): Promise<Buffer> {
  const path = join(folder.path, 'film.mp4');
  await makeSampleVideo(path, { sizeBytes: 100_000, card: CARD, signal: new AbortController().signal });
  return readFile(path);
}

/** The nodes have no bytes: every video is the same film, so that the cards get pictures. */
async function playEverywhere(context: BrowserContext, film: Buffer): Promise<void> {
  await context.route('**/stream?*', route => {
    const [, first = '0', last = ''] = /^bytes=(\d+)-(\d*)$/.exec(route.request().headers()['range'] ?? '') ?? [];
    const end = last === '' ? film.length - 1 : Number(last);
    const headers = { 'content-type': 'video/mp4', 'accept-ranges': 'bytes', 'content-range': `bytes ${first}-${end}/${film.length}` };
    return route.fulfill({ status: 206, headers, body: film.subarray(Number(first), end + 1) });
  });
}
