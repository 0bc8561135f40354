import { Worker } from 'node:worker_threads';
import { VideoError } from '../../../base/errors.ts';
import type { Lane, LaneJob } from './lane.ts';
import type { LaneNews, LaneOrder, LaneThreadData } from './lane-messages.ts';

/** Receives and hashes in a thread of its own, so that hashing never starves the sockets of the others. */
export function openThreadLane(slotCount: number, slotSizeBytes: number): Lane {
  const data: LaneThreadData = { slotCount, slotSizeBytes };
  const worker = new Worker(new URL('lane-thread.js', import.meta.url), {
    workerData: data,
    // The thread keeps next to nothing in its heap; a large young generation would only cost memory.
    resourceLimits: { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 64 },
  });
  const jobs = new Map<number, LaneJob>();
  let memory: SharedArrayBuffer;
  let lastId = 0;
  const order = (message: LaneOrder) => worker.postMessage(message);

  worker.on('message', (news: LaneNews) => {
    if (news.type === 'ready') {
      memory = news.memory;
      return;
    }
    const job = jobs.get(news.job);
    if (news.type === 'piece') {
      const { part, offset, slot, byteLength, completes, count } = news;
      const release = () => order({ type: 'release', slot });
      if (!job) {
        release();
        return;
      }
      if (count > 0) job.onBytes(count);
      const bytes = new Uint8Array(memory, slot * slotSizeBytes, byteLength);
      job.onPiece({ part, offset, bytes, release, ...(completes && { completes }) });
    } else if (news.type === 'bytes') {
      job?.onBytes(news.count);
    } else {
      jobs.delete(news.job);
      job?.onEnd(news.error && new VideoError(news.error.code, news.error.facts));
    }
  });
  worker.on('error', error => {
    const failure = new VideoError('internal', { reason: error.message }, { cause: error });
    for (const job of jobs.values()) job.onEnd(failure);
    jobs.clear();
  });

  return {
    connect(endpoint) {
      const connection = ++lastId;
      order({ type: 'connect', connection, endpoint });
      return {
        read(job) {
          const id = ++lastId;
          jobs.set(id, job);
          order({ type: 'read', connection, job: id, run: job.run });
          return () => {
            if (jobs.delete(id)) order({ type: 'cancel', job: id });
          };
        },
        useToken: token => order({ type: 'token', connection, token }),
        close: () => order({ type: 'close', connection }),
      };
    },
    async [Symbol.asyncDispose]() {
      jobs.clear();
      await worker.terminate();
    },
  };
}
