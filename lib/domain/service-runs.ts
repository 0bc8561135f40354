/** One client that takes one video, request after request. */
export interface ServiceRun {
  readonly client: string;
  readonly name: string;
  readonly seenAtMs: number;
}

/**
 * Groups requests into downloads. A node sees ranges and never a whole download: those of one client for one video
 * are taken for one download as long as no pause between them reaches `gapMs`.
 */
export class ServiceRuns {
  readonly #gapMs: number;
  readonly #runs = new Map<string, ServiceRun>();

  constructor(gapMs: number) {
    this.#gapMs = gapMs;
  }

  /** The client is taking the video now; true when this begins a download. */
  touch(client: string, name: string, nowMs: number): boolean {
    this.#forgetEnded(nowMs);
    const key = `${client} ${name}`;
    const isNew = !this.#runs.has(key);
    // Deleting first keeps the map in order of time.
    this.#runs.delete(key);
    this.#runs.set(key, { client, name, seenAtMs: nowMs });
    return isNew;
  }

  /** Those seen during the last `withinMs`. */
  recent(withinMs: number, nowMs: number): readonly ServiceRun[] {
    return [...this.#runs.values()].filter(({ seenAtMs }) => nowMs - seenAtMs < withinMs);
  }

  #forgetEnded(nowMs: number): void {
    for (const [key, { seenAtMs }] of this.#runs) {
      if (nowMs - seenAtMs < this.#gapMs) break;
      this.#runs.delete(key);
    }
  }
}
