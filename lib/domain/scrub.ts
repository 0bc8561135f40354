import { DAY_MS, KIB, MIB, MINUTE_MS, SECOND_MS } from '../base/units.ts';

export interface ScrubSettings {
  /** Every replica is read to its end again before this time is over since the last time. */
  readonly cycleMs: number;
  /** The cycle that is aimed at while nobody waits for the disk. */
  readonly idleCycleMs: number;
  /** The cycle that is aimed at while answers or copies run; the rest of `cycleMs` is for what comes between. */
  readonly busyCycleMs: number;
  /** Bytes a second, whatever is due; and of what somebody ordered. */
  readonly maxRate: number;
  /** Of what somebody ordered, while answers or copies run. */
  readonly busyOrderRate: number;
  /** A machine that starts has other things to do: nothing is read in its turn before. */
  readonly firstAfterMs: number;
}

export const defaultScrub: ScrubSettings = {
  cycleMs: 14 * DAY_MS,
  idleCycleMs: 10 * DAY_MS,
  busyCycleMs: 13 * DAY_MS,
  maxRate: 32 * MIB,
  busyOrderRate: 8 * MIB,
  firstAfterMs: MINUTE_MS,
};

/** A replica and when it was last read to its end, milliseconds since 1970. */
export interface ReadReplica {
  readonly sizeBytes: number;
  readonly readAtMs: number;
}

/** Opening a file costs as much as reading so many bytes of it; so that a million empty files are not free. */
const FILE_COST_BYTES = 64 * KIB;
/** What is not used is saved up for so long: a machine that slept does not catch up in one go. */
const SAVED_MS = MINUTE_MS;

export function costOf(replica: Pick<ReadReplica, 'sizeBytes'>): number {
  return replica.sizeBytes + FILE_COST_BYTES;
}

/** The one that was read longest ago first. */
export function inOrderOfNeed<R extends ReadReplica>(replicas: Iterable<R>): R[] {
  return [...replicas].sort((a, b) => a.readAtMs - b.readAtMs);
}

/**
 * The lowest rate, in bytes a second, that reads each of the replicas within `cycleMs` since it was last read, when they
 * are read in the order given, that of their need; `readBytes` of the first are read already. A library that was read evenly gives the same rate always; one that
 * arrived on one day is spread over the cycle; what is late gives Infinity.
 */
export function neededRate(inOrder: readonly ReadReplica[], readBytes: number, cycleMs: number, nowMs: number): number {
  let bytes = -readBytes;
  let rate = 0;
  for (const replica of inOrder) {
    bytes += costOf(replica);
    // A date of the future comes from a clock that was wrong.
    const leftMs = Math.min(replica.readAtMs, nowMs) + cycleMs - nowMs;
    if (leftMs <= 0) return Infinity;
    rate = Math.max(rate, (bytes / leftMs) * SECOND_MS);
  }
  return rate;
}

/** How fast the replicas are to be read now, in bytes a second; for the first two parameters see `neededRate`. */
export function scrubRate(inOrder: readonly ReadReplica[], readBytes: number, isBusy: boolean, nowMs: number, settings: ScrubSettings): number {
  const { idleCycleMs, busyCycleMs, maxRate } = settings;
  return Math.min(maxRate, neededRate(inOrder, readBytes, isBusy ? busyCycleMs : idleCycleMs, nowMs));
}

/** Spreads reading over time, at a rate that may change at any moment: what was read is a debt that time pays. */
export class ScrubPace {
  #debtBytes = 0;
  #atMs: number;

  constructor(nowMs: number) {
    this.#atMs = nowMs;
  }

  /** Milliseconds until the next part may be read, if the rate stays as it is. Rates are in bytes a second. */
  waitMs(rate: number, nowMs: number): number {
    const paidBytes = (rate / SECOND_MS) * Math.min(nowMs - this.#atMs, SAVED_MS);
    this.#atMs = nowMs;
    this.#debtBytes = Math.max(0, this.#debtBytes - paidBytes);
    return rate > 0 ? (this.#debtBytes / rate) * SECOND_MS : Infinity;
  }

  read(bytes: number): void {
    this.#debtBytes += bytes;
  }
}

/** How fast a replica is read that somebody doubts, in bytes a second. */
export function orderedRate(isBusy: boolean, { maxRate, busyOrderRate }: ScrubSettings): number {
  return isBusy ? Math.min(maxRate, busyOrderRate) : maxRate;
}
