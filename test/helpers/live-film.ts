import { makeSampleVideo } from '../../lib/apps/demo/sample-video.ts';
import { MIB } from '../../lib/base/units.ts';

const CARD = { width: 320, height: 180, framesPerSecond: 25, frames: 100 };

/** A film of some seconds (MP4, H.264), to be broadcast. */
export async function makeLiveFilm(path: string): Promise<void> {
  await makeSampleVideo(path, { sizeBytes: 3 * MIB, card: CARD, signal: new AbortController().signal });
}
