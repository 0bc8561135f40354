import { createHash } from 'node:crypto';
import type { ExecutionContext } from 'ava';
import { systemClock } from '../../lib/base/clock.ts';
import { seededRandom } from '../../lib/base/random.ts';
import { download, type DownloadOptions, type DownloadResult } from '../../lib/domain/download/download.ts';
import type { Sink } from '../../lib/domain/download/sink.ts';
import { defaultScheduler } from '../../lib/domain/download/scheduler.ts';
import { partRange, type Manifest } from '../../lib/domain/manifest.ts';
import { openNodeSources } from '../../lib/io/http/node-sources.ts';

/** A sink in memory that also counts how often each part was kept. */
export class MemorySink implements Sink {
  readonly bytes: Buffer;
  readonly kept: Uint8Array;
  readonly present: ReadonlySet<number>;
  readonly #manifest: Manifest;
  isFinished = false;

  constructor(manifest: Manifest, present: ReadonlySet<number> = new Set()) {
    this.#manifest = manifest;
    this.present = present;
    this.bytes = Buffer.alloc(manifest.sizeBytes);
    this.kept = new Uint8Array(manifest.partHashes.length);
  }

  async write(part: number, offset: number, bytes: Uint8Array): Promise<void> {
    this.bytes.set(bytes, partRange(this.#manifest, part).start + offset);
  }

  async verify(part: number): Promise<boolean> {
    const { start, end } = partRange(this.#manifest, part);
    return createHash('sha256').update(this.bytes.subarray(start, end)).digest('hex') === this.#manifest.partHashes[part];
  }

  async keep(part: number): Promise<void> {
    this.kept[part]! += 1;
  }

  async finish(): Promise<void> {
    this.isFinished = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Nothing is open.
  }
}

/** Quick to give up on a silent source and quick to try a failed one again, so that tests of faults are quick too. */
export const impatientScheduler = {
  ...defaultScheduler,
  stallMs: 300,
  failureBackoff: { firstMs: 30, maxMs: 200 },
  corruptionBackoff: { firstMs: 500, maxMs: 2000 },
};

export interface DownloadFromOptions extends Partial<DownloadOptions> {
  readonly threads?: number;
  /** Who vouches for servers of HTTPS. */
  readonly ca?: string;
  readonly sink?: MemorySink;
}

/** Downloads from real servers, named `source-1`, `source-2` … in the order of `urls`, into memory. */
export async function downloadFrom(
  t: ExecutionContext,
  manifest: Manifest,
  urls: readonly string[],
  options: DownloadFromOptions = {},
): Promise<{ readonly result: DownloadResult; readonly sink: MemorySink }> {
  const sources = openNodeSources(manifest, { threads: options.threads ?? 0, ca: options.ca });
  t.teardown(() => sources[Symbol.asyncDispose]());
  const sink = options.sink ?? new MemorySink(manifest);
  const all = urls.map((url, index) => sources.source(`source-${index + 1}`, url));
  const result = await download(manifest, once(all), sink, {
    clock: systemClock,
    random: seededRandom(1),
    signal: new AbortController().signal,
    settings: impatientScheduler,
    patienceMs: 5000,
    ...options,
  });
  return { result, sink };
}

async function* once<T>(value: T): AsyncGenerator<T> {
  yield value;
}
