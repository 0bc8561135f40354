import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { Logging, LogLevel } from 'mediabunny';
import { isVideoError, systemCodeOf, VideoError } from '../../base/errors.ts';
import { loopFilm } from './film-blocks.ts';
import type { ReelAnswer, ReelOrder } from './live-messages.ts';
import { loopFolder } from './ready-folder.ts';

/** The thread that reads for one channel. A block is ready before it is wanted, and no more than one; after a failure none is made until it is. */

// What it thinks of a film is nothing for the console of who broadcasts it.
Logging.level = LogLevel.Silent;

const { path } = workerData as ReelOrder;
const opening = isFolder().then(is => (is ? loopFolder(path) : loopFilm(path)));
let coming: Promise<ReelAnswer> | undefined = makeNext();

parentPort!.on('message', async () => {
  const answer = await (coming ?? makeNext());
  const isBlock = answer.type === 'block';
  parentPort!.postMessage(answer, isBlock ? [answer.block.bytes.buffer as ArrayBuffer] : []);
  coming = isBlock ? makeNext() : undefined;
});

/** Never rejects. */
async function makeNext(): Promise<ReelAnswer> {
  try {
    const next = await opening;
    return { type: 'block', block: await next() };
  } catch (error) {
    const { code, facts } = failureOf(error);
    return { type: 'failed', code, facts };
  }
}

async function isFolder(): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw new VideoError('path_not_readable', { path }, { cause: error });
  }
}

/** Whatever else a parser throws, the film is to blame. */
function failureOf(error: unknown): VideoError {
  if (isVideoError(error)) return error;
  if (systemCodeOf(error)) return new VideoError('path_not_readable', { path }, { cause: error });
  return new VideoError('not_remuxable', { name: basename(path), obstacle: 'structure', codecs: [] }, { cause: error });
}
