import { backoffMs, type BackoffSettings } from '../../base/backoff.ts';
import type { Random } from '../../base/random.ts';
import { MIB } from '../../base/units.ts';
import { partRange } from '../manifest.ts';
import type { FilePlan } from './file-plan.ts';
import { PartBoard } from './part-board.ts';
import { PartHalves } from './part-halves.ts';
import type { UrgentPart } from './playback.ts';
import { broughtBytes, endOf, hasBroughtItsShare, ScheduledSource, timeOf, type Arrival, type RequestId, type SourceRequest } from './scheduled-source.ts';
import { PIECE_BYTES, type PartRun } from './source.ts';

export interface SchedulerSettings {
  /** Requests outstanding on one source, so that the round trip is hidden. */
  readonly requestsPerSource: number;
  /** A request asks for about this much time of its source's measured rate. */
  readonly requestTargetMs: number;
  readonly requestMaxBytes: number;
  /** A busy source without a byte for this long loses its parts. */
  readonly stallMs: number;
  /** Share of the file that may be fetched twice to end sooner. */
  readonly duplicateBudget: number;
  /** How much sooner a duplicate has to end to be worth its bytes. */
  readonly hedgeGain: number;
  readonly failureBackoff: BackoffSettings;
  readonly corruptionBackoff: BackoffSettings;
  /** How often the tail is looked at again while a source is idle. */
  readonly tailTickMs: number;
}

export const defaultScheduler: SchedulerSettings = {
  requestsPerSource: 2,
  requestTargetMs: 150,
  requestMaxBytes: 32 * MIB,
  stallMs: 2000,
  duplicateBudget: 0.02,
  hedgeGain: 0.8,
  failureBackoff: { firstMs: 250, maxMs: 8000 },
  corruptionBackoff: { firstMs: 5000, maxMs: 60_000 },
  tailTickMs: 50,
};

/** Parts that somebody waits for, the most urgent first. */
export type UrgentParts = (nowMs: number) => readonly UrgentPart[];

export interface SchedulerOptions {
  readonly present: ReadonlySet<number>;
  readonly random: Random;
  readonly settings?: SchedulerSettings | undefined;
  readonly urgentParts?: UrgentParts | undefined;
}

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

/** What all usable sources do together. */
interface Fleet {
  readonly rate: number;
  readonly owedBytes: number;
}

/**
 * Decides which source fetches what. It never waits, reads no clock and rolls no dice of its own: events go in,
 * commands come out of `decide`, and `wakeAtMs` says when to ask again if nothing happens until then.
 *
 *  1. A busy source silent for `stallMs` loses its parts and cools down.
 *  2. While parts are left, each source with a free place gets a run of about `requestTargetMs` of its rate, unless
 *     the others would have ended everything before it could end one part.
 *  3. With deadlines, the most urgent part comes first; a source that would be late with it while another would not gets
 *     the first one that it brings in time, or else the last of the file, and a part that would come too late is duplicated, within the budget.
 *  4. When none are left, an idle source duplicates the part that would come last, within the budget; whoever brings
 *     it second is cancelled.
 */
export class Scheduler {
  readonly #manifest: FilePlan;
  readonly #settings: SchedulerSettings;
  readonly #random: Random;
  readonly #urgentParts: UrgentParts;
  readonly #board: PartBoard;
  readonly #halves: PartHalves;
  readonly #sources = new Map<string, ScheduledSource>();
  readonly #requests = new Map<RequestId, SourceRequest>();
  readonly #duplicateBudgetBytes: number;
  #duplicateBytes = 0;
  #lastRequestId = 0;

  constructor(manifest: FilePlan, { present, random, settings = defaultScheduler, urgentParts = () => [] }: SchedulerOptions) {
    this.#manifest = manifest;
    this.#settings = settings;
    this.#random = random;
    this.#urgentParts = urgentParts;
    this.#board = new PartBoard(manifest.partHashes.length, present);
    this.#halves = new PartHalves(manifest);
    // A file of few parts could never afford one.
    this.#duplicateBudgetBytes = Math.max(manifest.sizeBytes * settings.duplicateBudget, manifest.partSizeBytes);
  }

  get isDone(): boolean {
    return this.#board.missing === 0;
  }

  get duplicateBytes(): number {
    return this.#duplicateBytes;
  }

  hasSource(sourceId: string): boolean {
    return this.#sources.has(sourceId);
  }

