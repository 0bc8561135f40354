import type { Clock } from '../../base/clock.ts';

export interface WhileAliveOptions {
  /** How long the task may be silent before its server is checked, once. */
  readonly silenceMs: number;
  readonly isAlive: (signal: AbortSignal) => Promise<boolean>;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
}

/**
 * Runs a task that waits for a server, and gives it up when the server is silent and not alive. A server that is only slow
 * with this task is waited for.
 *
 * Rejects with the task's error, with the signal's reason, or because nobody is alive.
 */
export async function whileAlive<T>(task: (signal: AbortSignal) => Promise<T>, { silenceMs, isAlive, clock, signal }: WhileAliveOptions): Promise<T> {
  signal?.throwIfAborted();
  const leaving = new AbortController();
  const onAbort = () => leaving.abort(signal!.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  const ended = new AbortController();
  const watch = async () => {
    await clock.sleep(silenceMs, { signal: ended.signal });
    if (!(await isAlive(ended.signal)) && !ended.signal.aborted) leaving.abort(new Error(`silent for ${silenceMs} ms, and not alive`));
  };
  const watching = watch().catch(() => undefined);
  try {
    return await task(leaving.signal);
  } finally {
    ended.abort();
    signal?.removeEventListener('abort', onAbort);
    await watching;
  }
}
