import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import anyTest, { type TestFn } from 'ava';
import type { Browser, Page } from 'playwright-core';
import { parseMetalink } from '../../lib/protocol/metalink-reader.ts';
import { en } from '../../web/messages/en.ts';
import { es } from '../../web/messages/es.ts';
import { pt } from '../../web/messages/pt.ts';
import { bdecode } from '../helpers/bdecode.ts';
import { startChromium, Visitor, withChromium } from '../helpers/browser.ts';
import { eventually } from '../helpers/eventually.ts';
import { ProcessCluster } from '../helpers/process-cluster.ts';
import { putVideo } from '../helpers/put-video.ts';

interface Context {
  readonly cluster: ProcessCluster;
  readonly browser: Browser;
  readonly visitor: Visitor;
}

const test = anyTest as TestFn<Context>;
/** More than are drawn at a time. */
const VIDEOS = 60;
const NAME = 'Día 07 d\'abril.dat';
const STORED_WITHIN_MS = 60_000;
const closing: (() => unknown)[] = [];
const teardown = { teardown: (close: () => unknown) => void closing.unshift(close) };
const languages = { es, pt, en };

withChromium(test, test => {
  test.before('a central with two secondaries and many videos, and a browser', async t => {
    t.timeout(120_000);
    const cluster = await ProcessCluster.start(teardown, { secondaries: 2, centralFlags: ['--replicas', '2'] });
    for (let day = 1; day <= VIDEOS; day += 1) {
      for (const number of [1, 2]) await putVideo(cluster.folderOf(number), nameOf(day), Buffer.from(`what day ${day} brought`));
    }
    for (let day = 1; day <= VIDEOS; day += 1) await cluster.whenHeldBy(nameOf(day), 2);
    const browser = await startChromium(teardown);
    t.context = { cluster, browser, visitor: await Visitor.arrive(browser, `http://127.0.0.1:${cluster.centralPort}`) };
  });

  test.after.always('all of it is closed', async () => {
    for (const close of closing) await close();
  });

  test.serial('arrows go from card to card, also to those that were not drawn, Tab goes on from there, and Enter opens', async t => {
    const { visitor } = t.context;
    const page = await visitor.open();
    await page.setViewportSize({ width: 900, height: 500 });
    await page.locator('.card').first().focus();
    const columns = await eventually('the grid has its width', () => page.evaluate<number>(COLUMNS));
    t.true(columns > 1 && columns * 8 < VIDEOS);
    let day = 1;
    for (const [key, step] of [['ArrowRight', 1], ['ArrowDown', columns], ['ArrowLeft', -1], ['ArrowUp', -columns], ['Tab', 1], ...Array.from({ length: 8 }, () => ['ArrowDown', columns] as const)] as const) {
      day += step;
      // Far from the first the card below is drawn a moment after the one above it came into sight.
      await eventually(`${key} leads to ${nameOf(day)}`, async () => {
        if ((await focusedTitle(page)) === nameOf(day)) return true;
        if ((await focusedTitle(page)) === nameOf(day - step)) await page.keyboard.press(key);
        return (await focusedTitle(page)) === nameOf(day);
      });
    }
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: nameOf(day - columns) }).waitFor();
    await page.close();
  });

  test.serial('who comes back from a video finds the library where they left it', async t => {
    const { visitor } = t.context;
    const page = await visitor.open();
    await page.setViewportSize({ width: 900, height: 500 });
    await page.locator('.card').first().waitFor();
    await page.evaluate('scrollTo(0, 1000)');
    await page.locator('.card', { hasText: nameOf(13) }).click();
    await page.getByRole('heading', { level: 1, name: nameOf(13) }).waitFor();
    await page.goBack();
    await page.locator('.card', { hasText: nameOf(13) }).waitFor();
    await eventually('the page is where it was', () => page.evaluate<boolean>('scrollY === 1000'));
    t.pass();
    await page.close();
  });

  test.serial('two files that are dropped on the page are both stored', async t => {
    const { cluster, visitor } = t.context;
    const page = await visitor.open();
    const dataTransfer = await page.evaluateHandle(`(() => {
      const carried = new DataTransfer();
      for (const name of ['Uno.dat', 'Dos.dat']) carried.items.add(new File(['the bytes of ' + name], name));
      return carried;
    })()`);
    await page.dispatchEvent('body', 'dragover', { dataTransfer });
    await page.getByText('Suelte los archivos para subirlos').waitFor();
    await page.dispatchEvent('body', 'drop', { dataTransfer });
    t.is(await page.getByText('Suelte los archivos para subirlos').count(), 0);
    for (const name of ['Uno.dat', 'Dos.dat']) {
      await page.locator('.upload', { hasText: name }).locator('.upload-state', { hasText: 'Guardado' }).waitFor({ timeout: STORED_WITHIN_MS });
      for (const number of [1, 2]) t.is(await readFile(join(cluster.folderOf(number), name), 'utf8'), `the bytes of ${name}`);
    }
    await page.close();
  });

  test.serial('a file that replaces another has its name, and the other one is in the trash, from where it comes back', async t => {
    const { browser, cluster } = t.context;
    // A browser of its own: the refusal of the name stands in its console.
    const visitor = await Visitor.arrive(browser, `http://127.0.0.1:${cluster.centralPort}`);
    const page = await visitor.open('#/subidas');
    await page.locator('input[type=file]').first().setInputFiles({ name: nameOf(3), mimeType: 'application/octet-stream', buffer: Buffer.from('another third day') });
    await page.getByRole('button', { name: 'Reemplazar' }).click();
    await page.locator('.upload-state', { hasText: 'Guardado' }).waitFor({ timeout: STORED_WITHIN_MS });
    t.is(await textOf(cluster, nameOf(3)), 'another third day');
    await page.getByRole('link', { name: 'Papelera' }).click();
    await page.getByRole('button', { name: `Restaurar ${nameOf(3)}` }).click();
    await page.getByLabel('Nombre nuevo').fill('El de antes.dat');
    await page.getByRole('dialog').getByRole('button', { name: 'Restaurar' }).click();
    await page.locator('.toast', { hasText: 'vuelve a estar en la biblioteca' }).waitFor();
    await cluster.whenHeldBy('El de antes.dat', 2);
    t.is(await textOf(cluster, 'El de antes.dat'), 'what day 3 brought');
    await visitor.context.close();
  });

  test.serial('an upload with a very long name is no wider than a phone', async t => {
    const { visitor } = t.context;
    const page = await visitor.open('#/subidas');
    await page.setViewportSize({ width: 360, height: 740 });
    const name = `${'un nombre que no se acaba '.repeat(4)}${'sin_espacios_'.repeat(8)}.dat`;
    await page.locator('input[type=file]').first().setInputFiles({ name, mimeType: 'application/octet-stream', buffer: Buffer.from('short') });
    await page.locator('.upload-state', { hasText: 'Guardado' }).waitFor({ timeout: STORED_WITHIN_MS });
    t.is(await page.evaluate('document.documentElement.scrollWidth'), 360);
    const { x, width } = (await page.getByRole('button', { name: /^Quitar de la lista/ }).boundingBox())!;
    t.true(x >= 0 && x + width <= 360);
    await page.close();
  });

  test.serial('the buttons beside the commands put them into the clipboard', async t => {
    const { visitor } = t.context;
    await visitor.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const page = await visitor.open(`#/ver/${encodeURIComponent(NAME)}`);
    for (const [label, program] of [['Con todos los secundarios a la vez', 'videocliente descargar'], ['Con curl', 'curl -fL']] as const) {
      await page.getByRole('button', { name: `Copiar: ${label}` }).click();
      const read = () => page.evaluate<string>('navigator.clipboard.readText()');
      await eventually('the command is copied', async () => (await read()).startsWith(program));
      const copied = await read();
      t.is(copied, await page.getByLabel(label, { exact: true }).inputValue());
      t.true(copied.includes(String.raw`'Día 07 d'\''abril.dat'`), copied);
    }
    await page.close();
  });

  test.serial('the documents for other programs are saved, and describe the file', async t => {
    const { cluster, visitor } = t.context;
    const page = await visitor.open(`#/ver/${encodeURIComponent(NAME)}`);
    const saved = async (link: string) => {
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: link }).click()]);
      return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
    };
    const { sha256 } = await cluster.ask<{ readonly sha256: string }>(`/manifests/${(await videoNamed(cluster, NAME)).id}`);
    const sizeBytes = Buffer.byteLength('what day 7 brought');
    const metalink = await saved('Metalink');
    t.is(metalink.name, `${NAME}.meta4`);
    t.like(parseMetalink(metalink.bytes.toString())[0], { name: NAME, sizeBytes, checksums: [{ algorithm: 'sha-256', hex: sha256 }] });
    const torrent = await saved('Torrent');
    t.is(torrent.name, `${NAME}.torrent`);
    t.like(bdecode(torrent.bytes), { info: { name: Buffer.from(NAME), length: sizeBytes } });
    await page.close();
  });

  test.serial('each language says all of it: nothing is left of another one, and nothing without words', async t => {
    const { visitor } = t.context;
    for (const hash of ['#/', '#/subidas', '#/papelera', '#/maquinas', '#/estadisticas', `#/ver/${encodeURIComponent(NAME)}`]) {
      const page = await visitor.open(hash);
      await page.locator('h1').waitFor();
      await page.locator('.loading').waitFor({ state: 'detached' });
      for (const language of ['pt', 'en', 'es'] as const) {
        await page.locator('.header select').first().selectOption(language);
        await page.locator(`html[lang=${language}]`).waitFor();
        const own = sentencesOf(languages[language]);
        const others = new Set([...sentencesOf(es, pt, en)].filter(sentence => !own.has(sentence)));
        await eventually(`${hash} speaks ${language} alone`, async () => (await textsOn(page)).every(text => !others.has(text)));
        t.true((await textsOn(page)).some(text => own.has(text)));
        t.deepEqual((await textsOn(page)).filter(text => /undefined|\[object|=>|NaN/.test(text)), []);
      }
      await page.close();
    }
  });

  test.serial('it is dark where the machine is, and as it is told where it is told', async t => {
    const { browser, cluster } = t.context;
    const visitor = await Visitor.arrive(browser, `http://127.0.0.1:${cluster.centralPort}`, { colorScheme: 'dark' });
    const page = await visitor.open();
    await page.locator('.card').first().waitFor();
    t.true(await page.evaluate<boolean>(IS_DARK));
    await page.getByLabel('Aspecto').selectOption('light');
    t.false(await page.evaluate<boolean>(IS_DARK));
    await page.getByLabel('Aspecto').selectOption('system');
    t.true(await page.evaluate<boolean>(IS_DARK));
    await page.emulateMedia({ colorScheme: 'light' });
    t.false(await page.evaluate<boolean>(IS_DARK));
    await page.getByLabel('Aspecto').selectOption('dark');
    await page.reload();
    await page.locator('.card').first().waitFor();
    t.true(await page.evaluate<boolean>(IS_DARK), 'it is remembered');
    await visitor.context.close();
  });

  test.serial('none of it left an error in the console, broke the policy, or asked anybody else', t => {
    t.deepEqual(t.context.visitor.problems, []);
  });
});

