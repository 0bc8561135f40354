import type { Clock } from '../../base/clock.ts';
import type { TicketStatus } from '../../domain/admission.ts';
import { RunningCounts } from '../../domain/running-counts.ts';
import {
  centralStatistics,
  DOWNLOADS_KEPT,
  increment,
  type CentralStatistics,
  type Counts,
  type NodeTotals,
  type SavedCentralStatistics,
  type TicketRecord,
} from '../../domain/statistics.ts';
import { RESOLUTIONS, seriesShapes, TimeSeries, type Resolution, type SeriesAmounts, type SeriesSlot } from '../../domain/time-series.ts';
import { Topics } from '../../domain/topics.ts';
import type { GivenByNode, SourceProblem } from '../../protocol/control.ts';
import { limits } from '../../protocol/limits.ts';

/** What is known of a download when it ended. */
export interface TicketEnd {
  readonly outcome: TicketRecord['outcome'];
  readonly receivedBytes: number;
  /** By secondary; undefined when nobody told. */
  readonly sources?: readonly GivenByNode[] | undefined;
}

const noNodeTotals: NodeTotals = { downloads: 0, bytes: 0, failures: 0, hashFailures: 0, reassignedParts: 0 };

/** Downloads as the central saw them, over all its runs, and the numbers that others registered. */
export class DownloadBook {
  readonly topics: Topics;
  readonly #clock: Clock;
  readonly #running = new RunningCounts();
  readonly #series: { readonly [R in Resolution]: TimeSeries };
  #statistics: CentralStatistics;

  constructor(saved: SavedCentralStatistics | undefined, clock: Clock) {
    this.#clock = clock;
    this.#statistics = centralStatistics(saved);
    const { series, topics } = this.#statistics;
    this.#series = { minute: new TimeSeries(seriesShapes.minute, series.minute), hour: new TimeSeries(seriesShapes.hour, series.hour) };
    this.topics = new Topics(limits, topics);
  }

  get statistics(): CentralStatistics {
    return { ...this.#statistics, series: { minute: this.slots('minute'), hour: this.slots('hour') }, topics: this.topics.all };
  }

  /** The earliest first; those without anything are left out. */
  slots(resolution: Resolution): readonly SeriesSlot[] {
    return this.#series[resolution].slots(this.#clock.date());
  }

  downloadsOf(client: string): number {
    const { clientes } = this.#statistics;
    return Object.hasOwn(clientes, client) ? clientes[client]! : 0;
  }

  /** `isResumed`: it ran already, under another central or another run of this one. */
  opened(ticketId: string, { isResumed }: { readonly isResumed: boolean }): void {
    this.#running.begin(ticketId, { isResumed });
  }

  /** The problems are those of nodes that the central knows. */
  progressed(ticketId: string, doneBytes: number, problems: readonly SourceProblem[]): void {
    const bytes = this.#running.bytesSince(ticketId, doneBytes);
    if (bytes > 0) this.#add({ bytes });
    for (const { node, kind } of problems) {
      const key = kind === 'corrupt' ? 'hashFailures' : 'failures';
      this.#running.failed(ticketId, node, key);
      this.#add({ [key]: 1 });
      this.#addToTotals({ [key]: 1 });
      this.#addToNode(node, { [key]: 1 });
    }
  }

  /** A ticket ended; only `done` counts as a download of its video and its client. */
  note(ticket: TicketStatus, { outcome, receivedBytes, sources = [] }: TicketEnd): void {
    const nowMs = this.#clock.now();
    const elapsedMs = nowMs - ticket.openedAtMs;
    const { ticketId, client, name } = ticket;
    const waitedMs = Math.round((ticket.grantedAtMs ?? nowMs) - ticket.openedAtMs);
    const reassignedParts = sum(sources, 'reassignedParts');
    const news = sources.map(source => ({ ...source, ...this.#running.uncountedFailures(ticketId, source.node, source) }));
    for (const { node, bytes, failures, hashFailures, reassignedParts: parts } of news) {
      this.#addToNode(node, { downloads: bytes > 0 ? 1 : 0, bytes, failures, hashFailures, reassignedParts: parts });
    }
    const amounts = { [outcome]: 1, waitedMs, failures: sum(news, 'failures'), hashFailures: sum(news, 'hashFailures'), reassignedParts };
    this.#add({ ...amounts, bytes: this.#running.uncountedBytes(ticketId, receivedBytes) });
    this.#running.end(ticketId);

    const { done = 0, ...others } = amounts as Partial<SeriesAmounts>;
    this.#addToTotals({ ...others, downloads: done, receivedBytes });
    const record: TicketRecord = {
      client,
      name,
      outcome,
      openedAt: new Date(this.#clock.date() - elapsedMs).toISOString(),
      waitedMs,
      elapsedMs: Math.round(elapsedMs),
      receivedBytes,
      ...(sources.length > 0 && { failures: sum(sources, 'failures'), hashFailures: sum(sources, 'hashFailures'), reassignedParts }),
    };
    const { clientes, videos, downloads } = this.#statistics;
    const countOf = (counts: Counts, key: string) => (outcome === 'done' ? increment(counts, key) : counts);
    this.#statistics = {
      ...this.#statistics,
      clientes: countOf(clientes, client),
      videos: countOf(videos, name),
      downloads: [...downloads, record].slice(-DOWNLOADS_KEPT),
    };
  }

  #add(amounts: Partial<SeriesAmounts>): void {
    for (const resolution of RESOLUTIONS) this.#series[resolution].add(amounts, this.#clock.date());
  }

  #addToTotals(more: Partial<CentralStatistics['totals']>): void {
    this.#statistics = { ...this.#statistics, totals: plus(this.#statistics.totals, more) };
  }

  #addToNode(node: number, more: Partial<NodeTotals>): void {
    const { byNode } = this.#statistics;
    this.#statistics = { ...this.#statistics, byNode: { ...byNode, [node]: plus(byNode[node] ?? noNodeTotals, more) } };
  }
}

function sum<K extends string>(items: readonly { readonly [Key in K]: number }[], key: K): number {
  return items.reduce((total, item) => total + item[key], 0);
}

/** The one, with what the other says added to it. */
function plus<T extends { readonly [Key in keyof T]: number }>(one: T, more: Partial<T>): T {
  return Object.fromEntries(Object.entries<number>(one).map(([key, value]) => [key, value + (more[key as keyof T] ?? 0)])) as T;
}
