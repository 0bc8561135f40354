import { Input, MATROSKA, MP4, MPEG_TS, QTFF, WEBM, type Source } from 'mediabunny';
import { VideoError, type ErrorFacts } from '../../base/errors.ts';
import { chooseTracks } from '../../domain/remux.ts';
import { limits } from '../../protocol/limits.ts';
import { CarriedTrack } from './carried-track.ts';
import { filmTracks } from './film-tracks.ts';
import { makeFragment, type CarriedPacket, type Fragment } from './fragment.ts';
import { setMovieDuration } from './movie-duration.ts';

export interface Remux {
  /** With its codecs (RFC 6381). */
  readonly contentType: string;
  /** What comes before the first fragment, then each; in memory that nobody else has. */
  readonly fragments: AsyncIterable<Uint8Array<ArrayBuffer>>;
}

type Refusal = (obstacle: ErrorFacts['not_remuxable']['obstacle'], codecs?: readonly string[]) => VideoError<'not_remuxable'>;

/** AVI is none that the library reads. */
const FORMATS = [MATROSKA, WEBM, MP4, QTFF, MPEG_TS];
/** Shorter fragments cost more, and for longer ones who watches waits. */
const FRAGMENT_MIN_S = 1;

/**
 * Reads a film from the key frame at or before `fromS` on, and makes fragmented MP4 of it without decoding anything. In memory are a fragment and
 * what it was read from.
 *
 * @throws VideoError `not_remuxable`, also while it is read; whatever a parser throws at a broken film
 */
export async function openRemux(source: Source, { name, fromS }: { readonly name: string; readonly fromS: number }): Promise<Remux> {
  const refuse: Refusal = (obstacle, codecs = []) => new VideoError('not_remuxable', { name, obstacle, codecs });
  const input = new Input({ source, formats: FORMATS });
  if (!(await input.canRead())) throw refuse('container');
  const choice = chooseTracks(await filmTracks(input));
  if ('lacking' in choice) throw refuse('codec', choice.lacking);
  const opened = await Promise.all(choice.carried.map(({ track }) => CarriedTrack.open(track)));
  const tracks = opened.filter(track => track !== undefined);
  // Not without the picture, because nobody can tell how it is decoded.
  if (tracks.length < opened.length) throw refuse('structure');
  const [lead, ...others] = tracks;
  if (!lead) throw refuse('container');

  // Whatever its clock says when it begins: who watches begins at zero.
  const shiftS = -Math.min(...tracks.map(({ startS }) => startS));
  await lead.seek(fromS - shiftS);
  // What is heard before the first picture is part of the whole film.
  for (const other of others) await other.seek(fromS === 0 ? other.startS : (lead.next?.timestamp ?? Infinity));
  const fragments = fragmentsOf(tracks, shiftS, refuse);
  const first = await fragments.next();
  if (first.done) throw refuse('structure');
  const { contentType, header, boxes } = first.value;
  const durationS = await input.getDurationFromMetadata();
  if (durationS !== null) setMovieDuration(header, durationS + shiftS);
  return { contentType, fragments: written(header, boxes, fragments) };
}

async function* written(header: Uint8Array, first: Uint8Array<ArrayBuffer>, rest: AsyncIterable<Fragment>): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  yield new Uint8Array(header);
  yield first;
  for await (const { boxes } of rest) yield boxes;
}

async function* fragmentsOf(tracks: readonly CarriedTrack[], shiftS: number, refuse: Refusal): AsyncGenerator<Fragment, void> {
  for (let number = 1; ; number += 1) {
    const packets = await packetsOfFragment(tracks, refuse);
    if (packets.length === 0) return;
    yield await makeFragment(tracks, packets, { number, shiftS });
  }
}

/** Of all tracks, up to a key frame of the first one; read in about the order in which they are in the file. */
async function packetsOfFragment(tracks: readonly CarriedTrack[], refuse: Refusal): Promise<readonly CarriedPacket[]> {
  const packets: CarriedPacket[] = [];
  let sizeBytes = 0;
  let startS = -Infinity;
  for (;;) {
    const lead = tracks.find(({ next }) => next !== undefined);
    const track = earliest(tracks);
    const packet = track?.next;
    if (!packet) return packets;
    if (packets.length === 0) startS = packet.timestamp;
    if (track === lead && packet.type === 'key' && packet.timestamp - startS >= FRAGMENT_MIN_S) return packets;
    sizeBytes += packet.byteLength;
    if (sizeBytes > limits.remuxFragmentMaxBytes) throw refuse('structure');
    packets.push({ track, packet });
    await track.advance();
  }
}

function earliest(tracks: readonly CarriedTrack[]): CarriedTrack | undefined {
  const timeOf = ({ next }: CarriedTrack) => next?.timestamp ?? Infinity;
  return tracks.reduce<CarriedTrack | undefined>((first, track) => (first && timeOf(first) <= timeOf(track) ? first : track), undefined);
}
