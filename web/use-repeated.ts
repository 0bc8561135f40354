import { useEffect, useState } from 'preact/hooks';
import { isAbort } from './problem.ts';

export interface Repeated<T> {
  readonly value: T | undefined;
  /** Of the last time; what was known before is still there. */
  readonly error: unknown;
  /** At once, when something was changed. */
  readonly again: () => void;
}

/** Asks again and again while the page is seen, one request at a time. */
export function useRepeated<T>(ask: (signal: AbortSignal) => Promise<T>, everyMs: number): Repeated<T> {
  const [value, setValue] = useState<T>();
  const [error, setError] = useState<unknown>();
  const [round, setRound] = useState(0);
  useEffect(() => {
    const leaving = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async () => {
      clearTimeout(timer);
      if (document.hidden || leaving.signal.aborted) return;
      try {
        setValue(await ask(leaving.signal));
        setError(undefined);
      } catch (problem) {
        if (!isAbort(problem)) setError(problem);
      }
      timer = setTimeout(() => void look(), everyMs);
    };
    const shown = () => void look();
    document.addEventListener('visibilitychange', shown);
    void look();
    return () => {
      leaving.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', shown);
    };
  }, [round]);
  return { value, error, again: () => setRound(round + 1) };
}
