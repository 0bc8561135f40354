import type { Clock } from '../../base/clock.ts';
import { isTransient, isVideoError, toVideoError, type VideoError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { OfferedPeer } from '../../domain/download/peer-circle.ts';
import type { DownloadOutcome } from '../../domain/statistics.ts';
import type { ControlClient, GivenByNode, SourceAddress, SourceProblem, Ticket } from '../../protocol/control.ts';
import { limits } from '../../protocol/limits.ts';

export type GrantedTicket = Extract<Ticket, { state: 'granted' }>;

export interface TicketLineOptions {
  readonly control: ControlClient;
  readonly clientName: string;
  /** As people know the central. */
  readonly centralUrl: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** What the central is told of a download while it runs. */
export interface Report {
  readonly doneBytes: number;
  readonly problems: SourceProblem[];
}

/** Who has the file, as the central tells. */
export interface TicketOffer {
  readonly nodes: readonly SourceAddress[];
  /** Other clients, nobody of whom is believed. */
  readonly peers: readonly OfferedPeer[];
}

/** How the central learns that a download ended. */
export interface TicketEnd {
  readonly outcome: DownloadOutcome;
  readonly elapsedMs: number;
  readonly receivedBytes: number;
  readonly sources: GivenByNode[];
}

/**
 * One download as the central sees it: a place in line, then a lease that progress reports renew. A central that
 * does not answer, or that restarted and no longer knows the ticket, is asked again; the download goes on meanwhile.
 */
export class TicketLine {
  readonly #name: string;
  readonly #options: TicketLineOptions;
  #ticket: Ticket;
  readonly #closing = new AbortController();
  #isCentralLost = false;
  /** Since when the central says that there is nothing to wait for. */
  #refusedSinceMs: number | undefined;

  private constructor(name: string, ticket: Ticket, options: TicketLineOptions) {
    this.#name = name;
    this.#ticket = ticket;
    this.#options = options;
  }

  /** @throws VideoError whatever the central answers: `file_not_found`, `no_sources`, `central_unreachable` … */
  static async open(name: string, options: TicketLineOptions): Promise<TicketLine> {
    const { control, clientName, signal } = options;
    const ticket = await control.tickets.open({ client: clientName, name }, { signal });
    return new TicketLine(name, ticket, options);
  }

  /** Waits in line until it is this client's turn; tells its place whenever it moves. */
  async granted(onWaiting?: (position: number) => void): Promise<GrantedTicket> {
    const { clock, signal } = this.#options;
    let toldPosition = 0;
    while (this.#ticket.state === 'waiting') {
      if (this.#ticket.position !== toldPosition) onWaiting?.(this.#ticket.position);
      toldPosition = this.#ticket.position;
      await clock.sleep(this.#ticket.pollMs, { signal });
      await this.#renew({ doneBytes: 0, problems: [] }, false, signal);
    }
    return this.#ticket;
  }

  /**
   * Reports while the download runs and yields its sources whenever they change, the first ones at once, also when there are
   * none. Ends only when it is returned, closed or the signal aborts.
   */
  async *offers(report: () => Report): AsyncGenerator<TicketOffer> {
    const { clock } = this.#options;
    const signal = AbortSignal.any([this.#options.signal, this.#closing.signal]);
    let nodes: readonly SourceAddress[] = [];
    let known = '';
    for (;;) {
      if (this.#ticket.state === 'granted') {
        const { sources, peers = [] } = this.#ticket;
        // An empty answer means that no secondary looks alive from the central; those we know may still answer us.
        if (sources.length > 0) nodes = sources;
        const current = JSON.stringify([nodes, peers]);
        if (current !== known) {
          known = current;
          yield { nodes, peers };
        }
      }
      await clock.sleep(this.#ticket.pollMs, { signal });
      await this.#renew(report(), true, signal);
    }
  }

  /** Best effort: a central that is away learns it from the lease. `last`: problems that it has not heard of. */
  async close(end: TicketEnd, last?: Report): Promise<void> {
    // A report that came after this would open the ticket again.
    this.#closing.abort();
    const { ticketId } = this.#ticket;
    const signal = AbortSignal.timeout(limits.reachTimeoutMs);
    if (last && last.problems.length > 0) await this.#options.control.tickets.progress({ ticketId, ...last }, { signal }).catch(() => undefined);
    await this.#options.control.tickets
      .close({ ticketId, ...end }, { signal })
      .catch((error: unknown) => this.#options.log.debug('request.failed', reasonOf('tickets.close', error)));
  }

  async #renew(report: Report, isRunning: boolean, signal: AbortSignal): Promise<void> {
    try {
      this.#ticket = await this.#ask(report, isRunning, signal);
      this.#centralAnswered();
    } catch (error) {
      signal.throwIfAborted();
      if (isVideoError(error, 'file_not_found', 'no_sources')) this.#refused(error, isRunning);
      else if (isRunning || isPassing(error)) this.#centralIsAway(error);
      else throw error;
    }
  }

  async #ask(report: Report, isRunning: boolean, signal: AbortSignal): Promise<Ticket> {
    const { control, clientName: client } = this.#options;
    const { ticketId } = this.#ticket;
    try {
      return await control.tickets.progress({ ticketId, ...report }, { signal });
    } catch (error) {
      if (!isVideoError(error, 'ticket_not_found')) throw error;
      return control.tickets.open({ client, name: this.#name, ...(isRunning && { resumes: ticketId }) }, { signal });
    }
  }

  /**
   * A central that has just started may not have heard from the secondaries yet. A download that runs has its sources,
   * and ends when they give nothing any more.
   */
  #refused(error: VideoError, isRunning: boolean): void {
    const nowMs = this.#options.clock.now();
    this.#refusedSinceMs ??= nowMs;
    if (!isRunning && nowMs - this.#refusedSinceMs >= limits.ticketResumeWithinMs) throw error;
  }

  #centralIsAway(error: unknown): void {
    const { centralUrl, log } = this.#options;
    if (!this.#isCentralLost) log.warn('central.lost', { url: centralUrl, reason: toVideoError(error).code });
    this.#isCentralLost = true;
  }

  #centralAnswered(): void {
    const { log, centralUrl } = this.#options;
    if (this.#isCentralLost) log.info('central.reached', { url: centralUrl });
    this.#isCentralLost = false;
    this.#refusedSinceMs = undefined;
  }
}

/** A central that could not answer now may do so later. */
function isPassing(error: unknown): boolean {
  return isTransient(error) || isVideoError(error, 'internal', 'catalog_unavailable');
}

function reasonOf(operation: string, error: unknown): { operation: string; reason: string } {
  return { operation, reason: toVideoError(error).code };
}
