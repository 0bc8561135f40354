import { partRange } from '../manifest.ts';
import type { FilePlan } from './file-plan.ts';
import { PartBoard } from './part-board.ts';
import { PartHalves } from './part-halves.ts';
import { broughtBytes, endOf, hasBroughtItsShare, ScheduledSource, type Arrival, type RequestId, type SourceRequest } from './scheduled-source.ts';
import type { PartRun, SourceFacts } from './source.ts';

/** Why a request is cancelled: its source is silent or gone, or nothing it still brings is missing. */
export type CancelReason = 'stalled' | 'source_failed' | 'not_needed' | 'source_left';

export type Command =
  | { readonly type: 'request'; readonly requestId: RequestId; readonly sourceId: string; readonly run: PartRun }
  | {
      readonly type: 'cancel';
      readonly requestId: RequestId;
      readonly sourceId: string;
      readonly reason: CancelReason;
      /** Parts that it still owed. */
      readonly parts: number;
    };

/** Who was asked for what, and what came of it. */
export class Assignments {
  readonly board: PartBoard;
  readonly halves: PartHalves;
  readonly #plan: FilePlan;
  readonly #sources = new Map<string, ScheduledSource>();
  readonly #requests = new Map<RequestId, SourceRequest>();
  /** Sources that gave a whole right part, by id: they may come and go. */
  readonly #proven = new Set<string>();
  /** Those that brought pieces of a part that was wrong. */
  readonly #suspects = new Set<string>();
  /** Who brought pieces of which part. */
  readonly #bringers = new Map<number, Set<string>>();
  #duplicateBytes = 0;
  #lastRequestId = 0;

  constructor(plan: FilePlan, present: ReadonlySet<number>) {
    this.#plan = plan;
    this.board = new PartBoard(plan.partHashes.length, present);
    this.halves = new PartHalves(plan);
  }

  get sources(): ReadonlyMap<string, ScheduledSource> {
    return this.#sources;
  }

  get requests(): ReadonlyMap<RequestId, SourceRequest> {
    return this.#requests;
  }

  /** That came twice, as far as it is known. */
  get duplicateBytes(): number {
    return this.#duplicateBytes;
  }

  addSource(sourceId: string, nowMs: number, expectedRate: number | undefined, facts?: SourceFacts): void {
    this.#sources.set(sourceId, new ScheduledSource(sourceId, this.#plan, nowMs, expectedRate, facts));
  }

  removeSource(sourceId: string, nowMs: number): Command[] {
    const source = this.#sources.get(sourceId);
    if (!source) return [];
    this.#sources.delete(sourceId);
    return this.cancelAll(source, 'source_left', nowMs);
  }

  bytesArrived(requestId: RequestId, bytes: number, nowMs: number): void {
    const request = this.#requests.get(requestId);
    if (!request) return;
    request.partBytes += bytes;
    request.source.bytesArrived(bytes, nowMs);
  }

  /** True for the first copy, which is the one to keep. */
  partVerified(requestId: RequestId, part: number): boolean {
    const request = this.#requests.get(requestId);
    if (!request || request.nextPart !== part) return false;
    advance(request);
    request.source.failures = 0;
    this.#proven.add(request.source.id);
    const isFirst = this.board.complete(part);
    this.#bringers.delete(part);
    if (isFirst) this.halves.forget(part);
    else this.#duplicateBytes += this.bytesOf(part);
    return isFirst;
  }

  /** As `Scheduler.pieceArrived`. */
  pieceArrived(requestId: RequestId, part: number, givenBytes: number, isEnd: boolean): 'together' | 'shared' | undefined {
    const request = this.#requests.get(requestId);
    if (!request || request.nextPart !== part || this.board.isDone(part)) return undefined;
    request.givenBytes = givenBytes;
    if (isEnd && this.#isOrphan(request)) {
      this.#duplicateBytes += broughtBytes(request);
      this.board.giveBack(part);
      advance(request);
      return 'shared';
    }
    if (isEnd) {
      this.halves.tailCame(part, request.run.from!);
      this.#noteBringer(part, request.source);
      // It stays taken until it is known to be right.
      advance(request);
    } else if (hasBroughtItsShare(request)) {
      this.halves.headCame(part, givenBytes);
      this.#noteBringer(part, request.source);
    } else return undefined;
    return this.halves.isTogether(part) ? 'together' : 'shared';
  }

  /** True when it is right, and the first copy. */
  partPutTogether(part: number, isRight: boolean): boolean {
    const bringers = this.#bringers.get(part) ?? [];
    this.#bringers.delete(part);
    if (isRight) {
      this.halves.forget(part);
      return this.board.complete(part);
    }
    for (const id of bringers) this.#suspects.add(id);
    this.halves.wasWrong(part);
    this.board.giveBack(part);
    return false;
  }

