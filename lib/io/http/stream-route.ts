import type { FastifyInstance } from 'fastify';
import { isVideoError, VideoError } from '../../base/errors.ts';
import { isFileId } from '../../domain/file.ts';
import type { FileOffers } from '../../domain/file-offers.ts';
import { DATA_METHODS } from '../../protocol/data.ts';
import { limits } from '../../protocol/limits.ts';
import { isReading } from './data-answer.ts';

const PATH = '/stream';

/** `/stream?id=` leads a player to the least busy secondary that holds the file; what range it asks for, it asks for there. */
export function serveStream(app: FastifyInstance, offers: FileOffers): void {
  void app.register(async scope => {
    scope.addHook('onRequest', async ({ raw }) => {
      if (!isReading(raw)) throw new VideoError('method_not_allowed', { allowed: DATA_METHODS });
    });
    scope.all(PATH, async (request, reply) => {
      const { id } = request.query as { readonly id?: unknown };
      if (typeof id !== 'string' || !isFileId(id)) throw new VideoError('invalid_request', { reason: 'id: the id of a file is needed' });
      try {
        const url = await offers.locate(id);
        if (url === undefined) throw new VideoError('file_not_found', { name: id, near: [] });
        return await reply.status(302).headers({ Location: url, 'Cache-Control': 'no-cache' }).send();
      } catch (error) {
        if (isVideoError(error, 'no_sources')) reply.header('Retry-After', limits.noSourcesRetryAfterS);
        throw error;
      }
    });
  });
}
