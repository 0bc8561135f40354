import { LIVE_PLAYLIST_PATH } from './live-playlist.ts';

/** What a central gives of a live channel: its playlist, and what that lists. */
export const CHANNEL_FILE_PATH = /^\/channels\/([0-9a-f]+)(\/(?:canal\.m3u8|init-\d+\.mp4|bloque-\d+\.m4s))$/;

/** `/channels/ID/canal.m3u8` */
export function channelUrl(id: string): string {
  return `/channels/${id}${LIVE_PLAYLIST_PATH}`;
}

/** Undefined for any other path. `file` is the path as who shows the channel alone has it. */
export function parseChannelPath(path: string): { readonly id: string; readonly file: string } | undefined {
  const [, id, file] = CHANNEL_FILE_PATH.exec(path) ?? [];
  return id === undefined || file === undefined ? undefined : { id, file };
}
