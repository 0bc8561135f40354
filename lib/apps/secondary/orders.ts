import { backoffMs } from '../../base/backoff.ts';
import { toVideoError, VideoError } from '../../base/errors.ts';
import { Latest } from '../../base/latest.ts';
import { MINUTE_MS, SECOND_MS } from '../../base/units.ts';
import type { FileId } from '../../domain/file.ts';
import type { Order, SourceAddress } from '../../protocol/control.ts';
import { limits } from '../../protocol/limits.ts';
import { copyFile, isNameFree, type CopyOrder, type CopyPorts } from './copy.ts';

export interface CopyProgress {
  readonly id: FileId;
  readonly name: string;
  readonly doneBytes: number;
  readonly sizeBytes: number;
}

export interface CopiesPorts extends CopyPorts {
  readonly onCopied: (receivedBytes: number) => void;
  /** Not called for copies that stopping cuts, nor for those that are withdrawn. */
  readonly onFailed: () => void;
}

interface RunningCopy {
  readonly order: CopyOrder;
  readonly addresses: Latest<readonly SourceAddress[]>;
  readonly withdrawn: AbortController;
  ended: Promise<void>;
  doneBytes: number;
  orderedAtMs: number;
}

interface Failure {
  readonly code: string;
  readonly times: number;
  readonly retryAtMs: number;
}

const retry = { firstMs: 2 * SECOND_MS, maxMs: MINUTE_MS };
/** For what needs a person, or at least time: asking again soon changes nothing. */
const LONG_RETRY_MS = MINUTE_MS;
/** A central that was just started orders nothing before it has heard everybody, or waited long enough for them. */
const WITHDRAWN_AFTER_MS = 20 * SECOND_MS;

/**
 * Carries out the central's orders to copy. Orders are not queued: the central repeats what it still wants, so that
 * one that cannot begin now (enough copies running, a failure a moment ago) is simply left, and a copy that is no longer
 * ordered is put down: another node may have made it.
 */
export class Copies implements AsyncDisposable {
  readonly #ports: CopiesPorts;
  readonly #running = new Map<FileId, RunningCopy>();
  readonly #failures = new Map<FileId, Failure>();
  readonly #stop = new AbortController();

  constructor(ports: CopiesPorts) {
    this.#ports = ports;
  }

  get running(): readonly CopyProgress[] {
    return [...this.#running.values()].map(({ order: { id, name, sizeBytes }, doneBytes }) => ({ id, name, doneBytes, sizeBytes }));
  }

  /** Orders of other kinds are for others. */
  take(orders: readonly Order[]): void {
    for (const order of orders) if (order.type === 'copy') this.#takeCopy(order);
    for (const copy of this.#running.values()) {
      if (this.#ports.clock.now() - copy.orderedAtMs >= WITHDRAWN_AFTER_MS) copy.withdrawn.abort(new VideoError('cancelled', {}));
    }
  }

  /** Leaves the running copies where they are; what was kept is resumed when they are ordered again. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new VideoError('cancelled', {}));
    await Promise.all([...this.#running.values()].map(({ ended }) => ended));
  }

  #takeCopy(order: CopyOrder): void {
    const { id, name, sources } = order;
    const known = this.#running.get(id);
    // The same order again brings the sources of now, and changes nothing else.
    known?.addresses.set(sources);
    if (known) known.orderedAtMs = this.#ports.clock.now();
    const isHere = this.#ports.folder.files.get(name)?.id === id;
    const isTooSoon = this.#ports.clock.now() < (this.#failures.get(id)?.retryAtMs ?? -Infinity);
    const isNameBusy = this.running.some(copy => copy.name === name);
    if (known || isHere || isTooSoon || isNameBusy || this.#stop.signal.aborted) return;
    if (this.#running.size >= limits.copiesPerNode) return;
    const copy: RunningCopy = {
      order,
      addresses: new Latest(sources),
      withdrawn: new AbortController(),
      ended: Promise.resolve(),
      doneBytes: 0,
      orderedAtMs: this.#ports.clock.now(),
    };
    this.#running.set(id, copy);
    copy.ended = this.#run(copy).finally(() => this.#running.delete(id));
  }

  async #run(copy: RunningCopy): Promise<void> {
    const { folder, clock, log, onCopied, onFailed } = this.#ports;
    const signal = AbortSignal.any([this.#stop.signal, copy.withdrawn.signal]);
    const { id, name } = copy.order;
    const startedAtMs = clock.now();
    const reservation = folder.reserve(name);
    const known = folder.damaged.get(name);
    const damaged = known?.id === id ? known : undefined;
    try {
      if (!damaged && !(await isNameFree(name, this.#ports))) return;
      const receivedBytes = await copyFile(copy.order, this.#ports, {
        addresses: copy.addresses,
        onProgress: doneBytes => {
          copy.doneBytes = doneBytes;
        },
        promisedBytes: () => this.#promisedBytesBeside(copy),
        signal,
        damaged,
      });
      this.#failures.delete(id);
      onCopied(receivedBytes);
      if (damaged) log.info('replica.mended', { name, parts: damaged.badParts.length });
      else log.info('copy.finished', { name, elapsedMs: clock.now() - startedAtMs });
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      if (copy.withdrawn.signal.aborted) return log.info('copy.withdrawn', { name });
      const { code } = toVideoError(error);
      if (this.#noteFailure(id, code)) log.warn('copy.failed', { name, reason: code });
      onFailed();
    } finally {
      reservation[Symbol.dispose]();
      copy.addresses.end();
    }
  }

  #promisedBytesBeside({ order: { id } }: RunningCopy): number {
    const others = this.running.filter(copy => copy.id !== id);
    return others.reduce((bytes, { sizeBytes, doneBytes }) => bytes + sizeBytes - doneBytes, 0);
  }

  /** True when a person has not heard of it yet. */
  #noteFailure(id: FileId, code: string): boolean {
    const { clock, random } = this.#ports;
    const last = this.#failures.get(id);
    const times = (last?.times ?? 0) + 1;
    const isLong = code === 'disk_full' || code === 'output_exists';
    const waitMs = isLong ? LONG_RETRY_MS : backoffMs(times, retry, random);
    this.#failures.set(id, { code, times, retryAtMs: clock.now() + waitMs });
    return last?.code !== code;
  }
}
