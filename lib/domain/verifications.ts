import { MINUTE_MS } from '../base/units.ts';
import type { FileId, NodeNumber } from './file.ts';

export interface VerificationSettings {
  /** A replica that was verified is not verified again for this long, whoever complains of it. */
  readonly quietMs: number;
  /** A node that does not answer for this long is not asked any more. */
  readonly patienceMs: number;
  /** Replicas that wait for their verification, of all nodes; complaints of more are dropped. */
  readonly maxPending: number;
}

export const defaultVerifications: VerificationSettings = { quietMs: 10 * MINUTE_MS, patienceMs: 24 * 60 * MINUTE_MS, maxPending: 10_000 };

export interface PendingVerification {
  readonly node: NodeNumber;
  readonly id: FileId;
  /** The replica's name in the catalogue. */
  readonly name: string;
}

interface Pending extends PendingVerification {
  readonly sinceMs: number;
}

/**
 * Replicas that clients got bad bytes of, until their nodes have read them. Anyone who may download can complain: so one
 * replica is read at most once in `quietMs`, however many complain, and a complaint says nothing but that it is worth
 * reading. Lives in memory: what a restart of the central forgets is complained of again, or found in its turn. Times are
 * of one monotonic clock.
 */
export class Verifications {
  readonly #settings: VerificationSettings;
  readonly #pending = new Map<string, Pending>();
  readonly #verifiedAtMs = new Map<string, number>();

  constructor(settings: VerificationSettings = defaultVerifications) {
    this.#settings = settings;
  }

  /** A client complains. True when the replica has to be read because of it. */
  complain({ node, id, name }: PendingVerification, nowMs: number): boolean {
    this.#forgetOld(nowMs);
    const key = keyOf(node, id);
    if (this.#pending.has(key) || this.#verifiedAtMs.has(key) || this.#pending.size >= this.#settings.maxPending) return false;
    this.#pending.set(key, { node, id, name, sinceMs: nowMs });
    return true;
  }

  /** What the node is to read, the oldest complaint first. */
  of(node: NodeNumber, nowMs: number): readonly PendingVerification[] {
    this.#forgetOld(nowMs);
    return [...this.#pending.values()].filter(pending => pending.node === node);
  }

  /** The node has read it, or lost it. May be told again and again. */
  settle(node: NodeNumber, id: FileId, nowMs: number): void {
    const key = keyOf(node, id);
    if (this.#pending.delete(key)) this.#verifiedAtMs.set(key, nowMs);
  }

  #forgetOld(nowMs: number): void {
    const { quietMs, patienceMs } = this.#settings;
    for (const [key, { sinceMs }] of this.#pending) if (nowMs - sinceMs >= patienceMs) this.#pending.delete(key);
    for (const [key, atMs] of this.#verifiedAtMs) if (nowMs - atMs >= quietMs) this.#verifiedAtMs.delete(key);
  }
}

function keyOf(node: NodeNumber, id: FileId): string {
  return `${node}/${id}`;
}
