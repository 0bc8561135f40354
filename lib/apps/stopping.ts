import { isVideoError, VideoError } from '../base/errors.ts';

const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
export type StopSignal = keyof typeof SIGNAL_NUMBERS;

/** Time to close things after the second signal, before the process ends without them. */
const ABORT_GRACE_MS = 2000;

/**
 * Stopping has two speeds: the first signal drains (finish or put down safely what is held), the second aborts. The
 * first signal is the one that the exit status tells.
 */
export class Stopping {
  readonly #drain = new AbortController();
  readonly #abort = new AbortController();
  readonly #impatience: Promise<never>;
  #losePatience: (reason: Error) => void = () => undefined;
  #signal: StopSignal | undefined;

  constructor() {
    this.#impatience = new Promise((_, reject) => (this.#losePatience = reject));
    // Nobody may be looking when it rejects.
    this.#impatience.catch(() => undefined);
  }

  get drain(): AbortSignal {
    return this.#drain.signal;
  }

  get abort(): AbortSignal {
    return this.#abort.signal;
  }

  /** Rejects when the program does not end by itself after the second signal, or at once at the third. */
  get impatience(): Promise<never> {
    return this.#impatience;
  }

  get signal(): StopSignal | undefined {
    return this.#signal;
  }

  /** To signals, and to the end of the process that started this one with a channel between both. */
  listen(source: NodeJS.Process): void {
    if (source.connected) source.on('disconnect', () => this.request('SIGHUP'));
    for (const signal of Object.keys(SIGNAL_NUMBERS) as StopSignal[]) source.on(signal, () => this.request(signal));
  }

  /** One more wish to stop: a signal, or Ctrl-C in a terminal that readline keeps in raw mode. */
  request(signal: StopSignal): void {
    const reason = new VideoError('cancelled', {});
    if (!this.#drain.signal.aborted) {
      this.#signal = signal;
      this.#drain.abort(reason);
    } else if (!this.#abort.signal.aborted) {
      this.#abort.abort(reason);
      setTimeout(() => this.#losePatience(reason), ABORT_GRACE_MS).unref();
    } else {
      this.#losePatience(reason);
    }
  }
}

/** 128 + the signal's number when `error` is only the echo of a signal, which needs no sentence. */
export function stopStatusOf({ signal, drain, abort }: Stopping, error: unknown): number | undefined {
  if (signal === undefined) return undefined;
  const isEcho = error === drain.reason || error === abort.reason || isVideoError(error, 'cancelled');
  return isEcho ? 128 + SIGNAL_NUMBERS[signal] : undefined;
}
