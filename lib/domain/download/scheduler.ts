import { backoffMs, type BackoffSettings } from '../../base/backoff.ts';
import type { Random } from '../../base/random.ts';
import { MIB } from '../../base/units.ts';
import { Assignments, type CancelReason, type Command } from './assignments.ts';
import type { FilePlan } from './file-plan.ts';
import { PartChoice, type PartOrder } from './part-choice.ts';
import type { UrgentParts } from './playback.ts';
import { timeOf, type Arrival, type RequestId, type ScheduledSource } from './scheduled-source.ts';
import { PIECE_BYTES, type SourceFacts } from './source.ts';

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

export interface SchedulerOptions {
  readonly present: ReadonlySet<number>;
  readonly random: Random;
  readonly settings?: SchedulerSettings | undefined;
  readonly urgentParts?: UrgentParts | undefined;
  readonly partOrder?: PartOrder | undefined;
}

/** How much sooner a part has to come elsewhere to be taken away from who brings it: cutting a request costs a round trip. */
const TAKE_OVER_GAIN = 0.5;
const TAKE_OVER_MIN_MS = 200;

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
 *     the others would have ended everything before it could end one part. A part that a source lacks, or gave wrong, is
 *     asked of it only when nobody else promises it: copies with different bad parts are one good file together.
 *  3. With deadlines, the most urgent part comes first; a source that would be late with it while another would not gets
 *     the first one that it brings in time, or else the last of the file; and a part that would come too
 *     late is duplicated, within the budget.
 *  4. A source that fetches the file itself, and has nothing else to give, takes over a part that comes slowly from another.
 *  5. When none are left, an idle source brings the end of the part that would come last, or duplicates it, within the
 *     budget; whoever brings it second is cancelled.
 */
export class Scheduler {
  readonly #manifest: FilePlan;
  readonly #settings: SchedulerSettings;
  readonly #random: Random;
  readonly #urgentParts: UrgentParts;
  readonly #given: Assignments;
  readonly #choice: PartChoice;
  readonly #duplicateBudgetBytes: number;

  constructor(manifest: FilePlan, { present, random, settings = defaultScheduler, urgentParts = () => [], partOrder: order = 'head-first' }: SchedulerOptions) {
    this.#manifest = manifest;
    this.#settings = settings;
    this.#random = random;
    this.#urgentParts = urgentParts;
    this.#given = new Assignments(manifest, present);
    this.#choice = new PartChoice(this.#given, { order, random, urgentParts, soonMs: settings.corruptionBackoff.firstMs });
    // A file of few parts could never afford one.
    this.#duplicateBudgetBytes = Math.max(manifest.sizeBytes * settings.duplicateBudget, manifest.partSizeBytes);
  }

  get isDone(): boolean {
    return this.#given.board.missing === 0;
  }

  get duplicateBytes(): number {
    return this.#given.duplicateBytes;
  }

  hasSource(sourceId: string): boolean {
    return this.#given.sources.has(sourceId);
  }

  isCooling(sourceId: string, nowMs: number): boolean {
    return this.#given.sources.get(sourceId)?.isCooling(nowMs) ?? false;
  }

  isIdle(sourceId: string): boolean {
    return this.#given.sources.get(sourceId)?.isIdle ?? true;
  }

  /** Parts are left that nobody was asked for. */
  get hasTodo(): boolean {
    return this.#given.board.todo > 0;
  }

  /** `expectedRate`, in bytes a second, ranks it until something is measured; one that nothing is known of is tried first. `facts`: what it has. */
  addSource(sourceId: string, nowMs: number, expectedRate?: number, facts?: SourceFacts): void {
    this.#given.addSource(sourceId, nowMs, expectedRate, facts);
  }

  /** It is no longer offered; what it was asked for goes to others. */
  removeSource(sourceId: string, nowMs: number): Command[] {
    return this.#given.removeSource(sourceId, nowMs);
  }

  /** Bytes came; 0 says that the source is alive but waits for us. */
  bytesArrived(requestId: RequestId, bytes: number, nowMs: number): void {
    this.#given.bytesArrived(requestId, bytes, nowMs);
  }

  /** A part came and is right. True for the first copy, which is the one to keep. */
  partVerified(requestId: RequestId, part: number): boolean {
    return this.#given.partVerified(requestId, part);
  }

