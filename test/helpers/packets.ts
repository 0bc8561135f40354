import { ALL_FORMATS, BufferSource, EncodedPacketSink, Input, type EncodedPacket } from 'mediabunny';

/** The packets of each track of a film, in the order in which they are decoded. */
export async function packetsOf(film: Uint8Array): Promise<readonly (readonly EncodedPacket[])[]> {
  using input = new Input({ source: new BufferSource(film), formats: ALL_FORMATS });
  const tracks: EncodedPacket[][] = [];
  for (const track of await input.getTracks()) {
    const packets: EncodedPacket[] = [];
    for await (const packet of new EncodedPacketSink(track).packets()) packets.push(packet);
    tracks.push(packets);
  }
  return tracks;
}
