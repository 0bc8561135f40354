import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { isVideoError, VideoError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { isFileId } from '../../domain/file.ts';
import type { ServedFiles } from '../../domain/served-files.ts';
import { DATA_METHODS, queryOf } from '../../protocol/data.ts';
import { limits } from '../../protocol/limits.ts';
import { BufferPool } from '../files/buffer-pool.ts';
import { toWireError, wireErrorOf } from './control-errors.ts';
import { isReading, sendJson } from './data-answer.ts';
import { answerFile } from './file-request.ts';
import { pump } from './pump.ts';

const PATH = '/stream';

/** `/stream?id=` gives a file, or the range asked for, to any player: wherever the bytes are, it is one address. */
export function serveStream(app: FastifyInstance, files: ServedFiles, { log }: { readonly log: Log }): void {
  const pool = new BufferPool({ bufferSizeBytes: limits.gatewayBufferBytes, maxBuffers: limits.gatewayBuffers });
  void app.register(async scope => {
    scope.addHook('onRequest', async ({ raw }) => {
      if (!isReading(raw)) throw new VideoError('method_not_allowed', { allowed: DATA_METHODS });
    });
    scope.all(PATH, async (request, reply) => {
      // As it was read when a token for it was looked at.
      const id = queryOf(request.raw.url!).get('id') ?? '';
      if (!isFileId(id)) throw new VideoError('invalid_request', { reason: 'id: the id of a file is needed' });
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort(new VideoError('cancelled', {})));
      await using file = await files.open(id, { signal: gone.signal }).catch((error: unknown) => {
        if (isVideoError(error, 'no_sources')) reply.header('Retry-After', limits.noSourcesRetryAfterS);
        throw error;
      });
      if (!file) throw new VideoError('file_not_found', { name: id, near: [] });
      reply.hijack();
      try {
        await answerFile(file, request.raw, reply.raw, {
          async sendBody(served, range, response) {
            await pump(served, range, response, pool, () => undefined);
            response.end();
          },
        });
      } catch (error) {
        refuse(reply.raw, error, log);
      }
    });
  });
}

/** Once the head was sent, only the end of the connection can say that the body is not whole. */
function refuse(response: ServerResponse, error: unknown, log: Log): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const { status, body } = wireErrorOf(toWireError(error, PATH, log));
  for (const name of response.getHeaderNames()) response.removeHeader(name);
  sendJson(response, status, body);
}
