interface Attempt {
  /** Bytes that came since the source's last failure. */
  bytes: number;
  /** As many as ever came between two failures, since its last right part. */
  furthestBytes: number;
}

/**
 * Until when a download waits for a useful byte. Those of a source that failed are useful again when they get further
 * than they got before: a slow source with large parts lives on after a hiccup, and one that is always cut at the same
 * place, or sends the same wrong part, does not keep a download waiting for ever.
 */
export class Patience {
  readonly #patienceMs: number;
  readonly #failed = new Map<string, Attempt>();
  #usefulAtMs: number;

  constructor(patienceMs: number, nowMs: number) {
    this.#patienceMs = patienceMs;
    this.#usefulAtMs = nowMs;
  }

  get endsAtMs(): number {
    return this.#usefulAtMs + this.#patienceMs;
  }

  bytesArrived(sourceId: string, count: number, nowMs: number): void {
    const attempt = this.#failed.get(sourceId);
    if (attempt) attempt.bytes += count;
    if (!attempt || attempt.bytes > attempt.furthestBytes) this.#usefulAtMs = nowMs;
  }

  sourceFailed(sourceId: string): void {
    const { bytes, furthestBytes } = this.#failed.get(sourceId) ?? { bytes: 0, furthestBytes: 0 };
    this.#failed.set(sourceId, { bytes: 0, furthestBytes: Math.max(bytes, furthestBytes) });
  }

  partWasRight(sourceId: string, nowMs: number): void {
    this.#failed.delete(sourceId);
    this.#usefulAtMs = nowMs;
  }
}