  isCooling(sourceId: string, nowMs: number): boolean {
    return this.#sources.get(sourceId)?.isCooling(nowMs) ?? false;
  }

  isIdle(sourceId: string): boolean {
    return this.#sources.get(sourceId)?.isIdle ?? true;
  }

  /** `expectedRate`, in bytes a second, ranks it until something is measured; one that nothing is known of is tried first. */
  addSource(sourceId: string, nowMs: number, expectedRate?: number): void {
    this.#sources.set(sourceId, new ScheduledSource(sourceId, this.#manifest, nowMs, expectedRate));
  }

  /** It is no longer offered; what it was asked for goes to others. */
  removeSource(sourceId: string, nowMs: number): Command[] {
    const source = this.#sources.get(sourceId);
    if (!source) return [];
    this.#sources.delete(sourceId);
    return this.#cancelAll(source, 'source_left', nowMs);
  }

  /** Bytes came; 0 says that the source is alive but waits for us. */
  bytesArrived(requestId: RequestId, bytes: number, nowMs: number): void {
    const request = this.#requests.get(requestId);
    if (!request) return;
    request.partBytes += bytes;
    request.source.bytesArrived(bytes, nowMs);
  }

  /** A part came and is right. True for the first copy, which is the one to keep. */
  partVerified(requestId: RequestId, part: number): boolean {
    const request = this.#requests.get(requestId);
    if (!request || request.nextPart !== part) return false;
    this.#advance(request);
    request.source.failures = 0;
    const isFirst = this.#board.complete(part);
    if (isFirst) this.#halves.forget(part);
    else this.#duplicateBytes += this.#bytesOf(part);
    return isFirst;
  }

