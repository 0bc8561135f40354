import type { Screen } from './screen.ts';

/** Shows that something is being waited for; only on a terminal, and only while nothing else is drawn there. */
export async function withSpinner<T>(screen: Screen, text: string, task: () => Promise<T>): Promise<T> {
  // A terminal may say that it has no columns, and ora would count with them.
  if (!screen.isTerminal || !process.stdout.columns) return task();
  // Programs that do not talk to a terminal need not carry it.
  const { default: ora } = await import('ora');
  const spinner = ora({ text, stream: process.stdout, discardStdin: false, hideCursor: false }).start();
  try {
    return await task();
  } finally {
    spinner.stop();
  }
}
