import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { isVideoError, VideoError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { ByteRange } from '../../domain/manifest.ts';
import type { Remuxer } from '../../domain/remux.ts';
import type { ServedFile, ServedFiles } from '../../domain/served-files.ts';
import { queryOf } from '../../protocol/data.ts';
import { limits } from '../../protocol/limits.ts';
import { parseStreamQuery, STREAM_PATH } from '../../protocol/stream.ts';
import { BufferPool } from '../files/buffer-pool.ts';
import { toWireError, wireErrorOf } from './control-errors.ts';
import { sendJson } from './data-answer.ts';
import { answerFile } from './file-request.ts';
import { pump } from './pump.ts';
import { answerRemuxed } from './remux-answer.ts';

/** When to come again, in seconds, of what may go well then. */
const RETRY_AFTER_S = { no_sources: limits.noSourcesRetryAfterS, remuxes_full: limits.remuxesFullRetryAfterS } as const;

/**
 * `/stream?id=` gives a file, or the range asked for, to any player: wherever the bytes are, it is one address. With `formato=mp4` it gives
 * a film in a form that browsers play.
 */
export function serveStream(app: FastifyInstance, files: ServedFiles, { log, remuxer }: { readonly log: Log; readonly remuxer: Remuxer }): void {
  const pool = new BufferPool({ bufferSizeBytes: limits.gatewayBufferBytes, maxBuffers: limits.gatewayBuffers });
  app.all(STREAM_PATH, async (request, reply) => {
    // As it was read when a token for it was looked at.
    const { id, remux } = parseStreamQuery(queryOf(request.raw.url!));
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort(new VideoError('cancelled', {})));
    reply.hijack();
    try {
      await using file = await files.open(id, { signal: gone.signal });
      if (!file) throw new VideoError('file_not_found', { name: id, near: [] });
      if (remux) await answerRemuxed(file, request.raw, reply.raw, { remuxer, ...remux, signal: gone.signal });
      else await answerFile(file, request.raw, reply.raw, { sendBody });
    } catch (error) {
      refuse(reply.raw, error, log);
    }
  });

  async function sendBody(served: ServedFile, range: ByteRange, response: ServerResponse): Promise<void> {
    await pump(served, range, response, pool, () => undefined);
    response.end();
  }
}

/** Once the head was sent, only the end of the connection can say that the body is not whole. */
function refuse(response: ServerResponse, error: unknown, log: Log): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const known = toWireError(error, STREAM_PATH, log);
  const { status, body } = wireErrorOf(known);
  for (const name of response.getHeaderNames()) response.removeHeader(name);
  sendJson(response, status, body, isVideoError(known, 'no_sources', 'remuxes_full') ? { 'Retry-After': RETRY_AFTER_S[known.code] } : {});
}
