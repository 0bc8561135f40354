/** The playlist of a channel (RFC 8216), and where what it lists is: relative to it. */
export const LIVE_PLAYLIST_PATH = '/canal.m3u8';
export const LIVE_PLAYLIST_TYPE = 'application/vnd.apple.mpegurl';
/** Of a piece, where its maker says no more. */
export const LIVE_PIECE_TYPE = 'video/mp4';

/** `EXT-X-MAP` outside of lists of key frames is of version 6. */
const VERSION = 7;
const PIECE_PATH = /^\/(init|bloque)-([1-9]\d{0,9})\.(mp4|m4s)$/;
const EXTENSIONS = { init: 'mp4', bloque: 'm4s' } as const;
/** A player that begins nearer to the end than so many targets may run dry (RFC 8216 §4.3.5.2). */
const START_TARGETS = 3;

export interface LivePlaylistEntry {
  /** Number of its init: the same one for blocks that share it. */
  readonly init: number;
  readonly durationMs: number;
  readonly isDiscontinuity: boolean;
}

export interface LivePlaylist {
  /** No duration may be longer, rounded to seconds; it is not to change while a channel is played (RFC 8216 §6.2.1). */
  readonly targetDurationS: number;
  /** Number of the first entry; those that follow count on. */
  readonly mediaSequence: number;
  readonly discontinuitySequence: number;
  readonly entries: readonly LivePlaylistEntry[];
}

/** One that has no end. */
export function formatLivePlaylist({ targetDurationS, mediaSequence, discontinuitySequence, entries }: LivePlaylist): string {
  const startMs = Math.min(START_TARGETS * targetDurationS * 1000, sum(entries.map(({ durationMs }) => durationMs)));
  const head = [
    '#EXTM3U',
    `#EXT-X-VERSION:${VERSION}`,
    `#EXT-X-TARGETDURATION:${targetDurationS}`,
    `#EXT-X-MEDIA-SEQUENCE:${mediaSequence}`,
    `#EXT-X-DISCONTINUITY-SEQUENCE:${discontinuitySequence}`,
    '#EXT-X-INDEPENDENT-SEGMENTS',
    ...(startMs > 0 ? [`#EXT-X-START:TIME-OFFSET=-${seconds(startMs)}`] : []),
  ];
  const body = entries.flatMap(({ init, durationMs, isDiscontinuity }, index) => [
    ...(isDiscontinuity ? ['#EXT-X-DISCONTINUITY'] : []),
    // One holds on behind a discontinuity.
    ...(init !== entries[index - 1]?.init ? [`#EXT-X-MAP:URI="${fileNameOf('init', init)}"`] : []),
    `#EXTINF:${seconds(durationMs)},`,
    fileNameOf('bloque', mediaSequence + index),
  ]);
  return `${[...head, ...body].join('\n')}\n`;
}

export interface LivePiecePath {
  readonly kind: 'init' | 'bloque';
  readonly number: number;
}

/** What `/init-N.mp4` or `/bloque-N.m4s` names, or undefined for any other path. */
export function parsePiecePath(path: string): LivePiecePath | undefined {
  const [, kind, number, extension] = PIECE_PATH.exec(path) ?? [];
  if (kind !== 'init' && kind !== 'bloque') return undefined;
  return extension === EXTENSIONS[kind] ? { kind, number: Number(number) } : undefined;
}

/** The least target that a block allows (RFC 8216 §4.3.3.1). */
export function targetDurationFor(durationMs: number): number {
  return Math.round(durationMs / 1000);
}

function fileNameOf(kind: LivePiecePath['kind'], number: number): string {
  return `${kind}-${number}.${EXTENSIONS[kind]}`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
