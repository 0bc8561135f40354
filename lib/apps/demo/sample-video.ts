import { Worker } from 'node:worker_threads';
import {
  BufferSource,
  EncodedPacket,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  FilePathTarget,
  Input,
  MP4,
  Mp4OutputFormat,
  Output,
} from 'mediabunny';
import { VideoError } from '../../base/errors.ts';
import { MIB } from '../../base/units.ts';
import type { TestCard } from './test-card.ts';

/** 24 MiB in 4 s, which is what a good film takes. */
const HIGH_DEFINITION: TestCard = { width: 1280, height: 720, framesPerSecond: 25, frames: 100 };

export interface SampleVideoOptions {
  /** The file has at least these bytes, and at most one scene more. */
  readonly sizeBytes?: number;
  readonly card?: TestCard;
  readonly signal: AbortSignal;
}

export interface SampleVideo {
  readonly durationMs: number;
  readonly frames: number;
}

/** A scene that was encoded once: what the decoder needs to know, and its frames. */
interface Scene {
  readonly decoder: VideoDecoderConfig;
  readonly packets: readonly EncodedPacket[];
}

/**
 * Makes a real video, playable and seekable anywhere (MP4, H.264), of any size in a few seconds and without other
 * programs: a test card of some seconds is encoded once, and its frames are written again and again, each time later.
 * The index is at the front of the file. In memory there is one scene, whatever the size.
 *
 * @throws VideoError `internal` when the encoder fails; the disk's error; or the signal's reason
 */
export async function makeSampleVideo(path: string, options: SampleVideoOptions): Promise<SampleVideo> {
  const { sizeBytes = 240 * MIB, card = HIGH_DEFINITION, signal } = options;
  const { decoder, packets } = await readScene(await encodeClip(card, signal));
  const sceneBytes = packets.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const frames = Math.ceil(sizeBytes / sceneBytes) * packets.length;
  const frameSeconds = 1 / card.framesPerSecond;

  const output = new Output({ format: new Mp4OutputFormat({ fastStart: 'reserve' }), target: new FilePathTarget(path) });
  const video = new EncodedVideoPacketSource('avc');
  output.addVideoTrack(video, { frameRate: card.framesPerSecond, maximumPacketCount: frames });
  try {
    await output.start();
    for (let frame = 0; frame < frames; frame += 1) {
      signal.throwIfAborted();
      const { data, type } = packets[frame % packets.length]!;
      await video.add(new EncodedPacket(data, type, frame * frameSeconds, frameSeconds), { decoderConfig: decoder });
    }
    await output.finalize();
  } catch (error) {
    await output.cancel();
    throw error;
  }
  return { durationMs: Math.round(frames * frameSeconds * 1000), frames };
}

/** In a thread, so that this one goes on living. */
function encodeClip(card: TestCard, signal: AbortSignal): Promise<Uint8Array> {
  signal.throwIfAborted();
  const worker = new Worker(new URL('test-card-worker.js', import.meta.url), { workerData: card });
  return new Promise<Uint8Array>((resolve, reject) => {
    const onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', status => {
      signal.removeEventListener('abort', onAbort);
      reject(new VideoError('internal', { reason: `encoder ended with ${status}` }));
    });
  }).finally(() => worker.terminate());
}

async function readScene(clip: Uint8Array): Promise<Scene> {
  using input = new Input({ source: new BufferSource(clip), formats: [MP4] });
  const track = await input.getPrimaryVideoTrack();
  const decoder = await track?.getDecoderConfig();
  if (!track || !decoder) throw new VideoError('internal', { reason: 'the encoder gave no video' });
  const packets: EncodedPacket[] = [];
  // The encoder's file does not say which frames are key frames; players need to know.
  const found = new EncodedPacketSink(track).packets(undefined, undefined, { verifyKeyPackets: true });
  for await (const packet of found) packets.push(packet);
  return { decoder, packets };
}
