import { EncodedAudioPacketSource, EncodedPacketSink, EncodedVideoPacketSource, type EncodedPacket, type InputAudioTrack, type InputVideoTrack, type Output } from 'mediabunny';

/** Writes a packet into the output that a track joined. */
export type AddPacket = (packet: EncodedPacket) => Promise<void>;

/** A track whose packets go from one container into another as they are, in the order in which they are decoded. */
export class CarriedTrack {
  /** When it begins, on the clock of its container. */
  readonly startS: number;
  readonly #sink: EncodedPacketSink;
  readonly #join: (output: Output) => AddPacket;
  #next: EncodedPacket | undefined;

  private constructor(sink: EncodedPacketSink, startS: number, join: (output: Output) => AddPacket) {
    this.#sink = sink;
    this.startS = startS;
    this.#join = join;
  }

  /** Undefined of a track that is empty, or of which too little is known to decode it. */
  static async open(track: InputVideoTrack | InputAudioTrack): Promise<CarriedTrack | undefined> {
    const sink = new EncodedPacketSink(track);
    const first = await sink.getFirstPacket();
    // Its bytes are part of something larger, which it is not to keep in memory.
    const join = first && (await joining(track, first.clone({ data: first.data.slice() })));
    return join ? new CarriedTrack(sink, await track.getFirstTimestamp(), join) : undefined;
  }

  /** The packet to be carried next; undefined when there are no more. */
  get next(): EncodedPacket | undefined {
    return this.#next;
  }

  /** To the last key packet that does not come after that time, or the first of all. */
  async seek(atS: number): Promise<void> {
    this.#next = (await this.#sink.getKeyPacket(atS)) ?? (await this.#sink.getFirstKeyPacket()) ?? undefined;
  }

  /** To a key packet that another reading of the same film gave. */
  async resumeAt({ timestamp, sequenceNumber }: EncodedPacket): Promise<void> {
    await this.seek(timestamp);
    // Times are counted from other places, and may differ by a hair.
    while (this.#next && this.#next.sequenceNumber < sequenceNumber) await this.advance();
  }

  async advance(): Promise<void> {
    this.#next = (await this.#sink.getNextPacket(this.#next!)) ?? undefined;
  }

  /** Tells the output of the track, before it is started. */
  join(output: Output): AddPacket {
    return this.#join(output);
  }
}

/** What the track is has to be known before its packets are: of some fragments it has none. */
async function joining(track: InputVideoTrack | InputAudioTrack, primingPacket: EncodedPacket): Promise<((output: Output) => AddPacket) | undefined> {
  if (track.isVideoTrack()) {
    const [codec, decoderConfig, transformationMatrix] = await Promise.all([track.getCodec(), track.getDecoderConfig(), track.getTransformationMatrix()]);
    if (!codec || !decoderConfig) return undefined;
    return output => {
      const source = new EncodedVideoPacketSource(codec);
      output.addVideoTrack(source, { decoderConfig, primingPacket, transformationMatrix });
      return packet => source.add(packet, { decoderConfig });
    };
  }
  const [codec, decoderConfig] = await Promise.all([track.getCodec(), track.getDecoderConfig()]);
  if (!codec || !decoderConfig) return undefined;
  return output => {
    const source = new EncodedAudioPacketSource(codec);
    output.addAudioTrack(source, { decoderConfig, primingPacket });
    return packet => source.add(packet, { decoderConfig });
  };
}
