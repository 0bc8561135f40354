import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { ExecutionContext, Implementation, TestFn } from 'ava';
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core';

/** Debian's; another one can be named. */
const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const FLAGS = ['--no-sandbox', '--headless', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** Registers tests that need Chromium: skipped, and said so, where it is not installed; with `CI=true` they fail there. */
export function withChromium<Context>(test: TestFn<Context>, register: (test: TestFn<Context>) => void): void {
  if (existsSync(executablePath)) return register(test);
  const instead = (title: string, prove: Implementation<[], Context>) =>
    process.env['CI'] === 'true'
      ? test(title, t => t.fail('Chromium is not installed'))
      : test.skip(`without Chromium, which is not installed: ${title}`, prove);
  register(Object.assign(instead, { serial: instead, before: () => undefined, after: test.after }) as unknown as TestFn<Context>);
}

export async function startChromium(t: Pick<ExecutionContext, 'teardown'>): Promise<Browser> {
  const browser = await chromium.launch({ executablePath, args: FLAGS });
  t.teardown(() => browser.close());
  return browser;
}

/** A person's browser: it keeps what pages store, and notes what should not happen in any of them. */
export class Visitor {
  readonly context: BrowserContext;
  readonly #origin: string;
  /** Errors of the page, reports of its policy, and requests to anybody else. */
  readonly problems: string[] = [];

  private constructor(context: BrowserContext, origin: string) {
    this.context = context;
    this.#origin = origin;
  }

  static async arrive(browser: Browser, origin: string, options: BrowserContextOptions = {}): Promise<Visitor> {
    const context = await browser.newContext({ locale: 'es-ES', viewport: { width: 1280, height: 800 }, ...options });
    const visitor = new Visitor(context, origin);
    await context.exposeFunction('noteProblem', (problem: string) => void visitor.problems.push(problem));
    await context.addInitScript("document.addEventListener('securitypolicyviolation', event => noteProblem(`policy: ${event.violatedDirective} ${event.blockedURI}`))");
    context.on('console', message => {
      if (message.type() === 'error') visitor.problems.push(`console: ${message.text()} ${message.location().url}`);
    });
    context.on('weberror', error => void visitor.problems.push(`error: ${error.error().message}`));
    context.on('request', request => {
      const { protocol, origin: asked } = new URL(request.url());
      if (!['blob:', 'data:'].includes(protocol) && asked !== visitor.#origin) visitor.problems.push(`elsewhere: ${request.url()}`);
    });
    return visitor;
  }

  /** A new tab. */
  async open(hash = '#/'): Promise<Page> {
    const page = await this.context.newPage();
    await page.goto(`${this.#origin}/${hash}`);
    return page;
  }
}

/** @throws what axe finds serious on the page */
export async function assertAccessible(page: Page): Promise<void> {
  await page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
  const findings = await page.evaluate<readonly { readonly id: string; readonly impact: string; readonly nodes: readonly { readonly html: string }[] }[]>('axe.run().then(({ violations }) => violations)');
  const serious = findings.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  if (serious.length > 0) throw new Error(`axe: ${serious.map(({ id, nodes }) => `${id} ${nodes[0]?.html}`).join('\n')}`);
}
