import { rm } from 'node:fs/promises';
import { EncodedAudioPacketSource, EncodedPacket, EncodedPacketSink, EncodedVideoPacketSource, FilePathSource, FilePathTarget, Input, MkvOutputFormat, MP4, Output } from 'mediabunny';
import { makeSampleVideo, type SampleVideo } from '../../lib/apps/demo/sample-video.ts';

const SAMPLE_RATE = 44_100;
/** Silence, of two channels. */
const sounds = {
  aac: { samples: 1024, bytes: Buffer.from('21100460 8c1c'.replace(' ', ''), 'hex'), config: { codec: 'mp4a.40.2', description: Buffer.from('1210', 'hex') } },
  // Which MP4 could carry, and browsers would not play.
  'pcm-s16': { samples: 1024, bytes: Buffer.alloc(4096), config: { codec: 'pcm-s16' } },
} as const;

export interface MatroskaFilm extends SampleVideo {
  /** Of sound. */
  readonly packets: number;
}

/** A film as browsers do not play it: H.264, a key frame every two seconds, and silence, in Matroska. Needs no other programs. */
export async function makeMatroskaFilm(path: string, { sizeBytes = 1, sound = 'aac' }: { readonly sizeBytes?: number; readonly sound?: keyof typeof sounds } = {}): Promise<MatroskaFilm> {
  const card = { width: 320, height: 180, framesPerSecond: 25, frames: 50 };
  const mp4 = `${path}.mp4`;
  const film = await makeSampleVideo(mp4, { sizeBytes, card, signal: new AbortController().signal });
  using input = new Input({ source: new FilePathSource(mp4), formats: [MP4] });
  const track = (await input.getPrimaryVideoTrack())!;
  const decoderConfig = (await track.getDecoderConfig())!;

  const output = new Output({ format: new MkvOutputFormat(), target: new FilePathTarget(path) });
  const video = new EncodedVideoPacketSource('avc');
  const audio = new EncodedAudioPacketSource(sound);
  output.addVideoTrack(video);
  output.addAudioTrack(audio);
  await output.start();
  const { samples, bytes, config } = sounds[sound];
  const stepS = samples / SAMPLE_RATE;
  let packets = 0;
  for await (const packet of new EncodedPacketSink(track).packets()) {
    for (; packets * stepS <= packet.timestamp; packets += 1) {
      await audio.add(new EncodedPacket(bytes, 'key', packets * stepS, stepS), { decoderConfig: { ...config, sampleRate: SAMPLE_RATE, numberOfChannels: 2 } });
    }
    await video.add(packet, { decoderConfig });
  }
  await output.finalize();
  await rm(mp4);
  return { ...film, packets };
}
