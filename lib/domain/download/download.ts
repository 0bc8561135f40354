import type { Clock } from '../../base/clock.ts';
import { toVideoError, VideoError } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import { partRange } from '../manifest.ts';
import type { SourceRecord, TimelineRun } from '../statistics.ts';
import type { Command } from './assignments.ts';
import type { FilePlan } from './file-plan.ts';
import { Meter } from './meter.ts';
import { PartWrites } from './part-writes.ts';
import { Patience } from './patience.ts';
import type { PartOrder } from './part-choice.ts';
import type { UrgentParts } from './playback.ts';
import type { DownloadObserver, DownloadProgress, SourceState } from './progress.ts';
import type { RequestId } from './scheduled-source.ts';
import { defaultScheduler, Scheduler, type SchedulerSettings } from './scheduler.ts';
import type { Sink } from './sink.ts';
import type { ExpectedRates } from './source-history.ts';
import type { ArrivedPiece, PartRun, Source } from './source.ts';
import { Tally } from './tally.ts';
import { Timeline } from './timeline.ts';

/** The sources of now: yields the whole set whenever it changes. It may end; the last set then stays. */
export type SourceFeed = AsyncIterable<readonly Source[]>;

export interface DownloadOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly signal: AbortSignal;
  readonly observer?: DownloadObserver;
  /** How long to wait for a useful byte before giving up; what was kept can be resumed. */
  readonly patienceMs?: number;
  readonly settings?: SchedulerSettings;
  /** What somebody waits for while it comes; without it, parts come in any order. */
  readonly urgentParts?: UrgentParts | undefined;
  /** Of parts that nobody waits for; `head-first` unless said. */
  readonly partOrder?: PartOrder | undefined;
  /** What earlier downloads say of the sources. */
  readonly expectedRates?: ExpectedRates | undefined;
}

export interface DownloadResult {
  readonly outcome: 'done' | 'failed' | 'cancelled';
  /** Present unless `done`. */
  readonly error?: VideoError;
  readonly receivedBytes: number;
  readonly resumedBytes: number;
  readonly duplicateBytes: number;
  readonly retries: number;
  readonly sources: readonly SourceRecord[];
  readonly timeline: readonly TimelineRun[];
}

const DEFAULT_PATIENCE_MS = 60_000;
const PROGRESS_EVERY_MS = 100;

/**
 * Plan + sources + sink → whole file. Used by clients, repair, peers and the gateway.
 *
 *     until every part is verified and kept:
 *       the scheduler says whom to ask for what, and whom to ask no longer
 *       a piece arrives: the sink writes it where it belongs
 *       a part is whole: right → the sink keeps it;  wrong → asked for again, its source cools down
 *       a request fails: its parts go back to the scheduler, its source cools down
 *     the sink makes the file visible
 *
 * Never rejects: the result tells how it ended, with what each source gave, also when it failed or was cancelled. The
 * sources and the sink stay the caller's to dispose.
 */
export async function download(
  plan: FilePlan,
  feed: SourceFeed,
  sink: Sink,
  options: DownloadOptions,
): Promise<DownloadResult> {
  const run = new DownloadRun(plan, sink, options);
  const error = await run.execute(feed);
  const { tally, timeline, resumedBytes, duplicateBytes } = run;
  const outcome = !error ? 'done' : error.code === 'cancelled' ? 'cancelled' : 'failed';
  return {
    outcome,
    ...(error && { error }),
    receivedBytes: tally.receivedBytes,
    resumedBytes,
    duplicateBytes,
    retries: tally.retries,
    sources: tally.records(),
    timeline: timeline.runs(),
  };
}

interface RunningRequest {
  readonly sourceId: string;
  readonly run: PartRun;
  readonly abort: AbortController;
}

