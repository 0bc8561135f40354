import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { VideoError } from '../../base/errors.ts';
import { isLanguage, LANGUAGES, messagesIn, type Messages } from '../../base/messages/index.ts';
import type { EventFeed } from '../../domain/event-feed.ts';
import { queryOf } from '../../protocol/data.ts';
import { EVENT_STREAM_TYPE, EVENTS_PATH, formatEvent, formatRetry, KEEP_ALIVE } from '../../protocol/event-stream.ts';
import { limits } from '../../protocol/limits.ts';

/**
 * `/events`: the last events and those that follow, as sentences of the language that `?idioma=` asks for, until whoever reads them leaves or
 * the server stops; with `?seguir=no` only those that there are. Who comes back with `Last-Event-ID` goes on from there.
 */
export function serveEvents(app: FastifyInstance, feed: EventFeed, { keepAliveMs = limits.eventKeepAliveMs }: { readonly keepAliveMs?: number } = {}): void {
  const streams = new Set<ServerResponse>();
  app.addHook('preClose', async () => {
    for (const stream of streams) stream.end();
  });
  app.all(EVENTS_PATH, async ({ raw }, reply) => {
    const query = queryOf(raw.url!);
    const messages = messagesAsked(query.get('idioma'));
    const isFollowed = raw.method === 'GET' && followingAsked(query.get('seguir'));
    const head = { 'Content-Type': EVENT_STREAM_TYPE, 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' };
    const kept = feed.since(raw.headers['last-event-id'] as string | undefined).map(event => formatEvent(event, messages));
    const text = [formatRetry(limits.eventRetryMs), ...kept].join('');
    if (!isFollowed) return reply.headers(head).send(text);
    const stream = reply.raw;
    // Refused before anything is answered.
    const listening = feed.listen(event => write(stream, formatEvent(event, messages)));
    const keepAlive = setInterval(() => write(stream, KEEP_ALIVE), keepAliveMs);
    streams.add(stream);
    stream.once('close', () => {
      clearInterval(keepAlive);
      listening[Symbol.dispose]();
      streams.delete(stream);
    });
    reply.hijack();
    stream.writeHead(200, { ...head, Connection: 'close' });
    stream.write(text);
    return undefined;
  });
}

/** Who does not read has to come back, and asks for what it missed. */
function write(stream: ServerResponse, text: string): void {
  if (stream.writableLength > limits.eventBacklogBytes) stream.destroy();
  else if (stream.writable) stream.write(text);
}

function messagesAsked(language: string | null): Messages {
  if (language === null) return messagesIn('es');
  if (!isLanguage(language)) throw new VideoError('invalid_request', { reason: `idioma: ${LANGUAGES.join(', ')}` });
  return messagesIn(language);
}

function followingAsked(value: string | null): boolean {
  if (value !== null && value !== 'si' && value !== 'no') throw new VideoError('invalid_request', { reason: 'seguir: si, no' });
  return value !== 'no';
}
