import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { VideoError } from '../../base/errors.ts';
import { DOCS_FILES, DOCS_PATH, DOCS_POLICY } from '../../protocol/docs-page.ts';

/** Where `build/docs-page.ts` leaves them, compressed. */
const folder = join(import.meta.dirname, basename(import.meta.dirname) === 'bin' ? '..' : '../../..', 'page', 'docs');

/** Serves Swagger UI with the document of this central. Files are read when somebody asks, which few do. */
export function serveDocsPage(app: FastifyInstance): void {
  app.get(DOCS_PATH, (request, reply) => send('index.html', request, reply));
  app.get(`${DOCS_PATH}/:file`, (request, reply) => send((request.params as { readonly file: string }).file, request, reply));
}

async function send(name: string, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const type = Object.hasOwn(DOCS_FILES, name) ? DOCS_FILES[name] : undefined;
  if (type === undefined) throw new VideoError('not_found', { what: 'route' });
  const bytes = await readFile(join(folder, `${name}.gz`));
  const etag = `"${createHash('sha256').update(bytes).digest('base64url')}"`;
  reply.headers({ ETag: etag, 'Cache-Control': 'no-cache', 'X-Content-Type-Options': 'nosniff' });
  if (request.headers['if-none-match'] === etag) return reply.status(304).send();
  // A field that says nothing of gzip lets it pass (RFC 9110 §12.5.3); who excludes it is no browser.
  return reply.headers({ 'Content-Type': type, 'Content-Encoding': 'gzip', 'Content-Security-Policy': DOCS_POLICY, 'Referrer-Policy': 'no-referrer' }).send(bytes);
}