  /**
   * Bytes of a part up to `givenBytes` were given away to be written; with `isEnd` the part ends there, and began before
   * this request, so that nobody knows its hash. When all of it is written it is `together`: it has to be read back, and
   * `partPutTogether` be told what it is. `shared` asks for a decision at once: the request has done its share.
   */
  pieceArrived(requestId: RequestId, part: number, givenBytes: number, isEnd: boolean): 'together' | 'shared' | undefined {
    const request = this.#requests.get(requestId);
    if (!request || request.nextPart !== part || this.#board.isDone(part)) return undefined;
    request.givenBytes = givenBytes;
    if (isEnd) {
      this.#halves.tailCame(part, request.run.from!);
      // It stays taken until it is known to be right.
      this.#advance(request);
    } else if (hasBroughtItsShare(request)) {
      this.#halves.headCame(part, givenBytes);
    } else return undefined;
    return this.#halves.isTogether(part) ? 'together' : 'shared';
  }

  /** A part that several requests brought was read back. True when it is right, and the first copy. */
  partPutTogether(part: number, isRight: boolean): boolean {
    if (isRight) {
      this.#halves.forget(part);
      return this.#board.complete(part);
    }
    this.#halves.wasWrong(part);
    this.#board.giveBack(part);
    return false;
  }

  /** A part that was verified turned out not to be kept: it is missing again. */
  partLost(part: number): void {
    this.#board.lose(part);
  }

  /** A part came and is wrong: everything this source still owes goes to others and it cools down for long. */
  partCorrupt(requestId: RequestId, part: number, nowMs: number): Command[] {
    const request = this.#requests.get(requestId);
    if (!request || request.nextPart !== part) return [];
    const { source } = request;
    source.corruptions += 1;
    source.coolingUntilMs = nowMs + backoffMs(source.corruptions, this.#settings.corruptionBackoff, this.#random);
    return this.#cancelAll(source, 'source_failed', nowMs);
  }

  /** Every part of the request was delivered, or the rest never will be. */
  requestEnded(requestId: RequestId, nowMs: number): void {
    const request = this.#requests.get(requestId);
    if (request) this.#forget(request, nowMs);
  }

  /** The request broke: its source cools down, and every request on it is cancelled. */
  requestFailed(requestId: RequestId, nowMs: number): Command[] {
    const request = this.#requests.get(requestId);
    return request ? this.#fail(request.source, 'source_failed', nowMs) : [];
  }

  /** What to do now. Commands are facts already: the caller must carry out each of them. */
  decide(nowMs: number): Command[] {
    const commands = [...this.#cancelStalled(nowMs), ...this.#cancelNotNeeded(nowMs)];
    for (;;) {
      const command = this.#rescue(nowMs) ?? this.#assign(nowMs) ?? this.#shareLast(nowMs) ?? this.#hedge(nowMs);
      if (!command) return commands;
      commands.push(command);
    }
  }

  /** When `decide` may have something new to say though nothing happened; Infinity when only an event can tell. */
  wakeAtMs(nowMs: number): number {
    let wakeAtMs = Infinity;
    let isSomeoneIdle = false;
    for (const source of this.#sources.values()) {
      if (source.isCooling(nowMs)) wakeAtMs = Math.min(wakeAtMs, source.coolingUntilMs);
      else if (source.isIdle) isSomeoneIdle = true;
      else wakeAtMs = Math.min(wakeAtMs, source.silentSinceMs + this.#settings.stallMs);
    }
    return isSomeoneIdle && this.#requests.size > 0 ? Math.min(wakeAtMs, nowMs + this.#settings.tailTickMs) : wakeAtMs;
  }

  #cancelStalled(nowMs: number): Command[] {
    const silent = [...this.#sources.values()].filter(source => nowMs - source.silentSinceMs >= this.#settings.stallMs);
    return silent.flatMap(source => this.#fail(source, 'stalled', nowMs));
  }

  /** A request whose current part somebody else brought, or brings from here on, is cut; what it had left is to be asked for again. */
  #cancelNotNeeded(nowMs: number): Command[] {
    const commands: Command[] = [];
    for (const request of this.#requests.values()) {
      const { nextPart, run, partBytes, givenBytes } = request;
      if (nextPart >= endOf(run)) continue;
      if (this.#board.isDone(nextPart) || this.#isOrphan(request)) this.#duplicateBytes += broughtBytes(request);
      else if (hasBroughtItsShare(request)) this.#duplicateBytes += partBytes - givenBytes;
      else continue;
      commands.push(this.#cancel(request, 'not_needed', nowMs));
    }
    return commands;
  }

  /** It brings the end of a part whose beginning nobody brings any more. */
  #isOrphan({ run: { first, from } }: SourceRequest): boolean {
    if (from === undefined || from <= this.#halves.headOf(first)) return false;
    return ![...this.#requests.values()].some(({ shared }) => shared?.part === first && shared.until === from);
  }

  /** Among the sources with a free place, the one that would end one more part soonest gets a run. */
  #assign(nowMs: number): Command | undefined {
    if (this.#board.todo === 0) return undefined;
    const fleet = this.#fleetAt(nowMs);
    const best = this.#soonest(nowMs, (source, finishMs) => !this.#isTooLate(source, finishMs, fleet, nowMs));
    if (!best) return undefined;
    const { source, finishMs } = best;
    const first = this.#firstFor(source, finishMs, nowMs);
    const from = this.#halves.mayBePutTogether(first) ? this.#halves.headOf(first) : 0;
    if (from > 0) return this.#request(source, { ...this.#board.takeRun(first, 1), from }, nowMs);
    return this.#request(source, this.#board.takeRun(first, this.#runLength(source, nowMs)), nowMs);
  }

  /** Of the sources with a free place, the one that would end one more part first. */
  #soonest(
    nowMs: number,
    isFit: (source: ScheduledSource, finishMs: number) => boolean,
  ): { readonly source: ScheduledSource; readonly finishMs: number } | undefined {
    let best: { source: ScheduledSource; finishMs: number } | undefined;
    for (const source of this.#sources.values()) {
      if (!source.hasFreePlace(nowMs, this.#settings.requestsPerSource)) continue;
      const finishMs = source.finishMs(nowMs);
      if (finishMs < (best?.finishMs ?? Infinity) && isFit(source, finishMs)) best = { source, finishMs };
    }
    return best;
  }

  /** Where a run of this source begins; something is to be asked for. */
  #firstFor(source: ScheduledSource, finishMs: number, nowMs: number): number {
    const urgent = this.#urgentParts(nowMs).filter(({ part }) => this.#board.isTodo(part));
    const [first] = urgent;
    if (!first) return this.#board.lowestTodo;
    const arrivesAtMs = nowMs + finishMs;
    if (first.deadlineMs >= arrivesAtMs || !this.#isSoonerElsewhere(source, finishMs, nowMs)) return first.part;
    return urgent.find(({ deadlineMs }) => deadlineMs >= arrivesAtMs)?.part ?? this.#board.highestTodo;
  }

  /** Whether another source, also one that is busy, would bring one more part sooner. */
  #isSoonerElsewhere(source: ScheduledSource, finishMs: number, nowMs: number): boolean {
    return [...this.#sources.values()].some(other => other !== source && !other.isCooling(nowMs) && other.finishMs(nowMs) < finishMs);
  }

  /** A part that would come too late goes to the source that brings it soonest as well. */
  #rescue(nowMs: number): Command | undefined {
    const urgent = this.#urgentParts(nowMs).filter(({ part }) => !this.#board.isDone(part) && this.#board.requestsFor(part) === 1);
    if (urgent.length === 0) return undefined;
    const arrivals = new Map([...this.#arrivals(nowMs)].map(arrival => [arrival.part, arrival]));
    for (const { part, deadlineMs } of urgent) {
      const arrival = arrivals.get(part);
      // It is there, and is being read back.
      if (!arrival || nowMs + arrival.inMs <= deadlineMs) continue;
      const { inMs, request } = arrival;
      if (!this.#mayBeCopied(arrival)) return undefined;
      const helper = this.#soonest(nowMs, other => other !== request.source && other.corruptions === 0);
      if (!helper || helper.finishMs > inMs * this.#settings.hedgeGain) continue;
      this.#board.take(part);
      return this.#request(helper.source, { first: part, count: 1 }, nowMs);
    }
    return undefined;
  }

  #fleetAt(nowMs: number): Fleet {
    let rate = 0;
    let owedBytes = 0;
    for (const source of this.#sources.values()) {
      if (source.isCooling(nowMs)) continue;
      rate += source.rateAt(nowMs) ?? 0;
      owedBytes += source.owedBytes;
    }
    return { rate, owedBytes };
  }

  /** True when the other sources would have brought everything before this one ends one more part. */
  #isTooLate(source: ScheduledSource, finishMs: number, fleet: Fleet, nowMs: number): boolean {
    const othersRate = fleet.rate - (source.rateAt(nowMs) ?? 0);
    // Less than a byte a second is what rounding leaves of nothing.
    if (othersRate < 1) return false;
    const othersOweBytes = fleet.owedBytes - source.owedBytes;
    const toBringBytes = othersOweBytes + (this.#board.todo + 1) * this.#manifest.partSizeBytes;
    return finishMs > timeOf(toBringBytes, othersRate);
  }

  #runLength(source: ScheduledSource, nowMs: number): number {
    const rate = source.trustedRateAt(nowMs);
    if (rate === undefined) return 1;
    const targetBytes = Math.min(this.#settings.requestMaxBytes, (rate * this.#settings.requestTargetMs) / 1000);
    const fairShare = Math.ceil(this.#board.todo / (this.#sources.size * this.#settings.requestsPerSource));
    return Math.max(1, Math.min(Math.floor(targetBytes / this.#manifest.partSizeBytes), fairShare));
  }

  /**
   * The end of the part that would come last is asked of an idle source, from where both end at the same time: nothing
   * comes twice for it.
   */
  #shareLast(nowMs: number): Command | undefined {
    const idle = this.#idleHelper(nowMs);
    const last = idle && this.#lastToArrive(nowMs);
    const rate = idle?.rateAt(nowMs);
    if (!last || rate === undefined) return undefined;
    const { part, request, inMs } = last;
    const isShareable = request.shared === undefined && !this.#isShared(part) && request.source.corruptions === 0 && this.#halves.mayBePutTogether(part);
    if (!isShareable) return undefined;
    const size = this.#bytesOf(part);
    const ownRate = request.source.rateAt(nowMs) ?? 0;
    let best: { readonly from: number; readonly endsInMs: number } | undefined;
    const written = part === request.nextPart ? request.partBytes : 0;
    for (let from = PIECE_BYTES; from < size; from += PIECE_BYTES) {
      if (from <= written) continue;
      const endsInMs = Math.max(inMs - timeOf(size - from, ownRate), timeOf(size - from, rate));
      if (!best || endsInMs < best.endsInMs) best = { from, endsInMs };
    }
    // A slow source would not even bring its half soon.
    const copiedInMs = this.#mayBeCopied(last) ? timeOf(size, rate) : Infinity;
    if (!best || best.endsInMs > Math.min(inMs * this.#settings.hedgeGain, copiedInMs)) return undefined;
    request.shared = { part, until: best.from };
    this.#board.take(part);
    return this.#request(idle, { first: part, count: 1, from: best.from }, nowMs);
  }

  /** The fastest source that has nothing to do, when there is nothing left to ask for. */
  #idleHelper(nowMs: number): ScheduledSource | undefined {
    if (this.#board.todo > 0 || this.isDone) return undefined;
    return [...this.#sources.values()]
      .filter(source => source.isIdle && source.corruptions === 0 && !source.isCooling(nowMs))
      .sort((a, b) => (b.rateAt(nowMs) ?? 0) - (a.rateAt(nowMs) ?? 0))[0];
  }

  #hedge(nowMs: number): Command | undefined {
    const idle = this.#idleHelper(nowMs);
    if (!idle) return undefined;
    const last = this.#lastToArrive(nowMs);
    if (!last) return undefined;
    const rate = idle.rateAt(nowMs);
    const endsInMs = rate === undefined ? last.inMs / 2 : timeOf(this.#bytesOf(last.part), rate);
    if (endsInMs > last.inMs * this.#settings.hedgeGain) return undefined;
    if (!this.#mayBeCopied(last)) return undefined;
    this.#board.take(last.part);
    return this.#request(idle, { first: last.part, count: 1 }, nowMs);
  }

  /** Whether the budget has room for what would come twice. */
  #mayBeCopied({ wastedBytes }: Arrival): boolean {
    return this.#duplicateBytes + wastedBytes <= this.#duplicateBudgetBytes;
  }

  /** Whether one request brings its beginning and another one its end. */
  #isShared(part: number): boolean {
    return [...this.#requests.values()].some(({ shared }) => shared?.part === part);
  }

  /** The part, covered once only, that is expected last. */
  #lastToArrive(nowMs: number): Arrival | undefined {
    let last: Arrival | undefined;
    for (const arrival of this.#arrivals(nowMs)) {
      if (last && arrival.inMs <= last.inMs) continue;
      if (this.#board.isDone(arrival.part) || this.#board.requestsFor(arrival.part) > (this.#isShared(arrival.part) ? 2 : 1)) continue;
      last = arrival;
    }
    return last;
  }

  *#arrivals(nowMs: number): Generator<Arrival> {
    for (const source of this.#sources.values()) yield* source.arrivals(nowMs);
  }

  #request(source: ScheduledSource, run: PartRun, nowMs: number): Command {
    this.#lastRequestId += 1;
    const request = source.begin(this.#lastRequestId, run, nowMs);
    this.#requests.set(request.id, request);
    return { type: 'request', requestId: request.id, sourceId: source.id, run };
  }

  #advance(request: SourceRequest): void {
    request.nextPart += 1;
    request.partBytes = 0;
    request.givenBytes = 0;
  }

  #fail(source: ScheduledSource, reason: CancelReason, nowMs: number): Command[] {
    source.failures += 1;
    source.coolingUntilMs = nowMs + backoffMs(source.failures, this.#settings.failureBackoff, this.#random);
    return this.#cancelAll(source, reason, nowMs);
  }

  #cancelAll(source: ScheduledSource, reason: CancelReason, nowMs: number): Command[] {
    return [...source.requests].map(request => this.#cancel(request, reason, nowMs));
  }

  #cancel(request: SourceRequest, reason: CancelReason, nowMs: number): Command {
    const parts = endOf(request.run) - request.nextPart;
    this.#forget(request, nowMs);
    return { type: 'cancel', requestId: request.id, sourceId: request.source.id, reason, parts };
  }

  #forget(request: SourceRequest, nowMs: number): void {
    if (request.nextPart < endOf(request.run)) this.#leaveHalves(request);
    for (let part = request.nextPart; part < endOf(request.run); part += 1) this.#board.giveBack(part);
    this.#requests.delete(request.id);
    request.source.end(request, nowMs);
  }

  /** What a request that is cut wrote of its part may serve the next one; who brought the other half is told. */
  #leaveHalves(request: SourceRequest): void {
    const { run, nextPart: part, givenBytes, shared, source } = request;
    const from = part === run.first ? (run.from ?? 0) : 0;
    const isTail = from > this.#halves.headOf(part);
    if (isTail) {
      for (const head of this.#requests.values()) if (head.shared?.part === part) head.shared = undefined;
      return;
    }
    if (shared && this.#halves.hasTail(shared.part) && !hasBroughtItsShare(request)) {
      this.#halves.tailIsLost(shared.part);
      this.#board.giveBack(shared.part);
    }
    if (source.corruptions === 0 && givenBytes > 0 && !this.#board.isDone(part) && this.#halves.mayBePutTogether(part)) this.#halves.headCame(part, givenBytes);
  }

  #bytesOf(part: number): number {
    const { start, end } = partRange(this.#manifest, part);
    return end - start;
  }
}
