import { parentPort } from 'node:worker_threads';
import { toVideoError, VideoError } from '../../base/errors.ts';
import { hashFile } from './hash-file.ts';
import type { HasherNews, HasherOrder } from './hasher-messages.ts';

/** The hashing thread: one file after another in the order they are asked for; a cancelled one is skipped or left. */

const PROGRESS_EVERY_MS = 100;

const waiting: number[] = [];
const jobs = new Map<number, { readonly path: string; readonly cancel: AbortController }>();
const tell = (news: HasherNews) => parentPort!.postMessage(news);

parentPort!.on('message', (order: HasherOrder) => {
  switch (order.type) {
    case 'hash':
      jobs.set(order.job, { path: order.path, cancel: new AbortController() });
      waiting.push(order.job);
      if (waiting.length === 1) void hashWaiting();
      return;
    case 'cancel':
      jobs.get(order.job)?.cancel.abort(new VideoError('cancelled', {}));
      return;
    default:
      order satisfies never;
  }
});

async function hashWaiting(): Promise<void> {
  for (let job = waiting[0]; job !== undefined; job = waiting[0]) {
    const { path, cancel } = jobs.get(job)!;
    await hash(job, path, cancel.signal);
    jobs.delete(job);
    waiting.shift();
  }
}

async function hash(job: number, path: string, signal: AbortSignal): Promise<void> {
  let toldAtMs = performance.now();
  try {
    signal.throwIfAborted();
    const file = await hashFile(path, {
      signal,
      onProgress(doneBytes) {
        if (performance.now() - toldAtMs < PROGRESS_EVERY_MS) return;
        toldAtMs = performance.now();
        tell({ type: 'progress', job, doneBytes });
      },
    });
    tell({ type: 'hashed', job, file });
  } catch (error) {
    const { code, facts } = toVideoError(error);
    if (!signal.aborted) tell({ type: 'failed', job, error: { code, facts } });
  }
}
