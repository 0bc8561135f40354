import { systemClock, type Clock } from '../base/clock.ts';
import { isVideoError, VideoError } from '../base/errors.ts';

const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
export type StopSignal = keyof typeof SIGNAL_NUMBERS;

/** Longer than any server lets its last answers run: what has not ended by then never will. */
const DRAIN_MAX_MS = 30_000;
/** Time to close things after the second signal, before the process ends without them. */
const ABORT_GRACE_MS = 2000;

/**
 * Stopping has two speeds: the first signal drains (finish or put down safely what is held), the second aborts. The
 * first signal is the one that the exit status tells. A drain that does not end counts as a second signal.
 */
export class Stopping {
  readonly #clock: Pick<Clock, 'sleep'>;
  readonly #drain = new AbortController();
  readonly #abort = new AbortController();
  readonly #impatience: Promise<never>;
  #losePatience: (reason: Error) => void = () => undefined;
  #signal: StopSignal | undefined;

  constructor(clock: Pick<Clock, 'sleep'> = systemClock) {
    this.#clock = clock;
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
      void this.#giveUpDraining(reason);
    } else if (!this.#abort.signal.aborted) {
      this.#abort.abort(reason);
      void this.#clock.sleep(ABORT_GRACE_MS).then(() => this.#losePatience(reason));
    } else {
      this.#losePatience(reason);
    }
  }

  async #giveUpDraining(reason: Error): Promise<void> {
    await this.#clock.sleep(DRAIN_MAX_MS);
    this.#abort.abort(reason);
    await this.#clock.sleep(ABORT_GRACE_MS);
    this.#losePatience(reason);
  }
}

/** 128 + the signal's number when `error` is only the echo of a signal, which needs no sentence. */
export function stopStatusOf({ signal, drain, abort }: Stopping, error: unknown): number | undefined {
  if (signal === undefined) return undefined;
  const isEcho = error === drain.reason || error === abort.reason || isVideoError(error, 'cancelled');
  return isEcho ? 128 + SIGNAL_NUMBERS[signal] : undefined;
}
