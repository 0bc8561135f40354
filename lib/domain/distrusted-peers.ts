/** Each is passed over in a search for what it announces: so many take less than a millisecond. */
const REMEMBERED_MAX = 2000;

/** Addresses of peers that are not offered for a while, whoever is there. Of too many, the one that was added first is forgotten. */
export class DistrustedPeers {
  readonly #max: number;
  readonly #untilMs = new Map<string, number>();

  constructor(max: number = REMEMBERED_MAX) {
    this.#max = max;
  }

  /** Never makes shorter what an address was given before. */
  add(address: string, forMs: number, nowMs: number): void {
    const untilMs = nowMs + Math.max(forMs, this.leftMs(address, nowMs));
    this.#untilMs.delete(address);
    this.#untilMs.set(address, untilMs);
    for (const oldest of this.#untilMs.keys()) {
      if (this.#untilMs.size <= this.#max) return;
      this.#untilMs.delete(oldest);
    }
  }

  /** 0: it is offered as any other. */
  leftMs(address: string, nowMs: number): number {
    return Math.max(0, (this.#untilMs.get(address) ?? nowMs) - nowMs);
  }
}
