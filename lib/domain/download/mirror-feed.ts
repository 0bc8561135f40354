import type { Clock } from '../../base/clock.ts';
import { Doorbell } from '../../base/doorbell.ts';
import { toVideoError, VideoError } from '../../base/errors.ts';
import { MINUTE_MS } from '../../base/units.ts';
import type { DownloadObserver } from './progress.ts';
import type { Source } from './source.ts';

/** A mirror that sent so many damaged parts has another file. */
const CORRUPT_PARTS_MAX = 3;
const CERTIFICATE_PROBLEM = /CERT|SELF_SIGNED|ERR_TLS|ERR_SSL/;
/** Refusals that another attempt may turn: Request Timeout, Too Early, Too Many Requests. */
const PASSING_REFUSALS: ReadonlySet<number> = new Set([408, 425, 429]);

/**
 * Which mirrors take part in a download: all, but those that said how long they want to be left alone are left alone,
 * and those whose failure is final are left for good. When none is left the feed throws why the last one was left, which
 * ends the download.
 */
export class MirrorFeed {
  readonly #sources: readonly Source[];
  readonly #clock: Clock;
  readonly #bell: Doorbell;
  readonly #left = new Set<string>();
  readonly #pausedUntilMs = new Map<string, number>();
  readonly #corruptParts = new Map<string, number>();
  #lastReason: VideoError | undefined;

  constructor(sources: readonly Source[], clock: Clock) {
    this.#sources = sources.map(source => new WatchedSource(source, error => this.#failed(source.id, error)));
    this.#clock = clock;
    this.#bell = new Doorbell(clock);
  }

  /** To be told of damaged parts, which only the engine knows. */
  readonly observer: DownloadObserver = {
    onPartCorrupt: (id, part) => {
      const corruptParts = (this.#corruptParts.get(id) ?? 0) + 1;
      this.#corruptParts.set(id, corruptParts);
      if (corruptParts >= CORRUPT_PARTS_MAX) this.#leave(id, new VideoError('part_corrupt', { source: id, part }));
      this.#bell.ring();
    },
  };

  /** The usable sources, now and whenever they change. Ends only by throwing: when none is left, or by the signal. */
  async *sets({ signal }: { readonly signal: AbortSignal }): AsyncGenerator<readonly Source[]> {
    let known: string | undefined;
    for (;;) {
      if (this.#lastReason && this.#left.size === this.#sources.length) throw this.#lastReason;
      const nowMs = this.#clock.now();
      const usable = this.#sources.filter(({ id }) => !this.#left.has(id) && this.#pauseOf(id, nowMs) === 0);
      const current = usable.map(({ id }) => id).join('\n');
      if (current === known) {
        await this.#bell.sleep(this.#nextReturnMs(nowMs), { signal });
        continue;
      }
      known = current;
      yield usable;
    }
  }

  #failed(id: string, error: VideoError): void {
    const { retryAfterMs } = error.facts as { readonly retryAfterMs?: number };
    if (isFinal(error)) this.#leave(id, error);
    else if (retryAfterMs !== undefined) this.#pausedUntilMs.set(id, this.#clock.now() + retryAfterMs);
    this.#bell.ring();
  }

  #leave(id: string, reason: VideoError): void {
    this.#left.add(id);
    this.#lastReason = reason;
  }

  #pauseOf(id: string, nowMs: number): number {
    return Math.max(0, (this.#pausedUntilMs.get(id) ?? 0) - nowMs);
  }

  #nextReturnMs(nowMs: number): number {
    const pauses = this.#sources.filter(({ id }) => !this.#left.has(id)).map(({ id }) => this.#pauseOf(id, nowMs));
    return Math.min(MINUTE_MS, ...pauses.filter(pauseMs => pauseMs > 0));
  }
}

/** The same source; every failure is told, before whoever asked learns of it. */
class WatchedSource implements Source {
  readonly id: string;
  readonly read: Source['read'];
  readonly #source: Source;

  constructor(source: Source, onFailure: (error: VideoError) => void) {
    this.id = source.id;
    this.#source = source;
    this.read = async (run, receiver, options) => {
      try {
        await source.read(run, receiver, options);
      } catch (error) {
        if (!options.signal.aborted) onFailure(toVideoError(error));
        throw error;
      }
    };
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.#source[Symbol.asyncDispose]();
  }
}

/** Whether asking the same mirror again can only fail again. */
export function isFinal({ code, facts }: VideoError): boolean {
  if (code === 'source_protocol') return true;
  if (code === 'source_unreachable') return CERTIFICATE_PROBLEM.test((facts as { readonly reason: string }).reason);
  if (code !== 'source_refused') return false;
  const { status } = facts as { readonly status: number };
  return status < 500 && !PASSING_REFUSALS.has(status);
}
