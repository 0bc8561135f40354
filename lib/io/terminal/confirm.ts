import { createInterface } from 'node:readline/promises';
import { VideoError } from '../../base/errors.ts';
import type { Screen } from './screen.ts';

export interface ConfirmOptions {
  readonly input: NodeJS.ReadStream;
  readonly screen: Screen;
  readonly isYes: (answer: string) => boolean;
  readonly signal: AbortSignal;
}

/**
 * Asks the person at the terminal; whoever is none, a pipe or a program that reads JSON, is not asked and means what it says.
 * The end of the input is a no.
 *
 * @throws VideoError `cancelled` at Ctrl-C; or the signal's reason
 */
export async function confirm(question: string, { input, screen, isYes, signal }: ConfirmOptions): Promise<boolean> {
  if (!input.isTTY || !screen.isTerminal || screen.isJson) return true;
  const lines = createInterface({ input, output: process.stdout });
  try {
    const ended = new Promise<string>((resolve, reject) => {
      // While a line is edited Ctrl-C is no signal.
      lines.once('SIGINT', () => reject(new VideoError('cancelled', {})));
      lines.once('close', () => resolve(''));
    });
    const answer = lines.question(question, { signal });
    return isYes((await Promise.race([answer, ended])).trim());
  } finally {
    lines.close();
  }
}
