import type { Clock } from '../../base/clock.ts';
import { isVideoError, systemCodeOf, VideoError } from '../../base/errors.ts';
import type { CentralDirectory } from '../../domain/central-directory.ts';
import { limits } from '../../protocol/limits.ts';
import { whileAlive } from './while-alive.ts';

export interface CentralFailoverOptions {
  readonly directory: CentralDirectory;
  readonly clock: Clock;
  /** Whether a central answers anything at all, within `limits.centralCheckMs`. */
  readonly isAlive: (base: string, signal: AbortSignal | undefined) => Promise<boolean>;
  /** A central that was asked gave no answer. */
  readonly onFailure: (base: string, error: unknown) => void;
}

type Send<T> = (base: string, signal: AbortSignal | undefined) => Promise<T>;

interface AskOptions {
  /** Who could be asked instead. */
  readonly others: readonly string[];
  readonly signal: AbortSignal | undefined;
}

/** Nobody was there to hear the request. */
const NOT_ARRIVED: ReadonlySet<string> = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN']);

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
   * Sends a request to a central, to another when it gets no answer. One that is not to be carried out twice goes to a central that
   * was seen to live, and to another only when it never arrived.
   *
   * @throws VideoError `central_unreachable`, `central_not_in_dns`, `central_not_announced`; `outcome_unknown` of one that is not to be
   * carried out twice; or the signal's reason
   */
  async call<T>(send: Send<T>, { isRepeatable = true, signal }: { readonly isRepeatable?: boolean; readonly signal: AbortSignal | undefined }): Promise<T> {
    const ask = (base: string, options: AskOptions) => (isRepeatable ? this.#ask(base, send, options) : this.#askOnce(base, send, options));
    const tried = new Set<string>();
    let failure: unknown;
    for (const isRenewed of [false, true]) {
      const untried = (await this.#candidates(isRenewed, signal)).filter(url => !tried.has(url));
      for (const [index, base] of untried.entries()) {
        try {
          return await ask(base, { others: untried.slice(index + 1), signal });
        } catch (error) {
          signal?.throwIfAborted();
          this.#options.onFailure(base, error);
          if (isVideoError(error, 'outcome_unknown')) throw error;
          tried.add(base);
          failure = error;
        }
      }
    }
    throw new VideoError('central_unreachable', { address: this.#urls.join(', ') }, { cause: failure });
  }

  async #ask<T>(base: string, send: Send<T>, { others, signal }: AskOptions): Promise<T> {
    const { clock } = this.#options;
    const silenceMs = base === this.#proven ? limits.centralSilenceMs : limits.centralFirstSilenceMs;
    const answer = others.length > 0
      ? await whileAlive(inner => send(base, inner), { silenceMs, isAlive: inner => this.#isWorthWaiting(base, others, inner), clock, signal })
      : await send(base, signal);
    this.#proven = base;
    return answer;
  }

  async #askOnce<T>(base: string, send: Send<T>, { others, signal }: AskOptions): Promise<T> {
    if (others.length > 0 && !(await this.#isWorthWaiting(base, others, signal))) throw new Error(`${base} is silent`);
    try {
      const answer = await send(base, signal);
      this.#proven = base;
      return answer;
    } catch (error) {
      throw signal?.aborted || NOT_ARRIVED.has(systemCodeOf(error) ?? '') ? error : new VideoError('outcome_unknown', { address: base }, { cause: error });
    }
  }

  async #isWorthWaiting(base: string, others: readonly string[], signal: AbortSignal | undefined): Promise<boolean> {
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
