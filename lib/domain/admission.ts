import { VideoError } from '../base/errors.ts';
import type { FileId } from './file.ts';

export interface AdmissionSettings {
  /** Downloads at once; 0 sets no limit. */
  readonly maxRunning: number;
  readonly maxWaiting: number;
  /** A ticket without news for this long is over. */
  readonly leaseMs: number;
}

export interface TicketRequest {
  readonly ticketId: string;
  readonly client: string;
  readonly name: string;
  readonly fileId: FileId;
}

export interface TicketStatus extends TicketRequest {
  readonly openedAtMs: number;
  /** Undefined while it waits. */
  readonly grantedAtMs: number | undefined;
  readonly doneBytes: number;
}

interface Entry extends TicketRequest {
  readonly openedAtMs: number;
  grantedAtMs: number | undefined;
  renewedAtMs: number;
  doneBytes: number;
}

/**
 * Who may download now and who waits, first come, first served. A place is kept by renewing it; a client that vanished
 * loses it after the lease. Times are of one monotonic clock.
 */
export class Admission {
  readonly #settings: AdmissionSettings;
  /** In order of arrival. */
  readonly #tickets = new Map<string, Entry>();

  constructor(settings: AdmissionSettings) {
    this.#settings = settings;
  }

  /**
   * `isRunning` says that the download was granted by a central that has forgotten it: it goes on at once.
   *
   * @throws VideoError `line_full`
   */
  open(request: TicketRequest, nowMs: number, { isRunning = false } = {}): TicketStatus {
    const waiting = this.#waiting().length;
    if (!isRunning && waiting >= this.#settings.maxWaiting) throw new VideoError('line_full', { waiting });
    const grantedAtMs = isRunning ? nowMs : undefined;
    this.#tickets.set(request.ticketId, { ...request, openedAtMs: nowMs, grantedAtMs, renewedAtMs: nowMs, doneBytes: 0 });
    this.#grant(nowMs);
    return this.#tickets.get(request.ticketId)!;
  }

  /** @throws VideoError `ticket_not_found` */
  renew(ticketId: string, doneBytes: number, nowMs: number): TicketStatus {
    const ticket = this.#get(ticketId);
    ticket.renewedAtMs = nowMs;
    ticket.doneBytes = doneBytes;
    return ticket;
  }

  /** @throws VideoError `ticket_not_found` */
  close(ticketId: string, nowMs: number): TicketStatus {
    const ticket = this.#get(ticketId);
    this.#tickets.delete(ticketId);
    this.#grant(nowMs);
    return ticket;
  }

  /** Takes the places of those who vanished; tells who they were. */
  expire(nowMs: number): readonly TicketStatus[] {
    const expired = [...this.#tickets.values()].filter(({ renewedAtMs }) => nowMs - renewedAtMs > this.#settings.leaseMs);
    for (const { ticketId } of expired) this.#tickets.delete(ticketId);
    this.#grant(nowMs);
    return expired;
  }

  /** Place in line, from 1; 0 when it is granted. */
  positionOf(ticketId: string): number {
    return this.#waiting().findIndex(ticket => ticket.ticketId === ticketId) + 1;
  }

  all(): readonly TicketStatus[] {
    return [...this.#tickets.values()];
  }

  #get(ticketId: string): Entry {
    const ticket = this.#tickets.get(ticketId);
    if (!ticket) throw new VideoError('ticket_not_found', { ticketId });
    return ticket;
  }

  #waiting(): Entry[] {
    return [...this.#tickets.values()].filter(({ grantedAtMs }) => grantedAtMs === undefined);
  }

  #grant(nowMs: number): void {
    const { maxRunning } = this.#settings;
    const waiting = this.#waiting();
    const free = maxRunning === 0 ? waiting.length : maxRunning - (this.#tickets.size - waiting.length);
    for (const ticket of waiting.slice(0, Math.max(0, free))) ticket.grantedAtMs = nowMs;
  }
}