class DownloadRun {
  readonly tally = new Tally();
  readonly timeline = new Timeline();
  readonly resumedBytes: number;
  readonly #plan: FilePlan;
  readonly #sink: Sink;
  readonly #clock: Clock;
  readonly #observer: DownloadObserver;
  readonly #signal: AbortSignal;
  readonly #settings: SchedulerSettings;
  readonly #expectedRates: ExpectedRates | undefined;
  readonly #scheduler: Scheduler;
  readonly #sources = new Map<string, Source>();
  /** What those of them that fetch the file themselves have now. */
  readonly #watched = new Map<string, Disposable>();
  readonly #requests = new Map<RequestId, RunningRequest>();
  readonly #writes = new PartWrites();
  readonly #unfinished = new Set<Promise<void>>();
  readonly #meter = new Meter();
  readonly #patience: Patience;
  /** Those that gave no right part since they failed. */
  readonly #failedSources = new Set<string>();
  /** Sources that asked to be left alone, and until when. */
  readonly #resting = new Map<string, number>();
  readonly #ended: Promise<VideoError | undefined>;
  #resolveEnd!: (error: VideoError | undefined) => void;
  #lastFailure: VideoError | undefined;
  #hasEnded = false;
  #keptBytes: number;
  #isAwaiting = false;
  #hasHadSources = false;
  #wake: AbortController | undefined;
  #wakeAtMs = Infinity;

