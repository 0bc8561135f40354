import type { ServerResponse } from 'node:http';
import { Histogram } from '../../base/histogram.ts';
import { counter, type Metric } from '../../base/metric.ts';
import { SECOND_MS } from '../../base/units.ts';

/** Seconds: a page of the catalogue takes some milliseconds, an upload or a film minutes. */
const BOUNDS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60];

/** Counts the requests that a server answered, and how long they took until the last byte was sent. */
export class RequestMeter {
  readonly #counts = new Map<string, { readonly operation: string; readonly status: string; requests: number }>();
  readonly #durations = new Map<string, Histogram>();

  /** Notes the answer when it has ended. `operation` is one of a set that is known beforehand, whatever was asked for. */
  watch(operation: string, response: ServerResponse): void {
    const startedAtMs = performance.now();
    response.once('close', () => {
      this.#note(operation, response.headersSent ? String(response.statusCode) : 'aborted', performance.now() - startedAtMs);
    });
  }

  metrics(): readonly Metric[] {
    const counts = [...this.#counts.values()].map(({ operation, status, requests }) => ({ labels: { operation, status }, value: requests }));
    const durations = [...this.#durations].flatMap(([operation, histogram]) => histogram.samples({ operation }));
    return [
      counter('videopartes_http_requests_total', 'Requests, by operation (none: what does not exist) and status (aborted: nobody waited for the answer)', counts),
      { name: 'videopartes_http_request_duration_seconds', help: 'Until the last byte of the answer was sent', type: 'histogram', samples: durations },
    ];
  }

  #note(operation: string, status: string, elapsedMs: number): void {
    const key = `${operation} ${status}`;
    const count = this.#counts.get(key) ?? { operation, status, requests: 0 };
    count.requests += 1;
    this.#counts.set(key, count);
    const durations = this.#durations.get(operation) ?? new Histogram(BOUNDS_S);
    durations.add(elapsedMs / SECOND_MS);
    this.#durations.set(operation, durations);
  }
}
