import { backoffMs, type BackoffSettings } from '../../base/backoff.ts';
import type { Random } from '../../base/random.ts';
import { MIB } from '../../base/units.ts';
import { partRange } from '../manifest.ts';
import type { FilePlan } from './file-plan.ts';
import { PartBoard } from './part-board.ts';
import type { UrgentPart } from './playback.ts';
import { SourceRate } from './source-rate.ts';
import type { PartRun } from './source.ts';

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

export type RequestId = number;

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

/** `active` works or could; `cooling` waits out a failure; on `parole` it gets one part at a time. */
interface SourceEntry {
  readonly id: string;
  readonly rate: SourceRate;
  /** Bytes a second of earlier downloads, until something is measured. */
  readonly expectedRate: number | undefined;
  readonly requests: RequestEntry[];
  coolingUntilMs: number;
  failures: number;
  corruptions: number;
  lastByteAtMs: number;
}

interface Arrival {
  readonly part: number;
  readonly source: SourceEntry;
  readonly inMs: number;
  /** Of it that came already, and would come again from another source. */
  readonly wastedBytes: number;
}

interface Fleet {
  readonly rate: number;
  readonly owedBytes: number;
}

interface RequestEntry {
  readonly id: RequestId;
  readonly source: SourceEntry;
  readonly run: PartRun;
  /** The part whose bytes come now; `run.first + run.count` when all came. */
  nextPart: number;
  partBytes: number;
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
  readonly #sources = new Map<string, SourceEntry>();
  readonly #requests = new Map<RequestId, RequestEntry>();
  readonly #duplicateBudgetBytes: number;
  #duplicateBytes = 0;
  #lastRequestId = 0;

  constructor(manifest: FilePlan, { present, random, settings = defaultScheduler, urgentParts = () => [] }: SchedulerOptions) {
    this.#manifest = manifest;
    this.#settings = settings;
    this.#random = random;
    this.#urgentParts = urgentParts;
    this.#board = new PartBoard(manifest.partHashes.length, present);
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
    return (this.#sources.get(sourceId)?.coolingUntilMs ?? 0) > nowMs;
  }

  isIdle(sourceId: string): boolean {
    return (this.#sources.get(sourceId)?.requests.length ?? 0) === 0;
  }

  /** `expectedRate`, in bytes a second, ranks it until something is measured; one that nothing is known of is tried first. */
  addSource(sourceId: string, nowMs: number, expectedRate?: number): void {
    this.#sources.set(sourceId, {
      id: sourceId,
      rate: new SourceRate(),
      expectedRate,
      requests: [],
      coolingUntilMs: 0,
      failures: 0,
      corruptions: 0,
      lastByteAtMs: nowMs,
    });
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
    request.source.lastByteAtMs = nowMs;
    if (bytes > 0) request.source.rate.add(bytes, nowMs);
  }

