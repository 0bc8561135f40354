import { Throughput } from './throughput.ts';

/** How fast a download goes, as a whole and by source: what people see. Bytes a second. */
export class Meter {
  readonly #all = new Throughput();
  readonly #bySource = new Map<string, Throughput>();

  bytesArrived(sourceId: string, count: number, nowMs: number): void {
    this.#all.add(count, nowMs);
    let throughput = this.#bySource.get(sourceId);
    if (!throughput) this.#bySource.set(sourceId, (throughput = new Throughput()));
    throughput.add(count, nowMs);
  }

  rate(nowMs: number): number {
    return this.#all.at(nowMs);
  }

  rateOf(sourceId: string, nowMs: number): number {
    return this.#bySource.get(sourceId)?.at(nowMs) ?? 0;
  }
}
