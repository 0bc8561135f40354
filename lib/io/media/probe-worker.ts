import { parentPort } from 'node:worker_threads';
import { ALL_FORMATS, FilePathSource, Input } from 'mediabunny';
import type { MediaDetails } from '../../domain/media.ts';

/** What a file turned out to be; without details it is no film. */
export interface Looked {
  readonly details: MediaDetails | undefined;
}

/**
 * A thread that looks into the files whose paths it is sent, one at a time. While it does, nothing but that keeps it alive: of some
 * broken files the parser waits for what never comes, and then the thread ends instead of waiting with it.
 */
parentPort!.on('message', (path: string) => {
  parentPort!.unref();
  look(path).then(
    details => answer({ details }),
    () => answer({ details: undefined }),
  );
});

function answer(looked: Looked): void {
  parentPort!.postMessage(looked);
  parentPort!.ref();
}

async function look(path: string): Promise<MediaDetails> {
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
