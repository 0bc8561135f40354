import { Worker } from 'node:worker_threads';
import mime from 'mime';
import { SECOND_MS } from '../../base/units.ts';
import type { MediaDetails, MediaProbe } from '../../domain/media.ts';

/** A file that takes longer is taken for none that a player knows. */
const TIMEOUT_MS = 10 * SECOND_MS;

/** Looks into files in a thread: a parser of everything in the world may take time and memory, and neither is a node's to lose. */
export function createMediaProbe(pathOf: (name: string) => string): MediaProbe {
  return {
    async probe(name, { signal }) {
      const found = await lookInThread(pathOf(name), signal);
      return { contentType: mime.getType(name) ?? 'application/octet-stream', ...found };
    },
  };
}

async function lookInThread(path: string, signal: AbortSignal): Promise<MediaDetails | undefined> {
  signal.throwIfAborted();
  const worker = new Worker(new URL('probe-worker.js', import.meta.url), { workerData: path });
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const stopped = AbortSignal.any([signal, timeout]);
  try {
    return await new Promise<MediaDetails | undefined>(resolve => {
      worker.once('message', resolve);
      worker.once('error', () => resolve(undefined));
      worker.once('exit', () => resolve(undefined));
      stopped.addEventListener('abort', () => resolve(undefined), { once: true });
    });
  } finally {
    await worker.terminate();
    signal.throwIfAborted();
  }
}
