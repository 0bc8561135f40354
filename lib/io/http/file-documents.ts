import type { IncomingMessage, ServerResponse } from 'node:http';
import { isVideoError } from '../../base/errors.ts';
import { isForeignRequest } from '../../domain/access.ts';
import type { Manifest } from '../../domain/manifest.ts';
import { filePath, queryOf } from '../../protocol/data.ts';
import type { DocumentKind } from '../../protocol/document-names.ts';
import { formatDocument } from '../../protocol/file-documents.ts';
import { sendError, setHead } from './data-answer.ts';
import { originOf } from './request-origin.ts';

/**
 * Answers with the document that describes a file of this server, whose only mirror is where the request came to: its
 * `Host` has to be one that could be ours. `ownNames` are what this server is called.
 */
export function answerDocument(
  kind: DocumentKind,
  manifest: Manifest,
  ownNames: readonly string[],
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { host, origin } = request.headers;
  if (isForeignRequest(host, origin, ownNames)) {
    sendError(response, 'forbidden', { host: host ?? '' });
    return;
  }
  const mirror = `${originOf(request)}${filePath(manifest.id)}`;
  try {
    const { headers, body } = formatDocument(kind, manifest, [mirror], queryOf(request.url ?? ''));
    setHead(response, 200, headers);
    response.end(body);
  } catch (error) {
    if (!isVideoError(error, 'invalid_request', 'not_found')) throw error;
    sendError(response, error.code, error.facts);
  }
}
