import { Mp4OutputFormat, NullTarget, Output, type EncodedPacket } from 'mediabunny';
import type { CarriedTrack } from './carried-track.ts';

/** A packet, and whose it is. */
export interface CarriedPacket {
  readonly track: CarriedTrack;
  readonly packet: EncodedPacket;
}

export interface Fragment {
  /** With its codecs (RFC 6381). */
  readonly contentType: string;
  /** What stands before the first fragment, `ftyp` and `moov`. */
  readonly header: readonly Uint8Array[];
  /** `moof` and `mdat`. */
  readonly boxes: readonly Uint8Array[];
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
  const header: Uint8Array[] = [];
  const boxes: Uint8Array[] = [];
  const format = new Mp4OutputFormat({
    fastStart: 'fragmented',
    minimumFragmentDuration: Infinity,
    onFtyp: box => void header.push(box),
    onMoov: box => void header.push(box),
    onMoof: box => void boxes.push(numbered(box, number)),
    onMdat: box => void boxes.push(box),
  });
  const output = new Output({ format, target: new NullTarget() });
  const adds = new Map(tracks.map(track => [track, track.join(output)] as const));
  await output.start();
  for (const { track, packet } of packets) await adds.get(track)!(packet.clone({ timestamp: packet.timestamp + shiftS }));
  await output.finalize();
  // As MP3 is called in MP4; browsers do not know it there by the name that the library has for it.
  const contentType = (await output.getMimeType()).replace(/\bmp3\b/, 'mp4a.6B');
  return { contentType, header, boxes };
}

function numbered(moof: Uint8Array, number: number): Uint8Array {
  new DataView(moof.buffer, moof.byteOffset).setUint32(SEQUENCE_NUMBER_AT, number);
  return moof;
}
