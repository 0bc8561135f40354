import { AppendOnlyStreamTarget, Mp4OutputFormat, Output, type EncodedPacket } from 'mediabunny';
import type { CarriedTrack } from './carried-track.ts';
import { lastDurationS, packetsOf, type CarriedPacket } from './cut.ts';
import { clearTimes } from './movie-times.ts';

export interface Fragment {
  /** With its codecs (RFC 6381). */
  readonly contentType: string;
  /** What stands before the first fragment: `ftyp` and `moov`, the same bytes for all fragments of a film. */
  readonly header: Uint8Array<ArrayBuffer>;
  /** `moof` and `mdat`, in memory that nobody else has. */
  readonly boxes: Uint8Array<ArrayBuffer>;
}

/** What is earlier by less is at zero. */
const ROUNDING_S = 0.000_5;

/** Where `sequence_number` stands in a `moof`: after its own head, and size, type, version and flags of its `mfhd` (ISO/IEC 14496-12 §8.8.5). */
const SEQUENCE_NUMBER_AT = 20;

/**
 * Makes one fragment of MP4 of the packets, which begin with key packets and are in order for each track. Times are shifted by `shiftS`; what would then be heard
 * before zero is left out, because there is no such time in a fragment.
 *
 * Each has an output of its own: one for the whole film would remember every packet of it.
 *
 * @param number counts from 1
 */
export async function makeFragment(tracks: readonly CarriedTrack[], packets: readonly CarriedPacket[], { number, shiftS }: { readonly number: number; readonly shiftS: number }): Promise<Fragment> {
  const written: Uint8Array<ArrayBuffer>[] = [];
  const header: Uint8Array[] = [];
  let moofAt = 0;
  const format = new Mp4OutputFormat({
    fastStart: 'fragmented',
    minimumFragmentDuration: Infinity,
    onFtyp: box => void header.push(box),
    onMoov: box => void header.push(box),
    onMoof: (_, position) => void (moofAt = position),
  });
  const target = new AppendOnlyStreamTarget(new WritableStream({ write: bytes => void written.push(bytes as Uint8Array<ArrayBuffer>) }));
  const output = new Output({ format, target });
  const adds = new Map(tracks.map(track => [track, track.join(output)] as const));
  await output.start();
  const lasts = lastPackets(tracks, packets);
  for (const { track, packet } of packets) {
    const timestamp = packet.timestamp + shiftS;
    if (timestamp < -ROUNDING_S) continue;
    await adds.get(track)!(packet.clone({ timestamp: Math.max(0, timestamp), duration: lasts.get(packet) ?? packet.duration }));
  }
  await output.finalize();
  return { contentType: inMp4(await output.getMimeType()), header: clearTimes(new Uint8Array(Buffer.concat(header))), boxes: fragmentIn(written, moofAt, number) };
}

/** The last packet of each track with how long it takes: all others take until the next one. */
function lastPackets(tracks: readonly CarriedTrack[], packets: readonly CarriedPacket[]): ReadonlyMap<EncodedPacket, number> {
  return new Map(tracks.map(track => packetsOf(packets, track)).flatMap(all => (all.length > 0 ? [[all.at(-1)!, lastDurationS(all)] as const] : [])));
}

/** The library names two codecs otherwise than MP4 does: browsers go by the name, and Safari's H.265 has to be `hvc1`, as it is written. */
function inMp4(contentType: string): string {
  return contentType.replace(/\bmp3\b/, 'mp4a.6B').replace(/\bhev1\b/, 'hvc1');
}

/** Of what was written: `ftyp` by itself, and all else at once, of which the index at its end is of no use to who does not have the whole. */
function fragmentIn(written: readonly Uint8Array<ArrayBuffer>[], moofAt: number, number: number): Uint8Array<ArrayBuffer> {
  const rest = written.at(-1)!;
  const view = new DataView(rest.buffer, rest.byteOffset, rest.byteLength);
  const start = moofAt - written.slice(0, -1).reduce((sum, { byteLength }) => sum + byteLength, 0);
  const mdatAt = start + view.getUint32(start);
  view.setUint32(start + SEQUENCE_NUMBER_AT, number);
  return rest.subarray(start, mdatAt + view.getUint32(mdatAt));
}
