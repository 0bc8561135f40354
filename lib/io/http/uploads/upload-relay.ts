import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { pipeline } from 'node:stream/promises';
import type { FastifyInstance } from 'fastify';
import { VideoError } from '../../../base/errors.ts';
import type { UploadPlace, UploadRelay } from '../../../domain/upload-relay.ts';
import { pathOf } from '../../../protocol/data.ts';
import {
  decodeUploadMetadata,
  encodeUploadMetadata,
  formatUploadMetadata,
  parseRelayedUploadPath,
  parseUploadMetadata,
  RELAYED_UPLOADS_PATH,
  relayedUploadPath,
  uploadPath,
  UPLOADS_PATH,
} from '../../../protocol/uploads.ts';

/** Of tus, and of HTTP what says how long a body is. */
const PASSED_ON = ['tus-resumable', 'upload-offset', 'upload-length', 'upload-defer-length', 'content-type', 'content-length'];
const PASSED_BACK = [...PASSED_ON, 'cache-control'];

/**
 * Speaks tus 1.0.0 at `/subidas` with the tongue of a secondary: each request goes there as it comes, and so does its answer back.
 * Nothing is kept here, and an upload survives a restart of the central.
 */
export function serveUploadRelay(app: FastifyInstance, relay: UploadRelay): void {
  void app.register(async scope => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    scope.all(RELAYED_UPLOADS_PATH, async ({ raw }, reply) => {
      const { place, path, headers } = await begin(raw, relay);
      const answer = await ask(raw, place, path, headers);
      reply.hijack();
      await answerWith(answer, reply.raw, place);
    });
    scope.all(`${RELAYED_UPLOADS_PATH}/*`, async ({ raw }, reply) => {
      const upload = parseRelayedUploadPath(pathOf(raw.url!));
      if (!upload) throw new VideoError('not_found', { what: 'route' });
      const place = relay.find(upload);
      const answer = await ask(raw, place, uploadPath(upload.uploadId), {});
      reply.hijack();
      await answerWith(answer, reply.raw, place);
    });
  });
}

/** The central names the upload, so that it may give a token for it. */
async function begin({ headers }: IncomingMessage, relay: UploadRelay): Promise<{ readonly place: UploadPlace; readonly path: string; readonly headers: OutgoingHttpHeaders }> {
  const { name, replaces } = parseUploadMetadata(decodeUploadMetadata(String(headers['upload-metadata'] ?? '')));
  const length = Number(headers['upload-length']);
  const { uploadId, ...place } = await relay.open({ name, replaces, sizeBytes: Number.isSafeInteger(length) ? length : undefined });
  const metadata = encodeUploadMetadata(formatUploadMetadata({ name, fileId: undefined, uploadId, replaces }));
  return { place, path: UPLOADS_PATH, headers: { 'upload-metadata': metadata } };
}

/** Resolves with the head of the secondary's answer, which may come before all was sent: it refuses what is still to come. */
async function ask(from: IncomingMessage, { nodeUrl, token, ca }: UploadPlace, path: string, headers: OutgoingHttpHeaders): Promise<IncomingMessage> {
  const passed = PASSED_ON.flatMap(name => (from.headers[name] === undefined ? [] : [[name, from.headers[name]]]));
  const options = {
    method: from.method,
    agent: false,
    headers: { ...Object.fromEntries(passed), ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
  } as const;
  const url = new URL(path, nodeUrl);
  const request = url.protocol === 'https:' ? httpsRequest(url, { ...options, ca }) : httpRequest(url, options);
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve);
    request.on('error', reject);
  });
  // A large file is read again when it is whole, and until then nothing is heard.
  from.socket.setTimeout(0);
  // A sender that goes away takes the request with it; what arrived stays where it is.
  from.once('close', () => {
    if (!from.complete) request.destroy();
  });
  // Of one that refuses: who is still sending hears the answer when all was sent.
  request.once('close', () => {
    from.unpipe(request);
    from.resume();
  });
  from.pipe(request);
  try {
    return await answered;
  } catch (error) {
    throw new VideoError('no_nodes', {}, { cause: error });
  }
}

async function answerWith(answer: IncomingMessage, response: ServerResponse, { node }: UploadPlace): Promise<void> {
  const { location } = answer.headers;
  response.statusCode = answer.statusCode!;
  for (const name of PASSED_BACK) if (answer.headers[name] !== undefined) response.setHeader(name, answer.headers[name]);
  if (location !== undefined) response.setHeader('location', relayedUploadPath(node, location.slice(location.lastIndexOf('/') + 1)));
  response.setHeader('cache-control', 'no-store');
  await pipeline(answer, response).catch(() => undefined);
}