function nameOf(day: number): string {
  return `Día ${String(day).padStart(2, '0')} d'abril.dat`;
}

function videoNamed(cluster: ProcessCluster, name: string): Promise<{ readonly id: string }> {
  return cluster.ask(`/video?name=${encodeURIComponent(name)}`);
}

async function textOf(cluster: ProcessCluster, name: string): Promise<string> {
  const { id } = await videoNamed(cluster, name);
  return (await fetch(`http://127.0.0.1:${cluster.centralPort}/stream?id=${id}`)).text();
}

function focusedTitle(page: Page): Promise<string> {
  return page.evaluate<string>(`document.activeElement.querySelector('.card-title')?.textContent ?? ''`);
}

/** Of any depth; those that are made of figures and names are functions, and not among them. */
function sentencesOf(...messages: readonly object[]): Set<string> {
  return new Set(messages.flatMap(message => Object.values(message).flatMap((value: unknown) => (typeof value === 'string' ? [value] : typeof value === 'object' && value !== null ? [...sentencesOf(value)] : []))));
}

/** What is read or heard, each text by itself. The names of the languages are always in their own. */
async function textsOn(page: Page): Promise<readonly string[]> {
  return page.evaluate<string[]>(`[...document.querySelectorAll('body *:not([lang]):not(script)')].flatMap(element => [
    ...[...element.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE).map(({ data }) => data.trim()),
    ...['aria-label', 'placeholder', 'title', 'alt'].map(name => element.getAttribute(name) ?? ''),
  ]).filter(text => text !== '')`);
}

const COLUMNS = `new Set([...document.querySelectorAll('.grid li')].map(cell => cell.getBoundingClientRect().left)).size`;
const IS_DARK = `(([ground, text]) => ground < text)(['backgroundColor', 'color'].map(key => getComputedStyle(document.body)[key].match(/\\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0)))`;
