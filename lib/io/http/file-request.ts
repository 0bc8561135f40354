import type { IncomingMessage, ServerResponse } from 'node:http';
import mime from 'mime';
import { isVideoError, VideoError } from '../../base/errors.ts';
import { foreignPlaceOf } from '../../domain/access.ts';
import { HeldParts } from '../../domain/held-parts.ts';
import type { ByteRange } from '../../domain/manifest.ts';
import type { ServedFile, ServedFiles } from '../../domain/served-files.ts';
import type { ReadGuard } from '../../domain/tokens.ts';
import { DATA_METHODS, etagOf, fileHeaders, MANIFEST_PATH, parseFilePath, pathOf, type FileTarget } from '../../protocol/data.ts';
import { limits } from '../../protocol/limits.ts';
import { evaluatePreconditions, isRangeWanted } from '../../protocol/preconditions.ts';
import { formatContentRange, resolveRange } from '../../protocol/range.ts';
import { dataAccessAt } from '../../protocol/roles.ts';
import { tokenIn } from '../../protocol/token.ts';
import { isUploadPath } from '../../protocol/uploads.ts';
import { isReading, sendError, sendJson, setHead } from './data-answer.ts';
import { answerDocument } from './file-documents.ts';
import { answerManifest, type ManifestOffers } from './manifest-route.ts';
import { answerStatus, type NodeStatus } from './node-status.ts';
import { sendRefusal } from './token-refusal.ts';

/** What answering needs from its server. */
export interface RequestContext {
  readonly files: ServedFiles;
  readonly status: NodeStatus;
  readonly uploads?: ((request: IncomingMessage, response: ServerResponse) => Promise<void>) | undefined;
  /** Answers what `/manifest` asks for; without it there is no such route. */
  readonly manifests?: ManifestOffers | undefined;
  /** Whether there is a place for a download over this answer's connection; without it, there always is. */
  readonly admit?: ((response: ServerResponse) => boolean) | undefined;
  /** What the server is called. */
  readonly ownNames: readonly string[];
  /** Who may read; without it, everybody. */
  readonly guard: ReadGuard | undefined;
  /** Sends the body of a file's answer; the head is set and not yet sent. */
  readonly sendBody: (file: ServedFile, range: ByteRange, response: ServerResponse) => Promise<void>;
}

/** Answers one request: a file, what describes it, how the server is, or why not. Nothing else can be reached. */
export async function answerRequest(request: IncomingMessage, response: ServerResponse, context: RequestContext): Promise<void> {
  const { host, origin } = request.headers;
  const path = pathOf(request.url ?? '/');
  const access = dataAccessAt(path);
  const target = parseFilePath(path);
  const foreign = foreignPlaceOf(host, origin, context.ownNames);
  if (foreign) {
    sendError(response, 'forbidden', foreign);
  } else if (context.uploads && isUploadPath(path)) {
    await context.uploads(request, response);
  } else if (context.manifests && path === MANIFEST_PATH) {
    await answerManifest(request, response, context.manifests);
  } else if (!access) {
    sendError(response, 'not_found', { what: 'route' });
  } else if (!isReading(request)) {
    sendError(response, 'method_not_allowed', { allowed: DATA_METHODS }, { Allow: DATA_METHODS.join(', ') });
  } else if (!target) {
    await answerStatus(path, request, response, context.status);
  } else if (isLetIn(target, request, response, context.guard)) {
    await answerTarget(target, request, response, context);
  }
}

/** Before it is told whether the file is here. */
function isLetIn({ id }: FileTarget, { method, url, headers }: IncomingMessage, response: ServerResponse, guard: ReadGuard | undefined): boolean {
  const problem = guard?.problemWith(tokenIn(headers.authorization, url!), { fileId: id, method: method! });
  if (problem === undefined) return true;
  sendRefusal(response, problem);
  return false;
}

async function answerTarget(
  { id, document }: FileTarget,
  request: IncomingMessage,
  response: ServerResponse,
  context: RequestContext,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort(new VideoError('cancelled', {})));
  await using file = await openFile(context.files, id, gone.signal);
  if (!file) sendError(response, 'not_found', { what: 'file', id });
  else if (document === 'parts') answerParts(file, response);
  else if (document) answerDocument(document, file.manifest, request, response);
  else if (request.method === 'GET' && context.admit?.(response) === false) sendError(response, 'peer_refused', {});
  else await answerFile(file, request, response, context);
}

/** The file or a range of it, as conditions and method want (RFC 9110). */
export async function answerFile(file: ServedFile, request: IncomingMessage, response: ServerResponse, context: Pick<RequestContext, 'sendBody'>): Promise<void> {
  const { manifest } = file;
  const { id } = manifest;
  const etag = etagOf(id);
  const conditions = {
    ifMatch: request.headers['if-match'],
    ifNoneMatch: request.headers['if-none-match'],
    ifRange: headerOf(request, 'if-range'),
  };
  const precondition = evaluatePreconditions(conditions, etag);
  if (precondition === 'precondition_failed') {
    sendError(response, 'precondition_failed', { id }, { ETag: etag });
    return;
  }
  const headers = (range?: ByteRange) => fileHeaders(manifest, contentTypeOf(manifest.name), range);
  if (precondition === 'not_modified') {
    const { ETag, 'Cache-Control': cacheControl } = headers();
    setHead(response, 304, { ETag: ETag!, 'Cache-Control': cacheControl! });
    response.end();
    return;
  }

  // A range has a meaning in GET only (RFC 9110 §14.2): HEAD tells of the whole.
  const isRangeAsked = request.method === 'GET' && isRangeWanted(conditions, etag);
  const wanted = resolveRange(isRangeAsked ? request.headers.range : undefined, manifest.sizeBytes);
  if (wanted.kind === 'unsatisfiable') {
    const { sizeBytes } = manifest;
    sendError(response, 'range_not_satisfiable', { sizeBytes }, { 'Content-Range': formatContentRange(undefined, sizeBytes), ETag: etag });
    return;
  }
  const range = wanted.kind === 'part' ? wanted.range : undefined;
  if (request.method === 'GET' && !isHeld(file, range)) {
    sendError(response, 'parts_not_here', { id }, { 'Retry-After': limits.partsRetryAfterS });
    return;
  }
  setHead(response, range ? 206 : 200, headers(range));
  if (request.method === 'HEAD') response.end();
  else await context.sendBody(file, range ?? { start: 0, end: manifest.sizeBytes }, response);
}

/** `held` is a bitfield, in base64. */
function answerParts({ manifest: { id, partHashes }, held }: ServedFile, response: ServerResponse): void {
  const parts = partHashes.length;
  sendJson(response, 200, { id, parts, held: `${held ?? new HeldParts(parts, partHashes.keys())}` });
}

function isHeld({ manifest, held }: ServedFile, { start, end }: ByteRange = { start: 0, end: manifest.sizeBytes }): boolean {
  if (!held) return true;
  for (let part = Math.floor(start / manifest.partSizeBytes); part * manifest.partSizeBytes < end; part += 1) if (!held.has(part)) return false;
  return true;
}

/** A file whose bytes are no longer those of its id is not here. */
async function openFile(files: ServedFiles, id: FileTarget['id'], signal: AbortSignal): Promise<ServedFile | undefined> {
  try {
    return await files.open(id, { signal });
  } catch (error) {
    if (isVideoError(error, 'file_changed')) return undefined;
    throw error;
  }
}

function headerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

function contentTypeOf(name: string): string {
  return mime.getType(name) ?? 'application/octet-stream';
}
