import type { Clock } from '../../base/clock.ts';
import { SECOND_MS } from '../../base/units.ts';
import { ServiceRuns } from '../../domain/service-runs.ts';
import { increment, STATISTICS_VERSION, type Counts, type SecondaryStatistics } from '../../domain/statistics.ts';

/** An answer with bytes of a video, running or ended. */
export interface Service {
  readonly name: string;
  readonly remoteAddress: string;
  readonly isCopy: boolean;
  readonly bytes: number;
}

/** A pause this long between two requests of a client for a video makes two downloads of them. */
const DOWNLOAD_GAP_MS = 30 * SECOND_MS;
/** Between two requests of one download nothing is being served for a moment. */
const SERVED_NOW_MS = 3 * SECOND_MS;

/** What a node gave and took, over all its runs. */
export class ServiceBook {
  readonly #clock: Clock;
  readonly #runs = new ServiceRuns(DOWNLOAD_GAP_MS);
  #statistics: SecondaryStatistics;

  constructor(number: number, saved: SecondaryStatistics | undefined, clock: Clock) {
    this.#clock = clock;
    this.#statistics = { ...(saved ?? emptyStatistics), number };
  }

  get statistics(): SecondaryStatistics {
    return this.#statistics;
  }

  /** Downloads in which the node takes part now, by video. */
  get serving(): Counts {
    const runs = this.#runs.recent(SERVED_NOW_MS, this.#clock.now());
    return runs.reduce<Counts>((counts, { name }) => increment(counts, name), {});
  }

  /** Downloads in which it took part and no longer does, by video. */
  get served(): Counts {
    const { serving } = this;
    const ended = Object.entries(this.#statistics.videos).map(([name, count]) => [name, count - (serving[name] ?? 0)] as const);
    return Object.fromEntries(ended.filter(([, count]) => count > 0));
  }

  /** A copy of another secondary is no download. Said again and again while an answer runs, so that a long one is not taken for a pause. */
  noteServing({ name, remoteAddress, isCopy }: Service): void {
    if (isCopy || !this.#runs.touch(remoteAddress, name, this.#clock.now())) return;
    const { clientes, videos } = this.#statistics;
    this.#statistics = { ...this.#statistics, clientes: increment(clientes, remoteAddress), videos: increment(videos, name) };
  }

  noteServed(service: Service): void {
    this.noteServing(service);
    this.#add({ requests: 1, servedBytes: service.bytes });
  }

  noteCopied(receivedBytes: number): void {
    this.#add({ copies: 1, copiedBytes: receivedBytes });
  }

  noteCopyFailed(): void {
    this.#add({ failedCopies: 1 });
  }

  #add(more: Partial<SecondaryStatistics['totals']>): void {
    const { totals } = this.#statistics;
    this.#statistics = {
      ...this.#statistics,
      totals: {
        requests: totals.requests + (more.requests ?? 0),
        servedBytes: totals.servedBytes + (more.servedBytes ?? 0),
        copies: totals.copies + (more.copies ?? 0),
        copiedBytes: totals.copiedBytes + (more.copiedBytes ?? 0),
        failedCopies: totals.failedCopies + (more.failedCopies ?? 0),
      },
    };
  }
}

const emptyStatistics: SecondaryStatistics = {
  version: STATISTICS_VERSION,
  program: 'videosecundario',
  number: 0,
  savedAt: new Date(0).toISOString(),
  clientes: {},
  videos: {},
  totals: { requests: 0, servedBytes: 0, copies: 0, copiedBytes: 0, failedCopies: 0 },
};
