import type { Clock } from '../../base/clock.ts';
import {
  DOWNLOADS_KEPT,
  increment,
  STATISTICS_VERSION,
  type CentralStatistics,
  type Counts,
  type TicketRecord,
} from '../../domain/statistics.ts';
import type { TicketStatus } from '../../domain/admission.ts';

/** Downloads as the central saw them end, over all its runs. */
export class DownloadBook {
  readonly #clock: Clock;
  #statistics: CentralStatistics;

  constructor(saved: CentralStatistics | undefined, clock: Clock) {
    this.#clock = clock;
    this.#statistics = saved ?? {
      version: STATISTICS_VERSION,
      program: 'videocentral',
      savedAt: new Date(0).toISOString(),
      clientes: {},
      videos: {},
      totals: { downloads: 0, failed: 0, cancelled: 0, expired: 0, receivedBytes: 0 },
      downloads: [],
    };
  }

  get statistics(): CentralStatistics {
    return this.#statistics;
  }

  downloadsOf(client: string): number {
    const { clientes } = this.#statistics;
    return Object.hasOwn(clientes, client) ? clientes[client]! : 0;
  }

  /** A ticket ended; only `done` counts as a download of its video and its client. */
  note(ticket: TicketStatus, outcome: TicketRecord['outcome'], receivedBytes: number): void {
    const nowMs = this.#clock.now();
    const elapsedMs = nowMs - ticket.openedAtMs;
    const record: TicketRecord = {
      client: ticket.client,
      name: ticket.name,
      outcome,
      openedAt: new Date(this.#clock.date() - elapsedMs).toISOString(),
      waitedMs: Math.round((ticket.grantedAtMs ?? nowMs) - ticket.openedAtMs),
      elapsedMs: Math.round(elapsedMs),
      receivedBytes,
    };
    const { clientes, videos, totals, downloads } = this.#statistics;
    const isDone = outcome === 'done';
    const countOf = (counts: Counts, key: string) => (isDone ? increment(counts, key) : counts);
    const total = ({ done: 'downloads', failed: 'failed', cancelled: 'cancelled', expired: 'expired' } as const)[outcome];
    this.#statistics = {
      ...this.#statistics,
      clientes: countOf(clientes, ticket.client),
      videos: countOf(videos, ticket.name),
      totals: { ...totals, [total]: totals[total] + 1, receivedBytes: totals.receivedBytes + receivedBytes },
      downloads: [...downloads, record].slice(-DOWNLOADS_KEPT),
    };
  }
}
