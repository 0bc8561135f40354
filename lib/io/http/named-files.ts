import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isVideoError, VideoError } from '../../base/errors.ts';
import type { FileOffer, FileOffers } from '../../domain/file-offers.ts';
import { pathOf, queryOf } from '../../protocol/data.ts';
import { parseDocumentName, type DocumentKind } from '../../protocol/document-names.ts';
import { formatDocument } from '../../protocol/file-documents.ts';
import { limits } from '../../protocol/limits.ts';
import { formatMirrorHead, NAMED_FILES_PREFIX } from '../../protocol/named-files.ts';
import { originOf } from './request-origin.ts';

/**
 * Serves files by name to any download program: `/files/NAME` leads to the least busy secondary that holds it and tells
 * of the others, `/files/NAME.meta4` and `/files/NAME.torrent` describe it. A file that is really called so comes first.
 */
export function serveNamedFiles(app: FastifyInstance, offers: FileOffers): void {
  app.all(`${NAMED_FILES_PREFIX}*`, async (request, reply) => {
    try {
      return await answer(nameIn(request), offers, request, reply);
    } catch (error) {
      if (isVideoError(error, 'no_sources')) reply.header('Retry-After', limits.noSourcesRetryAfterS);
      throw error;
    }
  });
}

async function answer(name: string, offers: FileOffers, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const offer = await offers.find(name);
  if (offer) return redirect(offer, request, reply);
  const document = parseDocumentName(name);
  const described = document && (await offers.find(document.of));
  if (!described) throw await offers.missing(name);
  return describe(document.kind, described, request, reply);
}

function redirect({ manifest, mirrors }: FileOffer, { raw }: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { headers, links } = formatMirrorHead(manifest, mirrors, originOf(raw));
  return reply.status(307).headers({ ...headers }).header('Link', [...links]).send();
}

function describe(kind: DocumentKind, { manifest, mirrors }: FileOffer, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { headers, body } = formatDocument(kind, manifest, mirrors, queryOf(request.url));
  return reply.headers({ ...headers }).send(body);
}

/** Decoded once, by us: a router's idea of what an escape means is not to decide which file is asked for. */
function nameIn({ raw }: FastifyRequest): string {
  const path = pathOf(raw.url!).slice(NAMED_FILES_PREFIX.length);
  try {
    return decodeURIComponent(path);
  } catch {
    throw new VideoError('invalid_request', { reason: `${path} is no percent-encoded UTF-8` });
  }
}
