import type { Clock } from '../../base/clock.ts';
import { VideoError } from '../../base/errors.ts';
import type { CentralDirectory } from '../../domain/central-directory.ts';
import { limits } from '../../protocol/limits.ts';
import { whileAlive } from './while-alive.ts';

export interface CentralFailoverOptions {
  readonly directory: CentralDirectory;
  readonly clock: Clock;
  /** Whether a central answers anything at all, within `limits.centralCheckMs`. */
  readonly isAlive: (base: string, signal: AbortSignal) => Promise<boolean>;
  readonly onFailure: (base: string, error: unknown) => void;
}

/**
 * Which of several centrals is asked: the one that answered last, then the others in the directory's order. One that is
 * silent is checked together with the others, and left when one of these answers that and it does not: where the others are
 * dead, a slow one is worth waiting for. When none answers, and when its answer is no longer fresh, the directory is asked again.
 */
export class CentralFailover {
  readonly #options: CentralFailoverOptions;
  #urls: readonly string[] = [];
  #locatedAtMs = 0;
  /** The one that answered last. */
  #proven: string | undefined;

  constructor(options: CentralFailoverOptions) {
    this.#options = options;
  }

  /** As people know the one that is asked now. */
  get address(): string {
    return this.#proven ?? this.#options.directory.name;
  }

  /**
   * Sends a request to a central, to another when it gets no answer.
   *
   * @throws VideoError `central_unreachable`, `central_not_in_dns`, `central_not_announced`; or the signal's reason
   */
  async call<T>(send: (base: string, signal: AbortSignal | undefined) => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    const tried = new Set<string>();
    let failure: unknown;
    for (const isRenewed of [false, true]) {
      const untried = (await this.#candidates(isRenewed, signal)).filter(url => !tried.has(url));
      for (const [index, base] of untried.entries()) {
        try {
          return await this.#ask(base, send, { others: untried.slice(index + 1), signal });
        } catch (error) {
          signal?.throwIfAborted();
          this.#options.onFailure(base, error);
          tried.add(base);
          failure = error;
        }
      }
    }
    throw new VideoError('central_unreachable', { address: this.#urls.join(', ') }, { cause: failure });
  }

  async #ask<T>(base: string, send: (base: string, signal: AbortSignal | undefined) => Promise<T>, { others, signal }: { readonly others: readonly string[]; readonly signal: AbortSignal | undefined }): Promise<T> {
    const { clock } = this.#options;
    const silenceMs = base === this.#proven ? limits.centralSilenceMs : limits.centralFirstSilenceMs;
    const answer = others.length > 0
      ? await whileAlive(inner => send(base, inner), { silenceMs, isAlive: inner => this.#isWorthWaiting(base, others, inner), clock, signal })
      : await send(base, signal);
    this.#proven = base;
    return answer;
  }

  async #isWorthWaiting(base: string, others: readonly string[], signal: AbortSignal): Promise<boolean> {
    const { isAlive } = this.#options;
    const [isBaseAlive, ...areOthersAlive] = await Promise.all([base, ...others].map(url => isAlive(url, signal)));
    return isBaseAlive! || !areOthersAlive.includes(true);
  }

  /** Where to ask, the one that answered last at the head. */
  async #candidates(isRenewed: boolean, signal: AbortSignal | undefined): Promise<readonly string[]> {
    const { directory, clock } = this.#options;
    const isStale = this.#urls.length === 0 || (directory.freshMs !== undefined && clock.now() - this.#locatedAtMs > directory.freshMs);
    if (isStale || isRenewed) {
      try {
        this.#urls = await directory.locate({ signal });
        this.#locatedAtMs = clock.now();
      } catch (error) {
        // A directory that is away takes nothing from who answers.
        if (isRenewed || this.#urls.length === 0) throw error;
      }
    }
    const proven = this.#urls.find(url => url === this.#proven);
    return proven === undefined ? this.#urls : [proven, ...this.#urls.filter(url => url !== proven)];
  }
}
