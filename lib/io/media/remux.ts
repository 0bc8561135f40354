import type { Source } from 'mediabunny';
import { VideoError } from '../../base/errors.ts';
import { limits } from '../../protocol/limits.ts';
import { CarriedFilm } from './carried-film.ts';
import { makeFragment, type Fragment } from './fragment.ts';
import { setMovieDuration } from './movie-duration.ts';

export interface Remux {
  /** With its codecs (RFC 6381). */
  readonly contentType: string;
  /** What comes before the first fragment, then each; in memory that nobody else has. */
  readonly fragments: AsyncIterable<Uint8Array<ArrayBuffer>>;
}

/** Shorter fragments cost more, and for longer ones who watches waits. */
const FRAGMENT_MIN_S = 1;

/**
 * Reads a film, of which `newSource` gives all bytes, from the key frame at or before `fromS` on, and makes fragmented MP4 of it without decoding anything. In memory are a fragment and
 * what it was read from.
 *
 * @throws VideoError `not_remuxable`, also while it is read; whatever a parser throws at a broken film
 */
export async function openRemux(newSource: () => Source, { name, fromS }: { readonly name: string; readonly fromS: number }): Promise<Remux> {
  const film = await CarriedFilm.open(newSource, name);
  await film.seek(fromS);
  const fragments = fragmentsOf(film);
  const first = await fragments.next();
  if (first.done) throw new VideoError('not_remuxable', { name, obstacle: 'structure', codecs: [] });
  const { contentType, header, boxes } = first.value;
  const durationS = await film.durationS();
  if (durationS !== undefined) setMovieDuration(header, durationS + film.shiftS);
  return { contentType, fragments: written(header, boxes, fragments) };
}

async function* written(header: Uint8Array, first: Uint8Array<ArrayBuffer>, rest: AsyncIterable<Fragment>): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  yield new Uint8Array(header);
  yield first;
  for await (const { boxes } of rest) yield boxes;
}

async function* fragmentsOf(film: CarriedFilm): AsyncGenerator<Fragment, void> {
  for (let number = 1; ; number += 1) {
    const cut = await film.cut({ minS: FRAGMENT_MIN_S, maxBytes: limits.remuxFragmentMaxBytes });
    if (!cut) return;
    yield await makeFragment(cut.tracks, cut.packets, { number, shiftS: film.shiftS });
  }
}
