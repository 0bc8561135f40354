import { VideoError } from '../base/errors.ts';
import type { FileId } from './file.ts';

export interface AdmissionSettings {
  /** Downloads at once; 0 sets no limit. */
  readonly maxRunning: number;
  readonly maxWaiting: number;
  /** A ticket without news for this long is over. */
  readonly leaseMs: number;
  /** For this long after its own start a central believes whoever says that it was downloading already. */
  readonly resumeWithinMs: number;
}

export interface TicketRequest {
  readonly ticketId: string;
  readonly client: string;
  readonly name: string;
  readonly fileId: FileId;
  readonly sizeBytes: number;
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
  readonly #startedAtMs: number;
  readonly #settings: AdmissionSettings;
  readonly #running = new Map<string, Entry>();
  /** In order of arrival. */
  readonly #waiting = new Map<string, Entry>();
  /** Place of each who waits; undefined when somebody left since it was counted. */
  #places: Map<string, number> | undefined;

  constructor(startedAtMs: number, settings: AdmissionSettings) {
    this.#startedAtMs = startedAtMs;
    this.#settings = settings;
  }

  /**
   * `isRunning` says that an earlier central granted the download: it goes on at once, above the limit if need be. Long
   * after the start nobody can have been forgotten, and it waits like everybody.
   *
   * @throws VideoError `line_full`
   */
  open(request: TicketRequest, nowMs: number, { isRunning = false } = {}): TicketStatus {
    const isBelieved = isRunning && nowMs - this.#startedAtMs < this.#settings.resumeWithinMs;
    const entry: Entry = { ...request, openedAtMs: nowMs, grantedAtMs: undefined, renewedAtMs: nowMs, doneBytes: 0 };
    if (isBelieved || this.#hasRoom()) return this.#grant(entry, nowMs);
    const waiting = this.#waiting.size;
    if (waiting >= this.#settings.maxWaiting) throw new VideoError('line_full', { waiting });
    this.#waiting.set(entry.ticketId, entry);
    this.#places?.set(entry.ticketId, waiting + 1);
    return entry;
  }

  /** @throws VideoError `ticket_not_found` */
  get(ticketId: string): TicketStatus {
    return this.#entry(ticketId);
  }

  /** @throws VideoError `ticket_not_found` */
  renew(ticketId: string, doneBytes: number, nowMs: number): TicketStatus {
    const ticket = this.#entry(ticketId);
    ticket.renewedAtMs = nowMs;
    ticket.doneBytes = doneBytes;
    return ticket;
  }

  /** @throws VideoError `ticket_not_found` */
  close(ticketId: string, nowMs: number): TicketStatus {
    const ticket = this.#entry(ticketId);
    this.#remove(ticketId);
    this.#fill(nowMs);
    return ticket;
  }

  /** Takes the places of those who vanished; tells who they were. */
  expire(nowMs: number): readonly TicketStatus[] {
    const expired = this.#all().filter(({ renewedAtMs }) => nowMs - renewedAtMs > this.#settings.leaseMs);
    for (const { ticketId } of expired) this.#remove(ticketId);
    this.#fill(nowMs);
    return expired;
  }

  /** Place in line, from 1; 0 when it does not wait. */
  positionOf(ticketId: string): number {
    this.#places ??= new Map([...this.#waiting.keys()].map((id, index) => [id, index + 1]));
    return this.#places.get(ticketId) ?? 0;
  }

  get counts(): { readonly running: number; readonly waiting: number } {
    return { running: this.#running.size, waiting: this.#waiting.size };
  }

  /** Those who download, then those who wait, each in order of arrival. */
  all(): readonly TicketStatus[] {
    return this.#all();
  }

  #all(): Entry[] {
    return [...this.#running.values(), ...this.#waiting.values()];
  }

  #entry(ticketId: string): Entry {
    const ticket = this.#running.get(ticketId) ?? this.#waiting.get(ticketId);
    if (!ticket) throw new VideoError('ticket_not_found', { ticketId });
    return ticket;
  }

  #remove(ticketId: string): void {
    this.#running.delete(ticketId);
    if (this.#waiting.delete(ticketId)) this.#places = undefined;
  }

  /** Whether one more may download. Nobody waits then, except while `#fill` runs. */
  #hasRoom(): boolean {
    const { maxRunning } = this.#settings;
    return maxRunning === 0 || this.#running.size < maxRunning;
  }

  #grant(entry: Entry, nowMs: number): Entry {
    entry.grantedAtMs = nowMs;
    this.#running.set(entry.ticketId, entry);
    return entry;
  }

  #fill(nowMs: number): void {
    for (const entry of this.#waiting.values()) {
      if (!this.#hasRoom()) return;
      this.#remove(entry.ticketId);
      this.#grant(entry, nowMs);
    }
  }
}
