import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { VideoError } from '../../base/errors.ts';
import { pathOf } from '../../protocol/data.ts';
import { evaluatePreconditions } from '../../protocol/preconditions.ts';
import type { PageCoding, PageFile, PageFiles } from './page-files.ts';

/** Nothing but what this server gives runs, is shown, or is asked. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const SAFETY = {
  'Content-Security-Policy': POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
} as const;

/** Serves the page at `/`, and its files at `/assets/`. */
export function servePage(app: FastifyInstance, files: PageFiles): void {
  for (const path of ['/', '/favicon.svg', '/assets/*']) app.all(path, (request, reply) => answer(files, request, reply));
}

async function answer(files: PageFiles, { raw, headers }: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const file = await files.find(pathOf(raw.url!));
  if (!file) throw new VideoError('not_found', { what: 'route' });
  const coding = chooseCoding(file, headers['accept-encoding']);
  const etag = `"${file.etag}${coding === undefined ? '' : `-${coding}`}"`;
  void reply.headers({
    ...SAFETY,
    ETag: etag,
    'Cache-Control': file.isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    Vary: 'Accept-Encoding',
  });
  if (evaluatePreconditions({ ifNoneMatch: headers['if-none-match'] }, etag) === 'not_modified') return reply.status(304).send();
  if (coding !== undefined) void reply.header('Content-Encoding', coding);
  return reply.type(file.type).send(await files.read(file, coding));
}

/** The smallest form that the asker takes (RFC 9110 §12.5.3). */
function chooseCoding({ encodings }: PageFile, accepted = ''): PageCoding | undefined {
  const taken = accepted.split(',').map(part => part.trim().toLowerCase());
  return encodings.find(coding => taken.some(part => part === coding || (part.startsWith(`${coding};`) && !/;\s*q=0(?:\.0*)?$/.test(part))));
}
