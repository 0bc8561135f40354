import type { ServedFile } from './served-files.ts';

/** A track of a film, as far as it matters whether another container can carry it for browsers. */
export interface FilmTrack {
  readonly kind: 'video' | 'audio';
  /** As WebCodecs families are called, `avc`; of a codec that has no such name, what its container calls it. */
  readonly codec: string;
}

/** Those that MP4 carries and that browsers play from it. Whether one that asks does, only that one knows. */
const CARRIED: Readonly<Record<FilmTrack['kind'], readonly string[]>> = {
  video: ['avc', 'hevc', 'vp9', 'av1'],
  audio: ['aac', 'mp3', 'opus', 'flac'],
};

/** Of the containers that are read for it: `video/x-matroska`, `video/MP2T`. */
const CONTAINER = /^video\/(?:(?:x-)?matroska|webm|mp4|quicktime|mp2t)$/i;

/** Whether it is worth asking for a file of that type; what is in it, only who opens it knows. */
export function mayBeRemuxed(contentType: string | undefined): boolean {
  return contentType !== undefined && CONTAINER.test(contentType);
}

/** The tracks to carry, the picture first; or the codecs because of which the film would be without picture or without sound. */
export type TrackChoice<Track> = { readonly carried: readonly Track[] } | { readonly lacking: readonly string[] };

/** Of the tracks of a film, the preferred ones first: one picture and one sound, as far as there are any. */
export function chooseTracks<Track extends FilmTrack>(tracks: readonly Track[]): TrackChoice<Track> {
  const carried: Track[] = [];
  for (const kind of ['video', 'audio'] as const) {
    const all = tracks.filter(track => track.kind === kind);
    const chosen = all.find(({ codec }) => CARRIED[kind].includes(codec));
    if (!chosen && all.length > 0) return { lacking: [...new Set(all.map(({ codec }) => codec))] };
    if (chosen) carried.push(chosen);
  }
  return { carried };
}

/** Puts films into MP4 as they are read, without decoding anything. */
export interface Remuxer {
  /**
   * Begins at the key frame at or before `fromS` seconds. The film reads from the file, which stays the caller's to dispose of after it.
   *
   * @throws VideoError `not_remuxable`, `remuxes_full`; what reading throws; the signal's reason
   */
  open(file: ServedFile, options: { readonly fromS: number; readonly signal: AbortSignal }): Promise<RemuxedFilm>;
}

export interface RemuxedFilm extends AsyncDisposable {
  /** With its codecs (RFC 6381). */
  readonly contentType: string;
  /** To be read once: fragmented MP4, in order, made no faster than it is read. Times in it are those of the film. */
  readonly fragments: AsyncIterable<Uint8Array>;
}
