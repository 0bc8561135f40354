import type { Writable } from 'node:stream';
import { exitStatusOf, systemCodeOf, toVideoError } from '../base/errors.ts';
import type { Messages } from '../base/messages/index.ts';
import { errorSentence } from '../base/messages/sentence.ts';

/** The reader of a pipe may leave at any time (`| head`): what it does not want is dropped in silence. */
export function surviveBrokenPipes(...streams: readonly Writable[]): void {
  for (const stream of streams) {
    stream.on('error', error => {
      if (systemCodeOf(error) !== 'EPIPE') throw error;
    });
  }
}

/** Rejects with whatever nobody caught: a bug of ours, told in one line like any other failure. */
export function watchForBugs(): Promise<never> {
  return new Promise((_, reject) => {
    process.on('uncaughtException', reject);
    process.on('unhandledRejection', reject);
  });
}

/** What to say of `error` and the status to end with. */
export function failureOf(
  error: unknown,
  messages: Messages,
): { readonly sentence: string; readonly status: number; readonly stack: string | undefined } {
  const videoError = toVideoError(error);
  const origin = error instanceof Error ? error : videoError;
  return { sentence: errorSentence(messages, videoError), status: exitStatusOf(videoError), stack: origin.stack };
}

/** Resolves when the text left the process, or when nobody will ever read it. */
export function writeFlushed(stream: Writable, text: string): Promise<void> {
  return new Promise(resolve => {
    if (stream.destroyed || stream.errored) resolve();
    else stream.write(text, () => resolve());
  });
}
