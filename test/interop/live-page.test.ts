import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import anyTest, { type ExecutionContext, type TestFn } from 'ava';
import type { Browser, Page } from 'playwright-core';
import { assertAccessible, startChromium, Visitor, withChromium } from '../helpers/browser.ts';
import { eventually } from '../helpers/eventually.ts';
import { makeLiveFilm } from '../helpers/live-film.ts';
import { startProgram, type TalkingProgram } from '../helpers/programs.ts';

interface Context {
  readonly browser: Browser;
  readonly origin: string;
  /** Broadcasts the film, always at the same place. */
  readonly broadcast: (t: Pick<ExecutionContext, 'teardown'>) => Promise<TalkingProgram>;
  /** One who watches it, and feeds others. */
  readonly watch: (t: Pick<ExecutionContext, 'teardown'>, name: string) => Promise<TalkingProgram>;
  readonly central: TalkingProgram;
}

const test = anyTest as TestFn<Context>;
const FILM = 'El faro.mp4';
const WATCHED_S = 10;
const PATIENCE_MS = 60_000;
const LOOK = "(video => JSON.stringify(video ? { atS: video.currentTime, isPaused: video.paused, readyState: video.readyState, aheadS: video.buffered.length && video.buffered.end(video.buffered.length - 1) } : document.querySelector('main').innerText))(document.querySelector('video'))";
const closing: (() => unknown)[] = [];
const teardown = { teardown: (close: () => unknown) => void closing.unshift(close) };

withChromium(test, test => {
  test.before('a central, a film and a browser', async t => {
    t.timeout(120_000);
    const cwd = await mkdtemp(join(tmpdir(), 'videopartes-live-page-'));
    closing.push(() => rm(cwd, { recursive: true, force: true }));
    await makeLiveFilm(join(cwd, FILM));
    const central = startProgram(teardown, 'videocentral', ['--puerto', '0', '--sin-consola'], { cwd, input: null });
    const [, origin, port] = await central.says(/ a la escucha en (http:\/\/127\.0\.0\.1:(\d+))/);
    let ports = ['0', '0'];
    const broadcast: Context['broadcast'] = async owner => {
      const flags = ['--puerto', ports[0]!, '--puerto-relevo', ports[1]!, '--ip-central', '127.0.0.1', '--puerto-central', port!];
      const program = startProgram(owner, 'videocanal', ['emitir', FILM, '--sin-consola', ...flags], { cwd, input: null });
      [, ...ports] = await program.says(/Se emite en [^:]+:(\d+), y para la retransmisión en el puerto (\d+)/);
      return program;
    };
    const watch: Context['watch'] = async (owner, name) => {
      const flags = ['--puerto', ports[0]!, '--puerto-relevo', ports[1]!, '--directorio', name, '--estadisticas', name];
      const program = startProgram(owner, 'videocanal', ['ver', '--sin-consola', '--nivel', 'debug', ...flags], { cwd, input: null });
      await program.says(/bloque \d+,/);
      return program;
    };
    t.context = { browser: await startChromium(teardown), origin: origin!, broadcast, watch, central };
  });

  test.after.always('all of it is closed', async () => {
    for (const close of closing) await close();
  });

  test.serial('the page says how to broadcast while nobody does, lists a channel that is on the air, and plays it', async t => {
    t.timeout(240_000);
    const { browser, origin, broadcast } = t.context;
    const visitor = await Visitor.arrive(browser, origin);
    const page = await visitor.open();
    await page.getByRole('link', { name: 'En vivo' }).click();
    await page.getByRole('heading', { name: 'No hay ningún canal en el aire' }).waitFor();
    t.regex(await page.getByLabel('Orden para emitir', { exact: true }).inputValue(), /^videocanal emitir .*--ip-central 127\.0\.0\.1 --puerto-central \d+/);
    await assertAccessible(page);

    const program = await broadcast(t);
    await page.getByRole('row', { name: new RegExp(FILM) }).waitFor();
    await assertAccessible(page);
    await page.getByRole('link', { name: `Ver ${FILM} en vivo` }).click();
    await playsOn(page, WATCHED_S);
    await page.getByText('Canal 0 · 1 espectador').waitFor();
    t.false(await page.evaluate<boolean>("document.querySelector('video').muted"), 'who clicked hears it too');
    await assertAccessible(page);
    t.deepEqual(visitor.problems, []);
    await page.close();
    await program.stop('SIGINT');
  });

  test.serial('when the broadcaster dies the page says so, and plays on by itself when it is back', async t => {
    t.timeout(240_000);
    const { broadcast } = t.context;
    const first = await broadcast(t);
    const { page } = await openChannel(t.context);
    await playsOn(page, 2);
    await first.stop('SIGKILL');
    await page.getByRole('heading', { name: 'El canal ya no está en el aire' }).waitFor({ timeout: 60_000 });
    await assertAccessible(page);
    const second = await broadcast(t);
    // More than was shown before it died.
    await playsOn(page, 2 * WATCHED_S);
    t.is(await page.locator('.notice').count(), 0);
    await page.close();
    await second.stop('SIGINT');
  });

  test.serial('a minute is played on the page while five of the six viewers that feed one another die, one after another', async t => {
    t.timeout(300_000);
    const { broadcast, watch, central } = t.context;
    const program = await broadcast(t);
    const relays = await Promise.all(Array.from({ length: 6 }, (_, index) => watch(t, `espectador${index}`)));
    const { visitor, page } = await openChannel(t.context);
    await playsOn(page, WATCHED_S);
    const after = central.lines.length;
    for (const relay of relays.slice(1)) {
      await relay.stop('SIGKILL');
      await playsOn(page, WATCHED_S);
    }
    await central.says(/deja de dar la rebanada/, { after });
    t.is(await page.locator('.notice').count(), 0);
    t.deepEqual(visitor.problems, []);
    await page.close();
    await program.stop('SIGINT');
  });

  test.serial('a broadcaster that is back at once is not missed', async t => {
    t.timeout(240_000);
    const { broadcast } = t.context;
    const first = await broadcast(t);
    const { page } = await openChannel(t.context);
    await playsOn(page, 2);
    await first.stop('SIGKILL');
    const second = await broadcast(t);
    await playsOn(page, 2 * WATCHED_S);
    await page.close();
    await second.stop('SIGINT');
    t.pass();
  });
});

/** Somebody comes who watches the channel. */
async function openChannel({ browser, origin }: Pick<Context, 'browser' | 'origin'>): Promise<{ readonly visitor: Visitor; readonly page: Page }> {
  const visitor = await Visitor.arrive(browser, origin);
  const page = await visitor.open('#/vivo');
  await page.getByRole('link', { name: `Ver ${FILM} en vivo` }).click();
  return { visitor, page };
}

/** The channel is seen for so many seconds from now on, whatever becomes of the element meanwhile. */
async function playsOn(page: Page, forS: number): Promise<void> {
  let seenS = 0;
  let last: number | undefined;
  await eventually(`it plays for ${forS} s`, async () => {
    const atS = await page.evaluate<number | undefined>("(video => video && video.readyState > 1 && !video.paused ? video.currentTime : undefined)(document.querySelector('video'))");
    // What it jumps over was not seen.
    if (atS !== undefined && last !== undefined && atS > last && atS - last < 1) seenS += atS - last;
    last = atS;
    return seenS >= forS;
  }, PATIENCE_MS).catch(async (error: Error) => {
    throw new Error(`${error.message}; ${seenS} s were seen, and now: ${await page.evaluate<string>(LOOK)}`);
  });
}
