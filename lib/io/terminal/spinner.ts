import ora from 'ora';
import type { Screen } from './screen.ts';

/** Shows that something is being waited for; only on a terminal, and only while nothing else is drawn there. */
export async function withSpinner<T>(screen: Screen, text: string, task: () => Promise<T>): Promise<T> {
  if (!screen.isTerminal) return task();
  const spinner = ora({ text, stream: process.stdout, discardStdin: false, hideCursor: false }).start();
  try {
    return await task();
  } finally {
    spinner.stop();
  }
}
