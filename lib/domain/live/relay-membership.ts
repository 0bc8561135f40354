import { backoffMs } from '../../base/backoff.ts';
import type { Random } from '../../base/random.ts';
import type { RelayPort, ToRoot } from './relay-messages.ts';
import { relayTimes } from './relay-times.ts';
import type { Contact } from './stream.ts';

export interface RelayMembershipOptions {
  /** How the root is reached. */
  readonly root: Contact;
  /** Slices of each block that are sent on at the most. */
  readonly slots: number;
  /** Where others reach this viewer; 0 when they cannot. */
  readonly listenPort: number;
}

export interface RelayMembershipPorts {
  readonly port: RelayPort;
  readonly random: Random;
}

/** What a viewer gives to others: slices until now, and of each block at the most. */
export interface Given {
  readonly sent: number;
  readonly slots: number;
}

const REJOIN = { firstMs: relayTimes.rejoinMs, maxMs: relayTimes.rejoinLongestMs } as const;

/** A viewer's place at the root: joins until it is taken in, reports while it is, joins again when the root was away, and leaves. */
export class RelayMembership {
  readonly #options: RelayMembershipOptions;
  readonly #ports: RelayMembershipPorts;
  #isJoined = false;
  /** Since it was taken in. */
  #joins = 0;
  #joinAtMs = 0;
  #reportAtMs = 0;
  /** When anything came that the root made: also its blocks, from whomever. */
  #heardMs = 0;
  /** When it said something itself. */
  #answeredMs = 0;
  #leavingSinceMs: number | undefined;

  constructor(options: RelayMembershipOptions, ports: RelayMembershipPorts) {
    this.#options = options;
    this.#ports = ports;
  }

  get isJoined(): boolean {
    return this.#isJoined;
  }

  /** Whether the root that took it in is not there any more, or its connection is dead. */
  isAway(nowMs: number): boolean {
    return this.#isJoined && (nowMs - this.#heardMs > relayTimes.awayMs || nowMs - this.#answeredMs > relayTimes.unansweredMs);
  }

  /** Joins, or reports, when it is time to. */
  tick({ sent, slots }: Given, nowMs: number): void {
    if (!this.#isJoined && nowMs >= this.#joinAtMs && this.#leavingSinceMs === undefined) {
      this.#joins += 1;
      this.#joinAtMs = nowMs + relayTimes.rejoinLongestMs;
      this.#send({ type: 'join', slots: this.#options.slots, port: this.#options.listenPort });
    }
    if (this.#isJoined && nowMs >= this.#reportAtMs) {
      this.#reportAtMs = nowMs + relayTimes.reportEveryMs;
      this.#send({ type: 'report', sent, slots });
    }
  }

  /** The root knows only those who joined. */
  tell(message: ToRoot): void {
    if (this.#isJoined) this.#send(message);
  }

  welcomed(nowMs: number): void {
    this.#isJoined = true;
    this.#joins = 0;
    this.#reportAtMs = nowMs + relayTimes.reportEveryMs;
  }

  /** The root said something. Also after a sleep: what it said meanwhile was not heard. */
  answered(nowMs: number): void {
    this.#heardMs = nowMs;
    this.#answeredMs = nowMs;
  }

  /** Something came that the root made not long ago, from whomever. */
  heard(nowMs: number): void {
    this.#heardMs = nowMs;
  }

  /** The connection ended, or could not be made. */
  closed(nowMs: number): void {
    this.#isJoined = false;
    this.#joinAtMs = nowMs + backoffMs(this.#joins, REJOIN, this.#ports.random);
  }

  /** Says that it goes, and does not join again. */
  leave(nowMs: number): void {
    if (this.#leavingSinceMs !== undefined) return;
    this.#leavingSinceMs = nowMs;
    this.tell({ type: 'leave' });
  }

  /** Whether who leaves can go: `takers` take from it and have to get another parent first, unless that takes too long. */
  mayGo(takers: number, nowMs: number): boolean {
    if (this.#leavingSinceMs === undefined) return false;
    return !this.#isJoined || takers === 0 || nowMs - this.#leavingSinceMs >= relayTimes.leavingMs;
  }

  #send(message: ToRoot): void {
    this.#ports.port.send(this.#options.root, message);
  }
}
