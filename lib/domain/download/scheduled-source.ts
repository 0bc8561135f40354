import { SECOND_MS } from '../../base/units.ts';
import { partRange } from '../manifest.ts';
import type { FileShape } from './file-plan.ts';
import { SourceRate } from './source-rate.ts';
import type { Holdings, PartRun, SourceFacts } from './source.ts';

export type RequestId = number;

/** Something that a source was asked for. */
export interface SourceRequest {
  readonly id: RequestId;
  readonly source: ScheduledSource;
  readonly run: PartRun;
  /** The part whose bytes come now; `run.first + run.count` when all came. */
  nextPart: number;
  /** Where in that part the next byte belongs. */
  partBytes: number;
  /** How much of that part was given away in pieces. */
  givenBytes: number;
  /** A part whose end, from there on, another request brings. */
  shared: { readonly part: number; readonly until: number } | undefined;
}

/** A part that is being asked for. */
export interface Arrival {
  readonly part: number;
  readonly request: SourceRequest;
  readonly inMs: number;
  /** Of it that came already, and would come again from another source. */
  readonly wastedBytes: number;
}

/** A source as the scheduler knows it: what it owes, how fast it is, and whether it may be asked now. */
export class ScheduledSource {
  readonly id: string;
  readonly #shape: FileShape;
  readonly #measured = new SourceRate();
  readonly #expectedRate: number | undefined;
  readonly #requests: SourceRequest[] = [];
  /** Parts that it is known to lack, or that it gave wrong: others are asked for them first. */
  readonly #doubtful: Set<number>;
  readonly #held: Holdings | undefined;
  /** Since its last right part. */
  failures = 0;
  /** Wrong parts, ever. */
  corruptions = 0;
  /** It failed, and is left alone until then. */
  coolingUntilMs = 0;
  #lastByteAtMs: number;

  /** `expectedRate`, in bytes a second, counts until something is measured. */
  constructor(id: string, shape: FileShape, nowMs: number, expectedRate: number | undefined, { lacks = new Set(), held }: SourceFacts = {}) {
    this.id = id;
    this.#doubtful = new Set(lacks);
    this.#held = held;
    this.#shape = shape;
    this.#expectedRate = expectedRate;
    this.#lastByteAtMs = nowMs;
  }

  get requests(): readonly SourceRequest[] {
    return this.#requests;
  }

  get isIdle(): boolean {
    return this.#requests.length === 0;
  }

  /** It was busy without a byte since then. */
  get silentSinceMs(): number {
    return this.isIdle ? Infinity : this.#lastByteAtMs;
  }

  isCooling(nowMs: number): boolean {
    return this.coolingUntilMs > nowMs;
  }

  /** Parts that it lacks or gave wrong. */
  get doubtful(): ReadonlySet<number> {
    return this.#doubtful;
  }

  /** It fetches the file itself. */
  get isGrowing(): boolean {
    return this.#held !== undefined;
  }

  /** Whether it has the part, right or wrong. */
  holds(part: number): boolean {
    return this.#held === undefined || this.#held.has(part);
  }

  /** Whether it has the part, and nothing bad is known of it. */
  mayBring(part: number): boolean {
    return this.holds(part) && !this.#doubtful.has(part);
  }

  get mayBringAll(): boolean {
    return this.#doubtful.size === 0 && (this.#held === undefined || this.#held.isWhole);
  }

  gaveWrong(part: number): void {
    this.#doubtful.add(part);
    this.corruptions += 1;
  }

  /** How many consecutive parts from `first` on, itself included, it may be asked for at once; `most` at most. */
  soundRun(first: number, most: number): number {
    let count = 1;
    while (count < most && this.mayBring(first + count)) count += 1;
    return count;
  }

  /** Bytes a second; undefined when nothing is known of it. */
  rateAt(nowMs: number): number | undefined {
    return this.#measured.at(nowMs) ?? this.#expectedRate;
  }

  /** Whether it is known how fast it is now. */
  isMeasured(nowMs: number): boolean {
    return this.#measured.at(nowMs) !== undefined;
  }

  /** The measured rate of a source that may be asked for much at once; undefined of one that has to prove itself. */
  trustedRateAt(nowMs: number): number | undefined {
    return this.corruptions === 0 && this.failures === 0 ? this.#measured.at(nowMs) : undefined;
  }

  hasFreePlace(nowMs: number, places: number): boolean {
    return !this.isCooling(nowMs) && this.#requests.length < (this.trustedRateAt(nowMs) === undefined ? 1 : places);
  }

  get owedBytes(): number {
    let owedBytes = 0;
    for (const { run, nextPart, partBytes } of this.#requests) {
      owedBytes += (endOf(run) - nextPart) * this.#shape.partSizeBytes - partBytes;
    }
    return owedBytes;
  }

  /** Expected time until it has delivered what it owes and one part more; 0 while nothing is known of it. */
  finishMs(nowMs: number): number {
    const rate = this.rateAt(nowMs);
    return rate === undefined ? 0 : timeOf(this.owedBytes + this.#shape.partSizeBytes, rate);
  }

  /** Every part that it owes, as it is expected. */
  *arrivals(nowMs: number): Generator<Arrival> {
    const rate = this.#measured.at(nowMs) ?? 0;
    let aheadBytes = 0;
    for (const request of this.#requests) {
      for (let part = request.nextPart; part < endOf(request.run); part += 1) {
        const { start, end } = partRange(this.#shape, part);
        const wastedBytes = part === request.nextPart ? request.partBytes : 0;
        const ownBytes = request.shared?.part === part ? request.shared.until : end - start;
        aheadBytes += ownBytes - wastedBytes;
        yield { part, request, inMs: timeOf(aheadBytes, rate), wastedBytes };
      }
    }
  }

  begin(id: RequestId, run: PartRun, nowMs: number): SourceRequest {
    if (this.isIdle) {
      this.#lastByteAtMs = nowMs;
      this.#measured.start(nowMs);
    }
    const from = run.from ?? 0;
    const request: SourceRequest = { id, source: this, run, nextPart: run.first, partBytes: from, givenBytes: from, shared: undefined };
    this.#requests.push(request);
    return request;
  }

  end(request: SourceRequest, nowMs: number): void {
    this.#requests.splice(this.#requests.indexOf(request), 1);
    if (this.isIdle) this.#measured.stop(nowMs);
    else this.#lastByteAtMs = nowMs;
  }

  bytesArrived(bytes: number, nowMs: number): void {
    this.#lastByteAtMs = nowMs;
    if (bytes > 0) this.#measured.add(bytes, nowMs);
  }
}

/** Everything that it has to bring of its current part was given away, and another request brings the rest. */
export function hasBroughtItsShare({ shared, nextPart, givenBytes }: SourceRequest): boolean {
  return shared?.part === nextPart && givenBytes >= shared.until;
}

/** Bytes of its current part that a request brought itself. */
export function broughtBytes({ run, nextPart, partBytes }: SourceRequest): number {
  return partBytes - (nextPart === run.first ? (run.from ?? 0) : 0);
}

export function endOf(run: PartRun): number {
  return run.first + run.count;
}

/** Milliseconds; for ever is not reckoned with. */
export function timeOf(bytes: number, rate: number): number {
  return (bytes / Math.max(rate, 1)) * SECOND_MS;
}