  /**
   * Bytes of a part up to `givenBytes` were given away to be written; with `isEnd` the part ends there, and began before
   * this request, so that nobody knows its hash. When all of it is written it is `together`: it has to be read back, and
   * `partPutTogether` be told what it is. `shared` asks for a decision at once: the request has done its share.
   */
  pieceArrived(requestId: RequestId, part: number, givenBytes: number, isEnd: boolean): 'together' | 'shared' | undefined {
    return this.#given.pieceArrived(requestId, part, givenBytes, isEnd);
  }

  /** A part that several requests brought was read back. True when it is right, and the first copy. */
  partPutTogether(part: number, isRight: boolean): boolean {
    return this.#given.partPutTogether(part, isRight);
  }

  /** A part that was verified turned out not to be kept: it is missing again. */
  partLost(part: number): void {
    this.#given.board.lose(part);
  }

  /** A part came and is wrong: everything this source still owes goes to others and it cools down for long. */
  partCorrupt(requestId: RequestId, part: number, nowMs: number): Command[] {
    const request = this.#given.requests.get(requestId);
    if (!request || request.nextPart !== part) return [];
    const { source } = request;
    source.gaveWrong(part);
    source.coolingUntilMs = nowMs + backoffMs(source.corruptions, this.#settings.corruptionBackoff, this.#random);
    return this.#given.cancelAll(source, 'source_failed', nowMs);
  }

  /** Every part of the request was delivered, or the rest never will be. */
  requestEnded(requestId: RequestId, nowMs: number): void {
    const request = this.#given.requests.get(requestId);
    if (request) this.#given.end(request, nowMs);
  }

  /** The request broke: its source cools down, and every request on it is cancelled. */
  requestFailed(requestId: RequestId, nowMs: number): Command[] {
    const request = this.#given.requests.get(requestId);
    return request ? this.#fail(request.source, 'source_failed', nowMs) : [];
  }

  /** What to do now. Commands are facts already: the caller must carry out each of them. */
  decide(nowMs: number): Command[] {
    const commands = [...this.#cancelStalled(nowMs), ...this.#given.cancelNotNeeded(nowMs)];
    for (;;) {
      const next = this.#rescue(nowMs) ?? this.#assign(nowMs) ?? this.#takeOver(nowMs) ?? this.#shareLast(nowMs) ?? this.#hedge(nowMs);
      if (!next) return commands;
      commands.push(...[next].flat());
    }
  }

  /** When `decide` may have something new to say though nothing happened; Infinity when only an event can tell. */
  wakeAtMs(nowMs: number): number {
    let wakeAtMs = Infinity;
    let isSomeoneIdle = false;
    for (const source of this.#given.sources.values()) {
      if (source.isCooling(nowMs)) wakeAtMs = Math.min(wakeAtMs, source.coolingUntilMs);
      else if (source.isIdle) isSomeoneIdle = true;
      else wakeAtMs = Math.min(wakeAtMs, source.silentSinceMs + this.#settings.stallMs);
    }
    return isSomeoneIdle && this.#given.requests.size > 0 ? Math.min(wakeAtMs, nowMs + this.#settings.tailTickMs) : wakeAtMs;
  }

  #cancelStalled(nowMs: number): Command[] {
    const silent = [...this.#given.sources.values()].filter(source => nowMs - source.silentSinceMs >= this.#settings.stallMs);
    return silent.flatMap(source => this.#fail(source, 'stalled', nowMs));
  }

  /** Among the sources with a free place, the one that would end one more part soonest gets a run. */
  #assign(nowMs: number): Command | undefined {
    if (this.#given.board.todo === 0) return undefined;
    const fleet = this.#fleetAt(nowMs);
    const inTime = this.#soonest(nowMs, (source, finishMs) => {
      const next = this.#choice.lowestFor(source, nowMs);
      return next !== undefined && (this.#choice.isDoubtedElsewhere(source, next) || !this.#isTooLate(source, finishMs, fleet, nowMs));
    });
    // Of many that are alike the others are always sooner together than any one: while nobody brings anything, they may not all stand back.
    const isNobodyBusy = this.#given.requests.size === 0;
    const best = inTime ?? (isNobodyBusy ? this.#soonest(nowMs, source => this.#choice.lowestFor(source, nowMs) !== undefined) : undefined);
    if (!best) return undefined;
    const { source, finishMs } = best;
    return this.#begin(source, this.#choice.firstFor(source, finishMs, nowMs), nowMs);
  }

  /** Where somebody brought the beginning of the part, the rest of it alone. */
  #begin(source: ScheduledSource, first: number, nowMs: number): Command {
    const isShareable = this.#given.halves.mayBePutTogether(first) && this.#given.mayBringHalves(source);
    const from = isShareable ? this.#given.halves.headOf(first) : 0;
    if (from > 0) return this.#given.begin(source, { ...this.#given.board.takeRun(first, 1), from }, nowMs);
    return this.#given.begin(source, this.#given.board.takeRun(first, source.soundRun(first, this.#runLength(source, nowMs))), nowMs);
  }

  /**
   * A part that comes slowly is asked of a source instead that got it meanwhile and has nothing else to give, when that is much
   * sooner. What came of it already is gone on with.
   */
  #takeOver(nowMs: number): readonly Command[] | undefined {
    let best: { readonly arrival: Arrival; readonly helper: ScheduledSource; readonly gainMs: number } | undefined;
    for (const helper of this.#trustyIdlePeers(nowMs)) {
      for (const arrival of this.#given.arrivals(nowMs)) {
        const { part, inMs } = arrival;
        if (!this.#mayBeTakenOver(arrival, nowMs) || !helper.mayBring(part)) continue;
        const rate = helper.rateAt(nowMs);
        const helpedInMs = rate === undefined ? inMs / 2 : timeOf(this.#given.bytesOf(part), rate);
        const gainMs = inMs - helpedInMs;
        if (helpedInMs <= inMs * TAKE_OVER_GAIN && gainMs > Math.max(TAKE_OVER_MIN_MS, best?.gainMs ?? 0)) best = { arrival, helper, gainMs };
      }
    }
    if (!best) return undefined;
    const { arrival, helper } = best;
    return [this.#given.cancel(arrival.request, 'not_needed', nowMs), this.#begin(helper, arrival.part, nowMs)];
  }

  /** Sources that fetch the file themselves, have nothing to do, and of which nothing bad is known. */
  #trustyIdlePeers(nowMs: number): readonly ScheduledSource[] {
    const peers = [...this.#given.sources.values()].filter(source => source.isGrowing && source.isIdle);
    return peers.filter(({ corruptions, failures }) => corruptions + failures === 0).filter(peer => !peer.isCooling(nowMs));
  }

  /** Whether the part comes now, whole and from one source alone, of which it is known how fast it is. */
  #mayBeTakenOver({ part, request }: Arrival, nowMs: number): boolean {
    const isWhole = request.shared === undefined && request.run.from === undefined;
    const comesNow = part === request.nextPart && request.source.isMeasured(nowMs);
    return isWhole && comesNow && this.#given.board.requestsFor(part) === 1;
  }

  /** Of the sources with a free place, the one that would end one more part first. */
  #soonest(
    nowMs: number,
    isFit: (source: ScheduledSource, finishMs: number) => boolean,
  ): { readonly source: ScheduledSource; readonly finishMs: number } | undefined {
    let best: { source: ScheduledSource; finishMs: number } | undefined;
    for (const source of this.#given.sources.values()) {
      if (!source.hasFreePlace(nowMs, this.#settings.requestsPerSource)) continue;
      const finishMs = source.finishMs(nowMs);
      if (finishMs < (best?.finishMs ?? Infinity) && isFit(source, finishMs)) best = { source, finishMs };
    }
    return best;
  }

  /** A part that would come too late goes to the source that brings it soonest as well. */
  #rescue(nowMs: number): Command | undefined {
    const urgent = this.#urgentParts(nowMs).filter(({ part }) => !this.#given.board.isDone(part) && this.#given.board.requestsFor(part) === 1);
    if (urgent.length === 0) return undefined;
    const arrivals = new Map([...this.#given.arrivals(nowMs)].map(arrival => [arrival.part, arrival]));
    for (const { part, deadlineMs } of urgent) {
      const arrival = arrivals.get(part);
      // It is there, and is being read back.
      if (!arrival || nowMs + arrival.inMs <= deadlineMs) continue;
      const { inMs, request } = arrival;
      if (!this.#mayBeCopied(arrival)) return undefined;
      const helper = this.#soonest(nowMs, other => other !== request.source && other.corruptions === 0 && other.mayBring(part));
      if (!helper || helper.finishMs > inMs * this.#settings.hedgeGain) continue;
      this.#given.board.take(part);
      return this.#given.begin(helper.source, { first: part, count: 1 }, nowMs);
    }
    return undefined;
  }

  #fleetAt(nowMs: number): Fleet {
    let rate = 0;
    let owedBytes = 0;
    for (const source of this.#given.sources.values()) {
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
    const toBringBytes = othersOweBytes + (this.#given.board.todo + 1) * this.#manifest.partSizeBytes;
    return finishMs > timeOf(toBringBytes, othersRate);
  }

  #runLength(source: ScheduledSource, nowMs: number): number {
    const rate = source.trustedRateAt(nowMs);
    if (rate === undefined) return 1;
    const targetBytes = Math.min(this.#settings.requestMaxBytes, (rate * this.#settings.requestTargetMs) / 1000);
    const fairShare = Math.ceil(this.#given.board.todo / (this.#given.sources.size * this.#settings.requestsPerSource));
    return Math.max(1, Math.min(Math.floor(targetBytes / this.#manifest.partSizeBytes), fairShare));
  }

  /**
   * The end of the part that would come last is asked of an idle source, from where both end at the same time: nothing
   * comes twice for it.
   */
  #shareLast(nowMs: number): Command | undefined {
    const last = this.#lastOfAll(nowMs);
    const idle = last && this.#idleHelper(last.part, nowMs);
    const rate = idle?.rateAt(nowMs);
    if (!idle || rate === undefined) return undefined;
    const { part, request, inMs } = last;
    const isShareable = request.shared === undefined && !this.#given.isShared(part) && this.#given.mayBringHalves(request.source) && this.#given.mayBringHalves(idle) && this.#given.halves.mayBePutTogether(part);
    if (!isShareable) return undefined;
    const size = this.#given.bytesOf(part);
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
    this.#given.board.take(part);
    return this.#given.begin(idle, { first: part, count: 1, from: best.from }, nowMs);
  }

  /** What would come last, when there is nothing left to ask for. */
  #lastOfAll(nowMs: number): Arrival | undefined {
    return this.#given.board.todo > 0 || this.isDone ? undefined : this.#given.lastToArrive(nowMs);
  }

  /** The fastest source that has nothing to do and may bring the part. */
  #idleHelper(part: number, nowMs: number): ScheduledSource | undefined {
    return [...this.#given.sources.values()]
      .filter(source => source.isIdle && source.mayBring(part) && source.corruptions === 0 && !source.isCooling(nowMs))
      .sort((a, b) => (b.rateAt(nowMs) ?? 0) - (a.rateAt(nowMs) ?? 0))[0];
  }

  #hedge(nowMs: number): Command | undefined {
    const last = this.#lastOfAll(nowMs);
    const idle = last && this.#idleHelper(last.part, nowMs);
    if (!idle) return undefined;
    const rate = idle.rateAt(nowMs);
    const endsInMs = rate === undefined ? last.inMs / 2 : timeOf(this.#given.bytesOf(last.part), rate);
    if (endsInMs > last.inMs * this.#settings.hedgeGain) return undefined;
    if (!this.#mayBeCopied(last)) return undefined;
    this.#given.board.take(last.part);
    return this.#given.begin(idle, { first: last.part, count: 1 }, nowMs);
  }

  /** Whether the budget has room for what would come twice. */
  #mayBeCopied({ wastedBytes }: Arrival): boolean {
    return this.#given.duplicateBytes + wastedBytes <= this.#duplicateBudgetBytes;
  }

  #fail(source: ScheduledSource, reason: CancelReason, nowMs: number): Command[] {
    source.failures += 1;
    source.coolingUntilMs = nowMs + backoffMs(source.failures, this.#settings.failureBackoff, this.#random);
    return this.#given.cancelAll(source, reason, nowMs);
  }
}