  /** A part came and is right. True for the first copy, which is the one to keep. */
  partVerified(requestId: RequestId, part: number): boolean {
    const request = this.#requests.get(requestId);
    if (!request || request.nextPart !== part) return false;
    this.#advance(request);
    request.source.failures = 0;
    const isFirst = this.#board.complete(part);
    if (!isFirst) this.#duplicateBytes += this.#bytesOf(part);
    return isFirst;
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
      const command = this.#rescue(nowMs) ?? this.#assign(nowMs) ?? this.#hedge(nowMs);
      if (!command) return commands;
      commands.push(command);
    }
  }

  /** When `decide` may have something new to say though nothing happened; Infinity when only an event can tell. */
  wakeAtMs(nowMs: number): number {
    let wakeAtMs = Infinity;
    let isSomeoneIdle = false;
    for (const source of this.#sources.values()) {
      if (source.coolingUntilMs > nowMs) wakeAtMs = Math.min(wakeAtMs, source.coolingUntilMs);
      else if (source.requests.length > 0) wakeAtMs = Math.min(wakeAtMs, source.lastByteAtMs + this.#settings.stallMs);
      else isSomeoneIdle = true;
    }
    return isSomeoneIdle && this.#requests.size > 0 ? Math.min(wakeAtMs, nowMs + this.#settings.tailTickMs) : wakeAtMs;
  }

  #cancelStalled(nowMs: number): Command[] {
    const silent = [...this.#sources.values()].filter(
      source => source.requests.length > 0 && nowMs - source.lastByteAtMs >= this.#settings.stallMs,
    );
    return silent.flatMap(source => this.#fail(source, 'stalled', nowMs));
  }

  /** A request whose current part somebody else brought is cut there; what it had left is to be asked for again. */
  #cancelNotNeeded(nowMs: number): Command[] {
    const commands: Command[] = [];
    for (const request of this.#requests.values()) {
      if (request.nextPart >= endOf(request.run) || !this.#board.isDone(request.nextPart)) continue;
      this.#duplicateBytes += request.partBytes;
      commands.push(this.#cancel(request, 'not_needed', nowMs));
    }
    return commands;
  }

  /** Among the sources with a free place, the one that would end one more part soonest gets a run. */
  #assign(nowMs: number): Command | undefined {
    if (this.#board.todo === 0) return undefined;
    const fleet = this.#fleetAt(nowMs);
    const best = this.#soonest(nowMs, (source, finishMs) => !this.#isTooLate(source, finishMs, fleet, nowMs));
    if (!best) return undefined;
    const { source, finishMs } = best;
    const first = this.#firstFor(source, finishMs, nowMs);
    return this.#request(source, this.#board.takeRun(first, this.#runLength(source, nowMs)), nowMs);
  }

  /** Of the sources with a free place, the one that would end one more part first. */
  #soonest(
    nowMs: number,
    isFit: (source: SourceEntry, finishMs: number) => boolean,
  ): { readonly source: SourceEntry; readonly finishMs: number } | undefined {
    let best: { source: SourceEntry; finishMs: number } | undefined;
    for (const source of this.#sources.values()) {
      if (!this.#hasFreePlace(source, nowMs)) continue;
      const finishMs = this.#finishMs(source, this.#manifest.partSizeBytes, nowMs);
      if (finishMs < (best?.finishMs ?? Infinity) && isFit(source, finishMs)) best = { source, finishMs };
    }
    return best;
  }

  /** Where a run of this source begins; something is to be asked for. */
  #firstFor(source: SourceEntry, finishMs: number, nowMs: number): number {
    const urgent = this.#urgentParts(nowMs).filter(({ part }) => this.#board.isTodo(part));
    const [first] = urgent;
    if (!first) return this.#board.lowestTodo;
    const arrivesAtMs = nowMs + finishMs;
    if (first.deadlineMs >= arrivesAtMs || !this.#isSoonerElsewhere(source, finishMs, nowMs)) return first.part;
    return urgent.find(({ deadlineMs }) => deadlineMs >= arrivesAtMs)?.part ?? this.#board.highestTodo;
  }

  /** Whether another source, also one that is busy, would bring one more part sooner. */
  #isSoonerElsewhere(source: SourceEntry, finishMs: number, nowMs: number): boolean {
    return [...this.#sources.values()].some(
      other => other !== source && other.coolingUntilMs <= nowMs && this.#finishMs(other, this.#manifest.partSizeBytes, nowMs) < finishMs,
    );
  }

  /** A part that would come too late goes to the source that brings it soonest as well. */
  #rescue(nowMs: number): Command | undefined {
    const urgent = this.#urgentParts(nowMs).filter(({ part }) => !this.#board.isDone(part) && this.#board.requestsFor(part) === 1);
    if (urgent.length === 0) return undefined;
    const arrivals = new Map([...this.#arrivals(nowMs)].map(arrival => [arrival.part, arrival]));
    for (const { part, deadlineMs } of urgent) {
      const { inMs, wastedBytes, source } = arrivals.get(part)!;
      if (nowMs + inMs <= deadlineMs) continue;
      if (this.#duplicateBytes + wastedBytes > this.#duplicateBudgetBytes) return undefined;
      const helper = this.#soonest(nowMs, other => other !== source && other.corruptions === 0);
      if (!helper || helper.finishMs > inMs * this.#settings.hedgeGain) continue;
      this.#board.take(part);
      return this.#request(helper.source, { first: part, count: 1 }, nowMs);
    }
    return undefined;
  }

  /** What all usable sources do together. */
  #fleetAt(nowMs: number): Fleet {
    let rate = 0;
    let owedBytes = 0;
    for (const source of this.#sources.values()) {
      if (source.coolingUntilMs > nowMs) continue;
      rate += rateOf(source, nowMs) ?? 0;
      owedBytes += this.#owedBytes(source);
    }
    return { rate, owedBytes };
  }

  #hasFreePlace(source: SourceEntry, nowMs: number): boolean {
    if (source.coolingUntilMs > nowMs) return false;
    const isTrusted = source.corruptions === 0 && source.failures === 0 && source.rate.at(nowMs) !== undefined;
    return source.requests.length < (isTrusted ? this.#settings.requestsPerSource : 1);
  }

  /** Expected time until the source has delivered what it owes and `bytes` more; 0 while its rate is unknown. */
  #finishMs(source: SourceEntry, bytes: number, nowMs: number): number {
    const rate = rateOf(source, nowMs);
    return rate === undefined ? 0 : ((this.#owedBytes(source) + bytes) / Math.max(rate, 1)) * 1000;
  }

  /** True when the other sources would have brought everything before this one ends one more part. */
  #isTooLate(source: SourceEntry, finishMs: number, fleet: Fleet, nowMs: number): boolean {
    const othersRate = fleet.rate - (rateOf(source, nowMs) ?? 0);
    // Less than a byte a second is what rounding leaves of nothing.
    if (othersRate < 1) return false;
    const othersOweBytes = fleet.owedBytes - this.#owedBytes(source);
    const toBringBytes = othersOweBytes + (this.#board.todo + 1) * this.#manifest.partSizeBytes;
    return finishMs > (toBringBytes / othersRate) * 1000;
  }

  #runLength(source: SourceEntry, nowMs: number): number {
    const rate = source.rate.at(nowMs);
    if (rate === undefined || source.corruptions > 0 || source.failures > 0) return 1;
    const targetBytes = Math.min(this.#settings.requestMaxBytes, (rate * this.#settings.requestTargetMs) / 1000);
    const fairShare = Math.ceil(this.#board.todo / (this.#sources.size * this.#settings.requestsPerSource));
    return Math.max(1, Math.min(Math.floor(targetBytes / this.#manifest.partSizeBytes), fairShare));
  }

  #hedge(nowMs: number): Command | undefined {
    if (this.#board.todo > 0 || this.isDone) return undefined;
    const idle = [...this.#sources.values()]
      .filter(source => source.requests.length === 0 && source.corruptions === 0 && this.#hasFreePlace(source, nowMs))
      .sort((a, b) => (rateOf(b, nowMs) ?? 0) - (rateOf(a, nowMs) ?? 0))[0];
    if (!idle) return undefined;
    const last = this.#lastToArrive(nowMs);
    if (!last) return undefined;
    const rate = rateOf(idle, nowMs);
    const endsInMs = rate === undefined ? last.inMs / 2 : (this.#bytesOf(last.part) / Math.max(rate, 1)) * 1000;
    if (endsInMs > last.inMs * this.#settings.hedgeGain) return undefined;
    if (this.#duplicateBytes + last.wastedBytes > this.#duplicateBudgetBytes) return undefined;
    this.#board.take(last.part);
    return this.#request(idle, { first: last.part, count: 1 }, nowMs);
  }

  /** The part, covered by one request only, that is expected last. */
  #lastToArrive(nowMs: number): Arrival | undefined {
    let last: Arrival | undefined;
    for (const arrival of this.#arrivals(nowMs)) {
      if (this.#board.isDone(arrival.part) || this.#board.requestsFor(arrival.part) > 1) continue;
      if (!last || arrival.inMs > last.inMs) last = arrival;
    }
    return last;
  }

  /** Every part that is being asked for, as it is expected. */
  *#arrivals(nowMs: number): Generator<Arrival> {
    for (const source of this.#sources.values()) {
      const rate = Math.max(source.rate.at(nowMs) ?? 0, 1);
      let aheadBytes = 0;
      for (const request of source.requests) {
        for (let part = request.nextPart; part < endOf(request.run); part += 1) {
          const wastedBytes = part === request.nextPart ? request.partBytes : 0;
          aheadBytes += this.#bytesOf(part) - wastedBytes;
          yield { part, source, inMs: (aheadBytes / rate) * 1000, wastedBytes };
        }
      }
    }
  }

  #request(source: SourceEntry, run: PartRun, nowMs: number): Command {
    this.#lastRequestId += 1;
    const request: RequestEntry = { id: this.#lastRequestId, source, run, nextPart: run.first, partBytes: 0 };
    if (source.requests.length === 0) {
      source.lastByteAtMs = nowMs;
      source.rate.start(nowMs);
    }
    source.requests.push(request);
    this.#requests.set(request.id, request);
    return { type: 'request', requestId: request.id, sourceId: source.id, run };
  }

  #advance(request: RequestEntry): void {
    request.nextPart += 1;
    request.partBytes = 0;
  }

  #fail(source: SourceEntry, reason: CancelReason, nowMs: number): Command[] {
    source.failures += 1;
    source.coolingUntilMs = nowMs + backoffMs(source.failures, this.#settings.failureBackoff, this.#random);
    return this.#cancelAll(source, reason, nowMs);
  }

  #cancelAll(source: SourceEntry, reason: CancelReason, nowMs: number): Command[] {
    return [...source.requests].map(request => this.#cancel(request, reason, nowMs));
  }

  #cancel(request: RequestEntry, reason: CancelReason, nowMs: number): Command {
    const parts = endOf(request.run) - request.nextPart;
    this.#forget(request, nowMs);
    return { type: 'cancel', requestId: request.id, sourceId: request.source.id, reason, parts };
  }

  #forget(request: RequestEntry, nowMs: number): void {
    for (let part = request.nextPart; part < endOf(request.run); part += 1) this.#board.giveBack(part);
    this.#requests.delete(request.id);
    const { requests, rate } = request.source;
    requests.splice(requests.indexOf(request), 1);
    if (requests.length === 0) rate.stop(nowMs);
    else request.source.lastByteAtMs = nowMs;
  }

  #owedBytes(source: SourceEntry): number {
    let owedBytes = 0;
    for (const { run, nextPart, partBytes } of source.requests) {
      owedBytes += (endOf(run) - nextPart) * this.#manifest.partSizeBytes - partBytes;
    }
    return owedBytes;
  }

  #bytesOf(part: number): number {
    const { start, end } = partRange(this.#manifest, part);
    return end - start;
  }
}

function rateOf({ rate, expectedRate }: SourceEntry, nowMs: number): number | undefined {
  return rate.at(nowMs) ?? expectedRate;
}

function endOf(run: PartRun): number {
  return run.first + run.count;
}