  /**
   * Whether pieces of a part count that others end: whose they were nobody knows when the whole is wrong. A peer, which nobody
   * vouches for, has to have given a whole right part, and nothing that spoilt one.
   */
  mayBringHalves({ id, corruptions, isGrowing }: ScheduledSource): boolean {
    return corruptions === 0 && (!isGrowing || (this.#proven.has(id) && !this.#suspects.has(id)));
  }

  /** The parts of the run are taken already. */
  begin(source: ScheduledSource, run: PartRun, nowMs: number): Command {
    this.#lastRequestId += 1;
    const request = source.begin(this.#lastRequestId, run, nowMs);
    this.#requests.set(request.id, request);
    return { type: 'request', requestId: request.id, sourceId: source.id, run };
  }

  cancel(request: SourceRequest, reason: CancelReason, nowMs: number): Command {
    const parts = endOf(request.run) - request.nextPart;
    this.end(request, nowMs);
    return { type: 'cancel', requestId: request.id, sourceId: request.source.id, reason, parts };
  }

  cancelAll(source: ScheduledSource, reason: CancelReason, nowMs: number): Command[] {
    return [...source.requests].map(request => this.cancel(request, reason, nowMs));
  }

  /** A request whose current part somebody else brought, or brings from here on; what it had left is to be asked for again. */
  cancelNotNeeded(nowMs: number): Command[] {
    const commands: Command[] = [];
    for (const request of this.#requests.values()) {
      const { nextPart, run, partBytes, givenBytes } = request;
      if (nextPart >= endOf(run)) continue;
      if (this.board.isDone(nextPart) || this.#isOrphan(request)) this.#duplicateBytes += broughtBytes(request);
      else if (hasBroughtItsShare(request)) this.#duplicateBytes += partBytes - givenBytes;
      else continue;
      commands.push(this.cancel(request, 'not_needed', nowMs));
    }
    return commands;
  }

  /** What it still owed is to be asked for again. */
  end(request: SourceRequest, nowMs: number): void {
    if (request.nextPart < endOf(request.run)) this.#leaveHalves(request);
    for (let part = request.nextPart; part < endOf(request.run); part += 1) this.board.giveBack(part);
    this.#requests.delete(request.id);
    request.source.end(request, nowMs);
  }

  /** Every part that is being asked for, as it is expected. */
  *arrivals(nowMs: number): Generator<Arrival> {
    for (const source of this.#sources.values()) yield* source.arrivals(nowMs);
  }

  /** Of the parts that come once only, the one that is expected last. */
  lastToArrive(nowMs: number): Arrival | undefined {
    let last: Arrival | undefined;
    for (const arrival of this.arrivals(nowMs)) {
      if (last && arrival.inMs <= last.inMs) continue;
      if (!this.board.isDone(arrival.part) && this.#comesOnce(arrival.part)) last = arrival;
    }
    return last;
  }

  /** One request brings its beginning, and another one its end. */
  isShared(part: number): boolean {
    return [...this.#requests.values()].some(({ shared }) => shared?.part === part);
  }

  bytesOf(part: number): number {
    const { start, end } = partRange(this.#plan, part);
    return end - start;
  }

  #comesOnce(part: number): boolean {
    const requests = this.board.requestsFor(part);
    return requests === 1 || (requests === 2 && this.isShared(part));
  }

  /** It brings the end of a part whose beginning nobody brings any more. */
  #isOrphan({ run: { first, from } }: SourceRequest): boolean {
    if (from === undefined || from <= this.halves.headOf(first)) return false;
    return ![...this.#requests.values()].some(({ shared }) => shared?.part === first && shared.until === from);
  }

  /** What a request that is cut wrote of its part may serve the next one; who brought the other half is told. */
  #leaveHalves(request: SourceRequest): void {
    const { run, nextPart: part, givenBytes, shared, source } = request;
    const from = part === run.first ? (run.from ?? 0) : 0;
    if (from > this.halves.headOf(part)) {
      for (const head of this.#requests.values()) if (head.shared?.part === part) head.shared = undefined;
      return;
    }
    if (shared && this.halves.hasTail(shared.part) && !hasBroughtItsShare(request)) {
      this.halves.tailIsLost(shared.part);
      this.board.giveBack(shared.part);
    }
    const isUseful = this.mayBringHalves(source) && givenBytes > 0 && !this.board.isDone(part) && this.halves.mayBePutTogether(part);
    if (!isUseful) return;
    this.halves.headCame(part, givenBytes);
    this.#noteBringer(part, source);
  }

  #noteBringer(part: number, { id }: ScheduledSource): void {
    this.#bringers.set(part, (this.#bringers.get(part) ?? new Set()).add(id));
  }
}

function advance(request: SourceRequest): void {
  request.nextPart += 1;
  request.partBytes = 0;
  request.givenBytes = 0;
}
