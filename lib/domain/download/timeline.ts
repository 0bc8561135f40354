import type { RunOutcome, TimelineRun } from '../statistics.ts';
import type { RequestId } from './scheduled-source.ts';
import type { PartRun } from './source.ts';

/** What is told of one download at most; of a longer one, requests that followed one another are told as one. */
export const TIMELINE_RUNS_MAX = 200;
/** Short enough that nobody sees the difference in a picture of a download. */
const FIRST_STEP_MS = 16;

interface OpenRun {
  readonly source: string;
  readonly run: PartRun;
  readonly startMs: number;
  parts: number;
}

/** Who was asked for what, when, and what came of it. Costs a few objects a request, and no more memory than `TIMELINE_RUNS_MAX` twice. */
export class Timeline {
  readonly #open = new Map<RequestId, OpenRun>();
  #beganAtMs: number | undefined;
  #ended: TimelineRun[] = [];

  started(requestId: RequestId, source: string, run: PartRun, nowMs: number): void {
    this.#beganAtMs ??= nowMs;
    this.#open.set(requestId, { source, run, startMs: nowMs - this.#beganAtMs, parts: 0 });
  }

  /** A part came of it, right and as the first one. */
  partCame(requestId: RequestId): void {
    const open = this.#open.get(requestId);
    if (open) open.parts += 1;
  }

  /** What is said first counts. */
  ended(requestId: RequestId, outcome: RunOutcome, nowMs: number): void {
    const open = this.#open.get(requestId);
    if (!open) return;
    this.#open.delete(requestId);
    const { source, run, startMs, parts } = open;
    const lastPart = run.first + run.count - 1;
    const endMs = Math.round(nowMs - this.#beganAtMs!);
    this.#ended.push({ source, firstPart: run.first, lastPart, parts, requests: 1, startMs: Math.round(startMs), endMs, outcome });
    if (this.#ended.length > 2 * TIMELINE_RUNS_MAX) this.#ended = [...mergedRuns(this.#ended, TIMELINE_RUNS_MAX)];
  }

  /** The download ended, and with it what still ran. */
  allEnded(nowMs: number): void {
    for (const requestId of this.#open.keys()) this.ended(requestId, 'cancelled', nowMs);
  }

  /** Those that ended, the earliest first. */
  runs(): readonly TimelineRun[] {
    return mergedRuns(this.#ended, TIMELINE_RUNS_MAX);
  }
}

/** The same in at most so many, when need be: those of one source that ended alike and are closest in time become one. */
export function mergedRuns(all: readonly TimelineRun[], runsMax: number): readonly TimelineRun[] {
  let runs = all.toSorted((one, other) => one.startMs - other.startMs || one.endMs - other.endMs);
  const longestMs = Math.max(0, ...runs.map(({ endMs }) => endMs));
  for (let stepMs = FIRST_STEP_MS; runs.length > runsMax && stepMs < 4 * (longestMs + FIRST_STEP_MS); stepMs *= 2) runs = mergedWithin(stepMs, runs);
  // With so many sources that one run of each is too many.
  return runs.slice(-runsMax);
}

/** Each that lasts no longer than `stepMs` together with the one before it of its kind is told with that. */
function mergedWithin(stepMs: number, runs: readonly TimelineRun[]): TimelineRun[] {
  const merged: TimelineRun[] = [];
  const places = new Map<string, number>();
  for (const run of runs) {
    const kind = `${run.outcome} ${run.source}`;
    const place = places.get(kind);
    const before = place === undefined ? undefined : merged[place]!;
    if (before && Math.max(before.endMs, run.endMs) - before.startMs <= stepMs) merged[place!] = together(before, run);
    else places.set(kind, merged.push(run) - 1);
  }
  return merged;
}

function together(one: TimelineRun, other: TimelineRun): TimelineRun {
  return {
    ...one,
    firstPart: Math.min(one.firstPart, other.firstPart),
    lastPart: Math.max(one.lastPart, other.lastPart),
    parts: one.parts + other.parts,
    requests: one.requests + other.requests,
    endMs: Math.max(one.endMs, other.endMs),
  };
}
