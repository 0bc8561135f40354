import type { EncodedPacket } from 'mediabunny';
import { VideoError } from '../../base/errors.ts';
import type { CarriedTrack } from './carried-track.ts';

/** A track as far as it matters where it is cut. */
export type CutTrack = Pick<CarriedTrack, 'next' | 'advance'>;

/** A packet, and whose it is. */
export interface CarriedPacket<Track extends CutTrack = CarriedTrack> {
  readonly track: Track;
  readonly packet: EncodedPacket;
}

/** A piece of a film, from a key frame to the next one that comes late enough. */
export interface Cut<Track extends CutTrack = CarriedTrack> {
  /** In about the order in which they are in the file. */
  readonly packets: readonly CarriedPacket<Track>[];
  /** Of all that is shown and heard. The end of one is the start of the next. */
  readonly startS: number;
  readonly endS: number;
}

export interface CutOptions {
  /** At least so long, when the film is. */
  readonly minS: number;
  readonly maxBytes: number;
  /** For who is told of failures. */
  readonly name: string;
}

/** Containers round times by so much. */
const ROUNDING_S = 0.001;

/**
 * Takes the next packets of all tracks, up to a key frame of the first one; when that one is over, up to any packet. Undefined when there are none left.
 *
 * @throws VideoError `not_remuxable` when they are too large; whatever a parser throws
 */
export async function nextCut<Track extends CutTrack>(tracks: readonly Track[], { minS, maxBytes, name }: CutOptions): Promise<Cut<Track> | undefined> {
  const packets: CarriedPacket<Track>[] = [];
  let sizeBytes = 0;
  let startS = Infinity;
  // What is heard for a moment longer than there is a picture belongs to the last one.
  let pictureEndS = -Infinity;
  for (;;) {
    const lead = tracks.find(({ next }) => next !== undefined);
    const track = earliest(tracks);
    const packet = track?.next;
    if (!packet) return packets.length > 0 ? { packets, startS, endS: Math.max(...tracks.map(carried => endOf(packets, carried))) } : undefined;
    if (packets.length === 0) startS = packet.timestamp;
    const sinceS = lead === tracks[0] ? startS : Math.max(startS, pictureEndS);
    if (track === lead && packet.type === 'key' && packet.timestamp - sinceS >= minS - ROUNDING_S) return { packets, startS, endS: packet.timestamp };
    sizeBytes += packet.byteLength;
    if (sizeBytes > maxBytes) throw new VideoError('not_remuxable', { name, obstacle: 'structure', codecs: [] });
    packets.push({ track, packet });
    if (track === tracks[0]) pictureEndS = Math.max(pictureEndS, packet.timestamp + packet.duration);
    await track.advance();
  }
}

/** When the last packet of a track is over; of no packets, at no time. */
export function endOf<Track extends CutTrack>(packets: readonly CarriedPacket<Track>[], track: Track): number {
  const own = packetsOf(packets, track);
  return Math.max(...own.map(({ timestamp }) => timestamp)) + lastDurationS(own);
}

export function packetsOf<Track extends CutTrack>(packets: readonly CarriedPacket<Track>[], track: Track): readonly EncodedPacket[] {
  return packets.filter(carried => carried.track === track).map(({ packet }) => packet);
}

/** Of those in the order in which they are decoded. Some containers do not say it of the last one, which then takes as long as the others. */
export function lastDurationS(packets: readonly EncodedPacket[]): number {
  const stated = packets.at(-1)?.duration ?? 0;
  if (stated > 0 || packets.length < 2) return stated;
  const times = packets.map(({ timestamp }) => timestamp);
  return (Math.max(...times) - Math.min(...times)) / (packets.length - 1);
}

function earliest<Track extends CutTrack>(tracks: readonly Track[]): Track | undefined {
  const timeOf = ({ next }: Track) => next?.timestamp ?? Infinity;
  return tracks.reduce<Track | undefined>((first, track) => (first && timeOf(first) <= timeOf(track) ? first : track), undefined);
}
