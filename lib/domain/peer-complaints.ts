export interface ComplaintSettings {
  /** A peer is not looked at again because of the same name for so long… */
  readonly quietMs: number;
  /** …and because of any name for so long. */
  readonly gapMs: number;
  /** What may have been a moment's is looked at again after so long. */
  readonly secondLookMs: number;
  /** Complaints beyond them are dropped. */
  readonly waitingMax: number;
}

export interface PeerComplaint {
  /** `IP:PORT` */
  readonly address: string;
  readonly name: string;
  readonly part?: number | undefined;
}

export interface PeerLook extends PeerComplaint {
  readonly isSecond: boolean;
}

interface Waiting extends PeerLook {
  readonly dueAtMs: number;
}

const REMEMBERED_MAX = 10_000;

/**
 * Peers that somebody complained of, until they were looked at. Anyone may complain, and a complaint says nothing but that it
 * is worth looking: whatever is complained of, and however often, a peer is looked at once at a time, and seldom. What comes too
 * early is not lost but waits, or who lies could always be complained of before others do. Times are of one monotonic clock.
 */
export class PeerComplaints {
  readonly #settings: ComplaintSettings;
  readonly #waiting = new Map<string, Waiting>();
  /** Addresses. */
  readonly #underWay = new Set<string>();
  /** Addresses, and addresses with names, the one that was looked at longest ago first. */
  readonly #lookedAtMs = new Map<string, number>();

  constructor(settings: ComplaintSettings) {
    this.#settings = settings;
  }

  /** False when too many wait already. Of several complaints that wait for one look the last one says which part. */
  note({ address, name, part }: PeerComplaint, nowMs: number): boolean {
    const key = keyOf(address, name);
    const known = this.#waiting.get(key);
    if (!known && this.#waiting.size >= this.#settings.waitingMax) return false;
    const dueAtMs = known?.dueAtMs ?? Math.max(nowMs, (this.#lookedAtMs.get(key) ?? -Infinity) + this.#settings.quietMs);
    this.#waiting.set(key, { address, name, part: part ?? known?.part, isSecond: known?.isSecond ?? false, dueAtMs });
    return true;
  }

  /** A look that is due; it is under way until it `ended`. */
  take(nowMs: number): PeerLook | undefined {
    for (const [key, { dueAtMs, ...look }] of this.#waiting) {
      const restsUntilMs = (this.#lookedAtMs.get(look.address) ?? -Infinity) + this.#settings.gapMs;
      if (nowMs < Math.max(dueAtMs, restsUntilMs) || this.#underWay.has(look.address)) continue;
      this.#waiting.delete(key);
      this.#underWay.add(look.address);
      return look;
    }
    return undefined;
  }

  ended({ address, name }: PeerLook, nowMs: number): void {
    this.#underWay.delete(address);
    for (const key of [address, keyOf(address, name)]) {
      this.#lookedAtMs.delete(key);
      this.#lookedAtMs.set(key, nowMs);
    }
    for (const [key, atMs] of this.#lookedAtMs) {
      if (nowMs - atMs < this.#settings.quietMs && this.#lookedAtMs.size <= REMEMBERED_MAX) return;
      this.#lookedAtMs.delete(key);
    }
  }

  /** After a look that ended. */
  lookAgain({ address, name, part }: PeerLook, nowMs: number): void {
    this.#waiting.set(keyOf(address, name), { address, name, part, isSecond: true, dueAtMs: nowMs + this.#settings.secondLookMs });
  }
}

/** No address has a space. */
function keyOf(address: string, name: string): string {
  return `${address} ${name}`;
}
