import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { build, type Metafile, type Plugin } from 'esbuild';
import type { PageIndex, PageFile } from '../lib/io/http/page-files.ts';

/**
 * Makes the page of the central, `dist/page`: hashed files that browsers keep for ever, each also compressed, and `page.json`, which
 * says what there is. Views are files of their own, loaded when they are first opened.
 */
const root = join(import.meta.dirname, '..', '..');
const out = join(root, 'dist', 'page');
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/**
 * The controls of the player put their styles into the page as text, which the page's policy does not let through. Here they become
 * style sheets that belong to the shadow root, and rules that come later are looked for there.
 */
const playerStyles: Plugin = {
  name: 'player-styles',
  setup({ onLoad }) {
    onLoad({ filter: /media-chrome[\\/]dist[\\/](?:utils[\\/])?[\w-]+\.js$/ }, async ({ path }) => {
      const code = await readFile(path, 'utf8');
      const filled = code
        .replace(/this\.shadowRoot\.setHTMLUnsafe \? this\.shadowRoot\.setHTMLUnsafe\(html\) : this\.shadowRoot\.innerHTML = html;/g, 'fillShadow(this.shadowRoot, html);')
        .replace(/this\.shadowRoot\.innerHTML = (this\.constructor\.getTemplateHTML\(attrs\));/g, 'fillShadow(this.shadowRoot, $1);')
        .replace(/styleParent\.querySelectorAll\("style:not\(\[media\]\)"\)/g, 'stylesOf(styleParent)');
      const contents = filled === code ? code : `import { fillShadow, stylesOf } from ${JSON.stringify(join(root, 'web', 'watch', 'fill-shadow.ts'))};\n${filled}`;
      return { contents, loader: 'js' };
    });
  },
};

await rm(out, { recursive: true, force: true });
await mkdir(join(out, 'assets'), { recursive: true });
const { metafile } = await build({
  absWorkingDir: root,
  outdir: join(out, 'assets'),
  entryPoints: ['web/main.tsx', 'web/style/main.css'],
  entryNames: '[name]-[hash]',
  chunkNames: '[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'browser',
  target: ['chrome123', 'firefox121', 'safari17.5'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  minify: true,
  legalComments: 'none',
  metafile: true,
  plugins: [playerStyles],
  logLevel: 'warning',
});

const html = (await readFile(join(root, 'web', 'index.html'), 'utf8'))
  .replace('main.css', urlOf('web/style/main.css'))
  .replace('main.tsx', urlOf('web/main.tsx'))
  .replace('<!-- preload -->', firstImports(metafile, outputOf('web/main.tsx')).map(path => `<link rel="modulepreload" href="/assets/${basename(path)}">`).join(''));
await writeFile(join(out, 'index.html'), html);
await writeFile(join(out, 'favicon.svg'), await readFile(join(root, 'web', 'favicon.svg')));
const files: Record<string, PageFile> = {
  '/': await describe('index.html'),
  '/favicon.svg': await describe('favicon.svg'),
};
for (const name of (await readdir(join(out, 'assets'))).toSorted()) files[`/assets/${name}`] = await describe(`assets/${name}`);
await writeFile(join(out, 'page.json'), JSON.stringify({ files } satisfies PageIndex));

function outputOf(entry: string): string {
  const [path] = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === entry)!;
  return path;
}

function urlOf(entry: string): string {
  return `/assets/${basename(outputOf(entry))}`;
}

/** What the first file needs before it can run. */
function firstImports({ outputs }: Metafile, path: string, found = new Set<string>()): readonly string[] {
  for (const { path: imported, kind } of outputs[path]!.imports) {
    if (kind !== 'import-statement' || found.has(imported)) continue;
    found.add(imported);
    firstImports({ outputs, inputs: {} }, imported, found);
  }
  return [...found];
}

/** Writes its compressed forms beside it, where they are smaller. */
async function describe(path: string): Promise<PageFile> {
  const bytes = await readFile(join(out, path));
  const encoded = {
    br: await promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }),
    gzip: await promisify(gzip)(bytes, { level: constants.Z_BEST_COMPRESSION }),
  };
  const encodings: PageFile['encodings'][number][] = [];
  for (const coding of ['br', 'gzip'] as const) {
    if (encoded[coding].length >= bytes.length) continue;
    await writeFile(join(out, `${path}.${coding}`), encoded[coding]);
    encodings.push(coding);
  }
  const etag = createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
  return { path, type: types[/\.\w+$/.exec(path)![0]]!, etag, encodings, isImmutable: dirname(path) === 'assets' };
}
