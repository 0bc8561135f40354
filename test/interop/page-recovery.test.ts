import test, { type ExecutionContext } from 'ava';
import { startChromium, Visitor, withChromium } from '../helpers/browser.ts';
import { ProcessCluster } from '../helpers/process-cluster.ts';

withChromium(test, test => {
  test.serial('a library whose central went away is there again when it is back, as it was asked for meanwhile', async t => {
    const { cluster, visitor } = await visit(t);
    await cluster.addFile('Otra cosa.bin', 10_001, 1);
    const page = await visitor.open();
    await page.locator('.card').nth(1).waitFor();
    await cluster.killCentral();
    await page.getByLabel('Buscar vídeos').fill('mar');
    await page.getByText('El central no responde').waitFor();
    await cluster.startCentral(['--replicas', '1']);
    await page.getByText('1 resultado').waitFor({ timeout: 60_000 });
    t.deepEqual(await page.locator('.card-title').allTextContents(), ['Mar de fondo.bin']);
  });

  test.serial('what somebody else brings is seen without asking', async t => {
    const { cluster, visitor } = await visit(t);
    const page = await visitor.open();
    await page.locator('.card').first().waitFor();
    await cluster.addFile('De otro.bin', 10_001, 1);
    await page.locator('.card', { hasText: 'De otro.bin' }).waitFor({ timeout: 60_000 });
    t.pass();
  });

  test.serial('a view that is first opened without a network says so, and comes when it is there again', async t => {
    const { visitor } = await visit(t);
    const page = await visitor.open();
    await page.locator('.card').first().waitFor();
    await visitor.context.setOffline(true);
    await page.getByRole('link', { name: 'Máquinas' }).click();
    await page.getByText('El central no responde').waitFor();
    await visitor.context.setOffline(false);
    await page.getByRole('button', { name: 'Reintentar' }).click();
    await page.getByRole('heading', { level: 1, name: 'Máquinas' }).waitFor();
    t.pass();
  });

  test.serial('a file that was sent is stored, though the central was away while its copies were made', async t => {
    const { visitor } = await visit(t);
    const page = await visitor.open('#/subidas');
    let unheard = 0;
    await page.route('**/uploads/*', async route => {
      unheard += 1;
      await (unheard <= 2 ? route.abort() : route.continue());
    });
    await page.locator('input[type=file]').first().setInputFiles({ name: 'nota.txt', mimeType: 'text/plain', buffer: Buffer.from('hola') });
    await page.locator('.upload-state', { hasText: 'Guardado' }).waitFor({ timeout: 60_000 });
    t.true(unheard > 2);
  });

  test.serial('a file without a byte is stored, and a long name makes the page no wider', async t => {
    const { visitor } = await visit(t);
    const page = await visitor.open('#/subidas');
    await page.locator('input[type=file]').first().setInputFiles({ name: `${'muy largo '.repeat(23)}.txt`, mimeType: 'text/plain', buffer: Buffer.alloc(0) });
    await page.locator('.upload-state', { hasText: 'Guardado' }).waitFor({ timeout: 60_000 });
    t.is(await page.evaluate('document.documentElement.scrollWidth'), 1280);
  });

  test.serial('a name that turns the direction of what follows is shown as it is, and nothing else is turned', async t => {
    const { cluster, visitor } = await visit(t);
    await cluster.addFile('\u202egpj.bin', 10_001, 1);
    const page = await visitor.open();
    await page.locator('.card', { hasText: String.raw`\u{202e}gpj.bin` }).click();
    await page.getByRole('heading', { level: 1, name: String.raw`\u{202e}gpj.bin` }).waitFor();
    t.is(await page.title(), String.raw`\u{202e}gpj.bin · videopartes`);
    await page.getByRole('button', { name: 'Eliminar' }).click();
    await page.locator('.toast', { hasText: String.raw`«\u{202e}gpj.bin»` }).waitFor();
  });
});

/** A central and a browser of its own: what is refused meanwhile stands in its console. */
async function visit(t: ExecutionContext): Promise<{ readonly cluster: ProcessCluster; readonly visitor: Visitor }> {
  t.timeout(120_000);
  const cluster = await ProcessCluster.start(t, { secondaries: 1, centralFlags: ['--replicas', '1'] });
  await cluster.addFile('Mar de fondo.bin', 10_000, 1);
  return { cluster, visitor: await Visitor.arrive(await startChromium(t), `http://127.0.0.1:${cluster.centralPort}`) };
}
