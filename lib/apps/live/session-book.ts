import type { Clock } from '../../base/clock.ts';
import { createLog, type Log } from '../../base/log.ts';
import { withSession, type LiveSession, type LiveStatistics } from '../../domain/live/live-statistics.ts';

/** Counts what a run does with a channel, and adds it to what earlier ones did. */
export class SessionBook {
  /** To be told what the run tells. */
  readonly log: Log;
  readonly #place: Pick<LiveStatistics, 'order' | 'channel'>;
  readonly #saved: LiveStatistics | undefined;
  readonly #clock: Clock;
  readonly #startedAt: string;
  readonly #startedMs: number;
  #joinMs: number | undefined;
  #blocks = 0;
  #bytes = 0;
  #missedBlocks = 0;
  #lostParents = 0;
  /** Bytes that were given to others until now. */
  sentBytes: () => number = () => 0;

  constructor(place: Pick<LiveStatistics, 'order' | 'channel'>, saved: LiveStatistics | undefined, clock: Clock) {
    this.#place = place;
    this.#saved = saved;
    this.#clock = clock;
    this.#startedAt = new Date(clock.date()).toISOString();
    this.#startedMs = clock.now();
    this.log = createLog((_level, event, fields) => {
      if (event === 'relay.lost') this.#lostParents += 1;
      if (event === 'live.missed') {
        const { first, last } = fields as { readonly first: number; readonly last: number };
        this.#missedBlocks += last - first + 1;
      }
    }, 'debug');
  }

  noteBlock(bytes: number): void {
    this.#joinMs ??= Math.round(this.#clock.now() - this.#startedMs);
    this.#blocks += 1;
    this.#bytes += bytes;
  }

  /** What is to be saved. */
  get statistics(): Omit<LiveStatistics, 'savedAt'> {
    const session: LiveSession = {
      startedAt: this.#startedAt,
      elapsedMs: Math.round(this.#clock.now() - this.#startedMs),
      ...(this.#joinMs !== undefined && { joinMs: this.#joinMs }),
      blocks: this.#blocks,
      missedBlocks: this.#missedBlocks,
      bytes: this.#bytes,
      sentBytes: this.sentBytes(),
      lostParents: this.#lostParents,
    };
    return withSession(this.#saved, this.#place, session);
  }
}

/** `canal-ver-0.json`. */
export function liveStatisticsFile({ order, channel }: Pick<LiveStatistics, 'order' | 'channel'>): string {
  return `canal-${order}-${channel}.json`;
}
