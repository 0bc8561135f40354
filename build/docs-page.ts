import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';

/** Puts what `/docs` serves into `dist/page/docs`, compressed: our page, and of Swagger UI no more than it takes, with its licence. */
const root = join(import.meta.dirname, '..', '..');
const out = join(root, 'dist', 'page', 'docs');
const swagger = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
const page = join(root, 'web', 'docs');
const sources = [
  ...(await readdir(page)).map(name => join(page, name)),
  ...['swagger-ui-bundle.js', 'swagger-ui.css', 'LICENSE', 'NOTICE'].map(name => join(swagger, name)),
];

await mkdir(out, { recursive: true });
await Promise.all(
  sources.map(async source => {
    const name = source.slice(dirname(source).length + 1);
    // The names of the maps, which are not here, are left out: a browser would ask for them.
    const text = (await readFile(source, 'utf8')).replace(/\n(?:\/\/|\/\*)# sourceMappingURL=.*\s*$/, '\n');
    await writeFile(join(out, `${name}.gz`), await promisify(gzip)(text, { level: constants.Z_BEST_COMPRESSION }));
  }),
);
