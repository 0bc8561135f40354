import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isVideoError, VideoError } from '../../../base/errors.ts';
import { isFileId, type FileId } from '../../../domain/file.ts';
import { isWireErrorCode, parseWireFacts, type WireError } from '../../../protocol/errors.ts';
import { limits } from '../../../protocol/limits.ts';
import { encodeUploadMetadata, formatUploadMetadata, UPLOADS_PATH } from '../../../protocol/uploads.ts';

export interface RelayedUpload {
  readonly nodeUrl: string;
  readonly uploadId: string;
  readonly name: string;
  /** What has the name and makes room, when the whole file has come. */
  readonly replaces?: FileId | undefined;
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly token: string | undefined;
  /** Certificates that are trusted besides the known ones. */
  readonly ca?: string | undefined;
  readonly signal: AbortSignal;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

/**
 * Sends bytes of unknown number to a node, in one go: a tus upload of deferred length, whose length is told at the end. Tells what
 * the node found them to be.
 *
 * @throws VideoError what the node answered; `source_unreachable`, `source_protocol`; or the signal's reason
 */
export async function relayUpload({ nodeUrl, uploadId, name, replaces, chunks, token, ca, signal }: RelayedUpload): Promise<{ readonly id: FileId; readonly sizeBytes: number }> {
  const common = { 'Tus-Resumable': '1.0.0', ...(token !== undefined && { Authorization: `Bearer ${token}` }) };
  const send = (method: string, path: string, headers: OutgoingHttpHeaders, body: AsyncIterable<Uint8Array>) =>
    ask(new URL(path, nodeUrl), method, { ca, headers: { ...common, 'Content-Type': 'application/offset+octet-stream', ...headers }, body, signal });
  const metadata = encodeUploadMetadata(formatUploadMetadata({ name, fileId: undefined, uploadId, replaces }));
  let path: string | undefined;
  try {
    // Before anything is sent: whoever refuses a request in the middle of its body may not be heard.
    const begun = await send('POST', UPLOADS_PATH, { 'Upload-Defer-Length': '1', 'Upload-Metadata': metadata, 'Content-Length': 0 }, nothing());
    path = begun.headers.location;
    if (begun.status !== 201 || path === undefined) throw refused(nodeUrl, begun);
    const sent = await send('PATCH', path, { 'Upload-Offset': '0' }, chunks);
    const offset = sent.headers['upload-offset'];
    if (sent.status !== 204 || typeof offset !== 'string') throw refused(nodeUrl, sent);
    const ended = await send('PATCH', path, { 'Upload-Offset': offset, 'Upload-Length': offset, 'Content-Length': 0 }, nothing());
    const { id, sizeBytes } = (ended.body ?? {}) as { readonly id?: unknown; readonly sizeBytes?: unknown };
    if (ended.status !== 200 || typeof id !== 'string' || !isFileId(id) || typeof sizeBytes !== 'number') throw refused(nodeUrl, ended);
    return { id, sizeBytes };
  } catch (error) {
    // Nobody can go on with it; a node that does not hear so removes it by itself, later.
    if (path !== undefined) await ask(new URL(path, nodeUrl), 'DELETE', { ca, headers: common, body: nothing(), signal: AbortSignal.timeout(limits.requestTimeoutMs) }).catch(() => undefined);
    signal.throwIfAborted();
    throw isVideoError(error) ? error : new VideoError('source_unreachable', { source: nodeUrl, reason: (error as Error).message }, { cause: error });
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

function refused(nodeUrl: string, { status, body }: Answer): VideoError {
  const { code, details } = (body ?? {}) as Partial<WireError>;
  const facts = code !== undefined && isWireErrorCode(code) ? parseWireFacts(code, details) : undefined;
  if (code !== undefined && isWireErrorCode(code) && facts) return new VideoError(code, facts);
  return new VideoError('source_protocol', { source: nodeUrl, reason: `HTTP ${status}` });
}

interface Asking {
  readonly ca: string | undefined;
  readonly headers: OutgoingHttpHeaders;
  readonly body: AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal;
}

async function ask(url: URL, method: string, { ca, headers, body, signal }: Asking): Promise<Answer> {
  const options = { method, headers, agent: false, signal } as const;
  const request = url.protocol === 'https:' ? httpsRequest(url, { ...options, ca }) : httpRequest(url, options);
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve);
    request.once('error', reject);
  });
  // A node that refuses answers before it has read everything, and what is left cannot be sent.
  const sent = pipeline(Readable.from(body), request).catch(() => undefined);
  const response = await answered;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.byteLength;
    if (length <= limits.headerMaxBytes) chunks.push(chunk);
  }
  request.destroy();
  await sent;
  return { status: response.statusCode ?? 0, headers: response.headers, body: parseJson(Buffer.concat(chunks)) };
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}
