import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { formatEntry, PLAYLIST_HEAD, PLAYLIST_PATH, PLAYLIST_TYPE, type PlaylistEntry } from '../../protocol/playlist.ts';
import { originOf } from './request-origin.ts';

/** Everything that can be played, some at a time, in order of name. */
export type Library = () => AsyncIterable<readonly PlaylistEntry[]>;

/** `/library.m3u`: the whole catalogue for a player, written while it is read, however large it is. */
export function servePlaylist(app: FastifyInstance, library: Library): void {
  app.get(PLAYLIST_PATH, { exposeHeadRoute: true }, (request, reply) =>
    reply.type(PLAYLIST_TYPE).header('Cache-Control', 'no-store').send(Readable.from(textOf(library, originOf(request.raw)))),
  );
}

async function* textOf(library: Library, origin: string): AsyncGenerator<string> {
  yield PLAYLIST_HEAD;
  for await (const entries of library()) yield entries.map(entry => formatEntry(entry, origin)).join('');
}
