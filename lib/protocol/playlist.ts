import type { FileId } from '../domain/file.ts';
import { withToken } from './token.ts';

/** Extended M3U in UTF-8, which every player of lists opens. */
export const PLAYLIST_PATH = '/library.m3u';
export const PLAYLIST_TYPE = 'audio/x-mpegurl; charset=utf-8';
export const PLAYLIST_HEAD = '#EXTM3U\n';

/** A line ends an entry, whatever a title has in it. */
const CONTROL = /\p{Cc}+/gu;
const UNKNOWN_SECONDS = -1;

export interface PlaylistEntry {
  readonly id: FileId;
  readonly name: string;
  readonly title?: string | undefined;
  readonly durationMs?: number | undefined;
  /** Which players show, where reading needs a proof: they know no secret. */
  readonly token?: string | undefined;
}

/** `origin` is where the central is, as whoever asks names it: `http://casa.lan:50000`. */
export function formatEntry({ id, name, title, durationMs, token }: PlaylistEntry, origin: string): string {
  const seconds = durationMs === undefined ? UNKNOWN_SECONDS : Math.round(durationMs / 1000);
  return `#EXTINF:${seconds},${(title ?? name).replace(CONTROL, ' ')}\n${withToken(`${origin}/stream?id=${id}`, token)}\n`;
}
