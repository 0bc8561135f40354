import { parentPort, workerData } from 'node:worker_threads';
import { ALL_FORMATS, FilePathSource, Input } from 'mediabunny';
import type { MediaDetails } from '../../domain/media.ts';

/** A thread that looks into one file, and whose memory goes with it. Its message is undefined when the file is no film. */
parentPort!.postMessage(await look(workerData as string).catch(() => undefined));

async function look(path: string): Promise<MediaDetails | undefined> {
  const input = new Input({ source: new FilePathSource(path), formats: ALL_FORMATS });
  try {
    const contentType = (await input.getMimeType()).replace(/;.*$/s, '');
    const seconds = await input.computeDuration();
    const picture = await input.getPrimaryVideoTrack();
    return {
      contentType,
      ...(Number.isFinite(seconds) && seconds > 0 && { durationMs: Math.round(seconds * 1000) }),
      ...(picture && { width: picture.displayWidth, height: picture.displayHeight }),
    };
  } finally {
    input.dispose();
  }
}
