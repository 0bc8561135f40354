import type { SourceRecord } from '../statistics.ts';

interface SourceTally {
  bytes: number;
  parts: number;
  failures: number;
  reassignedParts: number;
  hashFailures: number;
  duplicateBytes: number;
  busyMs: number;
  busySinceMs: number | undefined;
  running: number;
}

/** What each source gave to one download, counted while it runs. */
export class Tally {
  readonly #sources = new Map<string, SourceTally>();
  receivedBytes = 0;
  retries = 0;

  requestStarted(sourceId: string, nowMs: number): void {
    const source = this.of(sourceId);
    source.running += 1;
    source.busySinceMs ??= nowMs;
  }

  requestEnded(sourceId: string, nowMs: number): void {
    const source = this.of(sourceId);
    source.running -= 1;
    if (source.running > 0 || source.busySinceMs === undefined) return;
    source.busyMs += nowMs - source.busySinceMs;
    source.busySinceMs = undefined;
  }

  kept(sourceId: string, bytes: number): void {
    const source = this.of(sourceId);
    source.bytes += bytes;
    source.parts += 1;
    this.receivedBytes += bytes;
  }

  of(sourceId: string): SourceTally {
    let source = this.#sources.get(sourceId);
    if (!source) {
      source = {
        bytes: 0,
        parts: 0,
        failures: 0,
        reassignedParts: 0,
        hashFailures: 0,
        duplicateBytes: 0,
        busyMs: 0,
        busySinceMs: undefined,
        running: 0,
      };
      this.#sources.set(sourceId, source);
    }
    return source;
  }

  records(): SourceRecord[] {
    return [...this.#sources].map(([id, source]) => ({
      id,
      bytes: source.bytes,
      parts: source.parts,
      rate: source.busyMs > 0 ? Math.round((source.bytes / source.busyMs) * 1000) : 0,
      failures: source.failures,
      reassignedParts: source.reassignedParts,
      hashFailures: source.hashFailures,
      duplicateBytes: source.duplicateBytes,
    }));
  }
}
