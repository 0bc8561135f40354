import type { IncomingMessage, ServerResponse } from 'node:http';
import { isVideoError } from '../../base/errors.ts';
import type { Manifest } from '../../domain/manifest.ts';
import { filePath, queryOf } from '../../protocol/data.ts';
import type { DocumentKind } from '../../protocol/document-names.ts';
import { formatDocument } from '../../protocol/file-documents.ts';
import { tokenIn, withToken } from '../../protocol/token.ts';
import { sendError, setHead } from './data-answer.ts';
import { originOf } from './request-origin.ts';

/**
 * Answers with the document that describes a file of this server, whose only mirror is where the request came to, with
 * the token that came. Its `Host` has to have been checked.
 */
export function answerDocument(
  kind: DocumentKind,
  manifest: Manifest,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const token = tokenIn(request.headers.authorization, request.url!);
  const mirror = withToken(`${originOf(request)}${filePath(manifest.id)}`, token);
  try {
    const { headers, body } = formatDocument(kind, manifest, [mirror], queryOf(request.url ?? ''));
    setHead(response, 200, headers);
    response.end(body);
  } catch (error) {
    if (!isVideoError(error, 'invalid_request', 'not_found')) throw error;
    sendError(response, error.code, error.facts);
  }
}