  constructor(plan: FilePlan, sink: Sink, options: DownloadOptions) {
    this.#plan = plan;
    this.#sink = sink;
    this.#clock = options.clock;
    this.#signal = options.signal;
    this.#observer = options.observer ?? {};
    this.#patience = new Patience(options.patienceMs ?? DEFAULT_PATIENCE_MS, options.clock.now());
    this.#settings = options.settings ?? defaultScheduler;
    this.#expectedRates = options.expectedRates;
    this.#scheduler = new Scheduler(plan, { present: sink.present, random: options.random, settings: this.#settings, urgentParts: options.urgentParts, partOrder: options.partOrder });
    this.resumedBytes = [...sink.present].reduce((bytes, part) => bytes + this.#bytesOf(part), 0);
    this.#keptBytes = this.resumedBytes;
    this.#ended = new Promise(resolve => {
      this.#resolveEnd = resolve;
    });
  }

  get duplicateBytes(): number {
    return this.#scheduler.duplicateBytes;
  }

  async execute(feed: SourceFeed): Promise<VideoError | undefined> {
    if (this.#signal.aborted) return new VideoError('cancelled', {}, { cause: this.#signal.reason });
    const onAbort = () => this.#finish(new VideoError('cancelled', {}, { cause: this.#signal.reason }));
    this.#signal.addEventListener('abort', onAbort, { once: true });
    this.#observer.onStart?.(this.resumedBytes, this.#plan);
    const sources = feed[Symbol.asyncIterator]();
    void this.#followSources(sources);
    const stopProgress = this.#reportProgress();
    this.#pump();
    const error = await this.#ended;
    stopProgress();
    this.#signal.removeEventListener('abort', onAbort);
    this.#wake?.abort();
    const running = [...this.#requests.values()];
    // Forgotten first: a request that is cancelled because the download ended is nobody's failure.
    this.#requests.clear();
    this.timeline.allEnded(this.#clock.now());
    for (const { abort } of running) abort.abort();
    void sources.return?.();
    for (const watching of this.#watched.values()) watching[Symbol.dispose]();
    await Promise.all(this.#unfinished);
    if (error) return error;
    try {
      await this.#sink.finish();
      return undefined;
    } catch (failure) {
      return toVideoError(failure);
    }
  }

  async #followSources(sets: AsyncIterator<readonly Source[]>): Promise<void> {
    try {
      for (let next = await sets.next(); !next.done && !this.#hasEnded; next = await sets.next()) {
        this.#replaceSources(next.value);
      }
    } catch (error) {
      this.#finish(toVideoError(error));
    }
  }

  #replaceSources(current: readonly Source[]): void {
    this.#hasHadSources = true;
    const wanted = new Map(current.map(source => [source.id, source]));
    for (const [id, source] of this.#sources) {
      if (wanted.get(id) === source) continue;
      this.#forget(id);
      this.#carryOut(this.#scheduler.removeSource(id, this.#clock.now()));
      if (!wanted.has(id)) this.#observer.onSourceLeft?.(id);
    }
    for (const [id, source] of wanted) {
      if (this.#sources.has(id)) continue;
      this.#sources.set(id, source);
      if (source.held) this.#watched.set(id, source.held.watch(() => this.#pump()));
      this.#scheduler.addSource(id, this.#clock.now(), this.#expectedRates?.get(id), source);
      this.#observer.onSourceJoined?.(id);
    }
    this.#pump();
  }

  #forget(sourceId: string): void {
    this.#sources.delete(sourceId);
    this.#resting.delete(sourceId);
    // What fails when it is back is news again.
    this.#failedSources.delete(sourceId);
    this.#watched.get(sourceId)?.[Symbol.dispose]();
    this.#watched.delete(sourceId);
  }

  /** Asks the scheduler what to do, does it, and arms the timer for when it wants to be asked again. */
  #pump(): void {
    if (this.#hasEnded) return;
    const nowMs = this.#clock.now();
    this.#endRests(nowMs);
    this.#carryOut(this.#scheduler.decide(nowMs));
    if (this.#keptBytes === this.#plan.sizeBytes) {
      this.#finish(undefined);
      return;
    }
    this.#noticeWaiting();
    const giveUpAtMs = this.#patience.endsAtMs;
    if (nowMs >= giveUpAtMs && !this.#scheduler.isDone) {
      this.#finish(this.#reasonToGiveUp());
      return;
    }
    this.#wakeUpAt(Math.max(nowMs + 1, Math.min(this.#scheduler.wakeAtMs(nowMs), giveUpAtMs, ...this.#resting.values())));
  }

  #wakeUpAt(wakeAtMs: number): void {
    if (this.#wake && this.#wakeAtMs <= wakeAtMs) return;
    this.#wake?.abort();
    const wake = new AbortController();
    this.#wake = wake;
    this.#wakeAtMs = wakeAtMs;
    this.#clock.sleep(wakeAtMs - this.#clock.now(), { signal: wake.signal }).then(
      () => {
        this.#wake = undefined;
        this.#pump();
      },
      () => undefined,
    );
  }

  #noticeWaiting(): void {
    // The last parts may be all here, and still be verified and written.
    const isWaiting = this.#hasHadSources && this.#requests.size === 0 && this.#scheduler.hasTodo;
    if (!isWaiting || this.#isAwaiting) return;
    // Told once until something arrives again: attempts that fail are no news.
    this.#isAwaiting = true;
    this.#observer.onSourcesAwaited?.();
  }

  #reasonToGiveUp(): VideoError {
    const cause = this.#lastFailure;
    if (cause?.code === 'part_corrupt') return cause;
    return new VideoError('no_sources', { name: this.#plan.name, nodes: [] }, { cause });
  }

  #carryOut(commands: readonly Command[]): void {
    const stalled = new Map<string, number>();
    for (const command of commands) {
      if (command.type === 'request') {
        this.#start(command);
        continue;
      }
      const { requestId, sourceId, reason, parts } = command;
      this.#requests.get(requestId)?.abort.abort();
      this.#requests.delete(requestId);
      this.timeline.ended(requestId, reason === 'stalled' ? 'failed' : 'cancelled', this.#clock.now());
      if (reason === 'stalled') stalled.set(sourceId, (stalled.get(sourceId) ?? 0) + parts);
    }
    for (const [sourceId, parts] of stalled) {
      const error = new VideoError('source_stalled', { source: sourceId, silentMs: this.#settings.stallMs });
      this.#sourceFailed(sourceId, error, parts);
    }
  }

  #start({ requestId, sourceId, run }: Extract<Command, { type: 'request' }>): void {
    const source = this.#sources.get(sourceId)!;
    const request: RunningRequest = { sourceId, run, abort: new AbortController() };
    this.#requests.set(requestId, request);
    this.tally.requestStarted(sourceId, this.#clock.now());
    this.timeline.started(requestId, sourceId, run, this.#clock.now());
    if (this.#failedSources.has(sourceId)) this.#observer.onSourceRetried?.(sourceId);
    const receiver = {
      onBytes: (count: number) => this.#bytesArrived(requestId, sourceId, count),
      onPiece: (piece: ArrivedPiece) => this.#pieceArrived(requestId, sourceId, piece),
    };
    const reading = source
      .read(run, receiver, { signal: request.abort.signal })
      .then(
        () => this.#requestEnded(requestId),
        (error: unknown) => this.#requestFailed(requestId, sourceId, toVideoError(error)),
      )
      .finally(() => {
        this.tally.requestEnded(sourceId, this.#clock.now());
        this.#unfinished.delete(reading);
      });
    this.#unfinished.add(reading);
  }

  #bytesArrived(requestId: RequestId, sourceId: string, count: number): void {
    const nowMs = this.#clock.now();
    this.#patience.bytesArrived(sourceId, count, nowMs);
    this.#meter.bytesArrived(sourceId, count, nowMs);
    this.#scheduler.bytesArrived(requestId, count, nowMs);
  }

  #pieceArrived(requestId: RequestId, sourceId: string, piece: ArrivedPiece): void {
    const request = this.#requests.get(requestId);
    if (!request || this.#hasEnded) {
      piece.release();
      return;
    }
    const { part, offset, bytes, completes } = piece;
    // Only the first bytes of such a part are of another request.
    const isWhole = request.run.from === undefined;
    const expected = this.#plan.partHashes[part];
    if (completes && isWhole && expected !== undefined && completes.hash !== expected) {
      piece.release();
      this.#partCorrupt(requestId, sourceId, part);
      return;
    }
    const end = offset + bytes.byteLength;
    this.#write(requestId, piece);
    if (completes && isWhole) {
      this.#partCompleted(requestId, sourceId, part);
      return;
    }
    const came = this.#scheduler.pieceArrived(requestId, part, end, completes !== undefined);
    if (came === 'together') this.#untilDone(this.#putTogether(requestId, sourceId, part));
    if (came) this.#pump();
  }

  #write(requestId: RequestId, { part, offset, bytes, release }: ArrivedPiece): void {
    const written = this.#sink
      .write(part, offset, bytes)
      .then(
        () => true,
        (error: unknown) => {
          this.#finish(toVideoError(error));
          return false;
        },
      )
      .finally(release);
    this.#writes.add(part, requestId, written, other => this.#requests.has(other));
    this.#untilDone(written);
  }

  #partCompleted(requestId: RequestId, sourceId: string, part: number): void {
    const isFirst = this.#scheduler.partVerified(requestId, part);
    this.#partIsRight(sourceId);
    if (isFirst) this.timeline.partCame(requestId);
    if (isFirst) this.#untilDone(this.#keep(sourceId, part));
    else this.tally.of(sourceId).duplicateBytes += this.#bytesOf(part);
    // Cancels who else brings this part, so that nothing more is written into it.
    this.#pump();
  }

  async #keep(sourceId: string, part: number): Promise<void> {
    try {
      const { areWritten, isShared } = await this.#writes.settle(part);
      if (!areWritten) return;
      if (isShared && !(await this.#sink.verify(part))) {
        this.tally.retries += 1;
        this.#scheduler.partLost(part);
        this.#pump();
        return;
      }
      await this.#kept(sourceId, part);
    } catch (error) {
      this.#finish(toVideoError(error));
    }
  }

  /** Reads a part back that several requests brought; this one brought the last of it. */
  async #putTogether(requestId: RequestId, sourceId: string, part: number): Promise<void> {
    try {
      const { areWritten } = await this.#writes.settle(part);
      if (!areWritten || this.#hasEnded) return;
      const isRight = await this.#sink.verify(part);
      if (!isRight) this.tally.retries += 1;
      if (this.#scheduler.partPutTogether(part, isRight)) {
        this.timeline.partCame(requestId);
        this.#partIsRight(sourceId);
        await this.#kept(sourceId, part);
      }
      this.#pump();
    } catch (error) {
      this.#finish(toVideoError(error));
    }
  }

  #partIsRight(sourceId: string): void {
    this.#isAwaiting = false;
    this.#patience.partWasRight(sourceId, this.#clock.now());
    if (this.#failedSources.delete(sourceId)) this.#observer.onSourceReturned?.(sourceId);
  }

  async #kept(sourceId: string, part: number): Promise<void> {
    await this.#sink.keep(part);
    this.tally.kept(sourceId, this.#bytesOf(part));
    this.#observer.onPartKept?.(part);
    this.#keptBytes += this.#bytesOf(part);
    if (this.#keptBytes === this.#plan.sizeBytes) this.#pump();
  }

  /** The download does not end before it. */
  #untilDone(work: Promise<unknown>): void {
    const unfinished = work.then(() => {
      this.#unfinished.delete(unfinished);
    });
    this.#unfinished.add(unfinished);
  }

  #partCorrupt(requestId: RequestId, sourceId: string, part: number): void {
    const source = this.tally.of(sourceId);
    source.hashFailures += 1;
    this.#lastFailure = new VideoError('part_corrupt', { source: sourceId, part });
    this.#failedSources.add(sourceId);
    this.#patience.sourceFailed(sourceId);
    this.#observer.onPartCorrupt?.(sourceId, part);
    this.timeline.ended(requestId, 'corrupt', this.#clock.now());
    const commands = this.#scheduler.partCorrupt(requestId, part, this.#clock.now());
    source.reassignedParts += partsOf(commands);
    this.#carryOut(commands);
    this.#pump();
  }

  #requestEnded(requestId: RequestId): void {
    if (!this.#requests.delete(requestId)) return;
    this.timeline.ended(requestId, 'done', this.#clock.now());
    this.#scheduler.requestEnded(requestId, this.#clock.now());
    this.#pump();
  }

  #requestFailed(requestId: RequestId, sourceId: string, error: VideoError): void {
    if (!this.#requests.has(requestId)) return;
    this.timeline.ended(requestId, 'failed', this.#clock.now());
    const commands = this.#scheduler.requestFailed(requestId, this.#clock.now());
    this.#sourceFailed(sourceId, error, partsOf(commands));
    this.#carryOut(commands);
    const { retryAfterMs } = error.facts as { readonly retryAfterMs?: number };
    if (retryAfterMs !== undefined) this.#rest(sourceId, retryAfterMs);
    this.#pump();
  }

  /** The scheduler does not know of it until then. */
  #rest(sourceId: string, restMs: number): void {
    const nowMs = this.#clock.now();
    this.#resting.set(sourceId, nowMs + restMs);
    this.#carryOut(this.#scheduler.removeSource(sourceId, nowMs));
  }

  #endRests(nowMs: number): void {
    for (const [sourceId, untilMs] of this.#resting) {
      if (untilMs > nowMs) continue;
      this.#resting.delete(sourceId);
      this.#scheduler.addSource(sourceId, nowMs, undefined, this.#sources.get(sourceId));
    }
  }

  #sourceFailed(sourceId: string, error: VideoError, parts: number): void {
    const source = this.tally.of(sourceId);
    source.failures += 1;
    source.reassignedParts += parts;
    this.tally.retries += 1;
    this.#lastFailure = error;
    const isNews = !this.#failedSources.has(sourceId);
    this.#failedSources.add(sourceId);
    this.#patience.sourceFailed(sourceId);
    if (isNews) this.#observer.onSourceFailed?.(sourceId, error, parts);
  }

  #finish(error: VideoError | undefined): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#resolveEnd(error);
  }

  #reportProgress(): () => void {
    const { onProgress } = this.#observer;
    if (!onProgress) return () => undefined;
    const stop = new AbortController();
    const report = async () => {
      while (!stop.signal.aborted) {
        onProgress(this.#progress());
        await this.#clock.sleep(PROGRESS_EVERY_MS, { signal: stop.signal });
      }
    };
    report().catch(() => undefined);
    return () => {
      stop.abort();
      onProgress(this.#progress());
    };
  }

  #progress(): DownloadProgress {
    const nowMs = this.#clock.now();
    const sources = this.tally.records().map(({ id, bytes }) => ({
      id,
      bytes,
      state: this.#stateOf(id, nowMs),
      rate: this.#meter.rateOf(id, nowMs),
    }));
    const rate = this.#meter.rate(nowMs);
    const { sizeBytes } = this.#plan;
    const etaMs = rate > 0 ? ((sizeBytes - this.#keptBytes) / rate) * 1000 : Infinity;
    return { sizeBytes, doneBytes: this.#keptBytes, rate, etaMs, sources };
  }

  #stateOf(sourceId: string, nowMs: number): SourceState {
    if (!this.#sources.has(sourceId)) return 'left';
    // Attempts that may fail again are no return.
    if (this.#failedSources.has(sourceId) || this.#scheduler.isCooling(sourceId, nowMs)) return 'cooling';
    return this.#scheduler.isIdle(sourceId) ? 'idle' : 'active';
  }

  #bytesOf(part: number): number {
    const { start, end } = partRange(this.#plan, part);
    return end - start;
  }
}

function partsOf(commands: readonly Command[]): number {
  return commands.reduce((parts, command) => parts + (command.type === 'cancel' ? command.parts : 0), 0);
}
