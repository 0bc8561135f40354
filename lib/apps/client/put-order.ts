import { basename } from 'node:path';
import type { CommandOutput } from '../../base/command.ts';
import { isVideoError, toVideoError, VideoError } from '../../base/errors.ts';
import type { Messages } from '../../base/messages/index.ts';
import { errorSentence } from '../../base/messages/sentence.ts';
import type { DownloadViews } from './downloads.ts';
import { putFile, type PutOptions, type PutPorts, type PutResult } from './put.ts';

/** What the command line says of the files. */
export type PutWishes = Pick<PutOptions, 'remoteName' | 'replace' | 'title' | 'description'>;

export interface PutOrderPorts extends PutPorts {
  readonly wishes: PutWishes;
  readonly views: DownloadViews;
  readonly messages: Messages;
  readonly output: CommandOutput;
  /** With `--json`, instead of lines for people. */
  readonly tellProgram: ((value: object) => void) | undefined;
  readonly tellError: (text: string) => void;
  readonly signal: AbortSignal;
}

interface FailedUpload {
  readonly name: string;
  readonly error: VideoError;
}

/**
 * Stores files, one after another, and tells how each ended.
 *
 * @throws VideoError why the only one failed; `uploads_failed` when some of several did; or the signal's reason
 */
export async function putAll(paths: readonly string[], ports: PutOrderPorts): Promise<void> {
  const { messages, output, tellProgram, tellError, signal } = ports;
  const done: string[] = [];
  const failed: FailedUpload[] = [];
  for (const path of paths) {
    signal.throwIfAborted();
    const name = ports.wishes.remoteName ?? basename(path);
    try {
      tell(await putInView(path, name, ports), ports);
      done.push(name);
    } catch (thrown) {
      const error = toVideoError(thrown);
      const isCancelled = isVideoError(error, 'cancelled');
      if (tellProgram) tellProgram({ event: isCancelled ? 'cancelled' : 'failed', name, error: error.code });
      else if (isCancelled) tellError(messages.client.notStored(name));
      signal.throwIfAborted();
      failed.push({ name, error });
    }
  }
  tellProgram?.({ event: 'summary', done, cancelled: [], failed: failed.map(({ name, error }) => ({ name, error: error.code })) });
  const [first] = failed;
  if (!tellProgram && !first && paths.length > 1) output.line(messages.client.allStored(paths.length));
  if (!first) return;
  if (paths.length === 1) throw first.error;
  for (const { error } of failed) tellError(errorSentence(messages, error));
  throw new VideoError('uploads_failed', { failed: failed.map(({ name }) => name), total: paths.length });
}

async function putInView(path: string, name: string, ports: PutOrderPorts): Promise<PutResult> {
  const view = ports.views.open(name);
  try {
    return await putFile(path, { ...ports.wishes, observer: view.observer, signal: ports.signal }, ports);
  } finally {
    view.close();
  }
}

function tell(result: PutResult, { messages, output, tellProgram }: PutOrderPorts): void {
  const { name, replicas, wanted, isNew } = result;
  if (tellProgram) tellProgram({ event: 'stored', ...result });
  else output.line((isNew ? messages.client.stored : messages.client.storedBefore)(name, replicas, wanted));
}
