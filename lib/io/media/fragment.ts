import { AppendOnlyStreamTarget, Mp4OutputFormat, Output, type EncodedPacket } from 'mediabunny';
import type { CarriedTrack } from './carried-track.ts';

/** A packet, and whose it is. */
export interface CarriedPacket {
  readonly track: CarriedTrack;
  readonly packet: EncodedPacket;
}

export interface Fragment {
  /** With its codecs (RFC 6381). */
  readonly contentType: string;
  /** What stands before the first fragment: `ftyp` and `moov`. */
  readonly header: Uint8Array;
  /** `moof` and `mdat`, in memory that nobody else has. */
  readonly boxes: Uint8Array<ArrayBuffer>;
}

/** Where `sequence_number` stands in a `moof`: after its own head, and size, type, version and flags of its `mfhd` (ISO/IEC 14496-12 §8.8.5). */
const SEQUENCE_NUMBER_AT = 20;

/**
 * Makes one fragment of MP4 of the packets, which begin with key packets and are in order for each track. Times are shifted by `shiftS`.
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
  for (const { track, packet } of packets) await adds.get(track)!(packet.clone({ timestamp: packet.timestamp + shiftS }));
  await output.finalize();
  return { contentType: inMp4(await output.getMimeType()), header: Buffer.concat(header), boxes: fragmentIn(written, moofAt, number) };
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
