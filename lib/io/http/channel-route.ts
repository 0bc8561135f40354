import type { FastifyInstance } from 'fastify';
import { pathOf } from '../../protocol/data.ts';
import { parseChannelPath } from '../../protocol/channel-files.ts';
import type { AnswerLive } from '../live/live-answers.ts';

/** The live channels that this server gives to browsers. */
export interface ShownChannels {
  /** Who answers for a channel; watches it from now on, when nobody did. @throws VideoError `not_found`, `channels_full`, `channel_full` */
  screenOf(id: string): Promise<{ readonly answer: AnswerLive }>;
}

/** `/channels/ID/canal.m3u8`, and what it lists: a live channel as HLS, for as many browsers as ask. */
export function serveChannels(app: FastifyInstance, channels: ShownChannels): void {
  app.all('/channels/:id/:file', async ({ raw }, reply) => {
    // Any other path was refused before it came here.
    const { id, file } = parseChannelPath(pathOf(raw.url!))!;
    const { answer } = await channels.screenOf(id);
    reply.hijack();
    await answer(file, raw, reply.raw);
  });
}
