import type { Random } from '../../base/random.ts';
import type { Assignments } from './assignments.ts';
import type { UrgentParts } from './playback.ts';
import type { ScheduledSource } from './scheduled-source.ts';

/**
 * `head-first`: the file grows from its head. `rarest-first`: what the fewest others have comes first, and of what is alike
 * any, so that those who fetch one file at the same time have something to give to each other (BitTorrent; Legout et al., 2006).
 */
export type PartOrder = 'head-first' | 'rarest-first';

export interface PartChoiceOptions {
  readonly order: PartOrder;
  readonly random: Random;
  readonly urgentParts: UrgentParts;
  /** Another source that may be asked before so long is waited for, instead of one whose part is doubtful. */
  readonly soonMs: number;
}

/** A source that failed so often without a right part between is not waited for. */
const HOPELESS_FAILURES = 3;
/** Looked at for the rarest: more would find a rarer one seldom, and cost as much each time. */
const CANDIDATES = 24;

/** Which part a source is asked for next. */
export class PartChoice {
  readonly #given: Assignments;
  readonly #options: PartChoiceOptions;

  constructor(given: Assignments, options: PartChoiceOptions) {
    this.#given = given;
    this.#options = options;
  }

  /**
   * The first part that this source can be asked for, one that is doubtful of it only when nobody else promises it; undefined
   * when what is left is better asked of others.
   */
  lowestFor(source: ScheduledSource, nowMs: number): number | undefined {
    const { board } = this.#given;
    if (source.mayBringAll) return board.lowestTodo;
    for (let part = board.lowestTodo; part <= board.highestTodo; part += 1) if (board.isTodo(part) && source.mayBring(part)) return part;
    return [...source.doubtful].find(part => board.isTodo(part) && source.holds(part) && !this.#isPromisedElsewhere(source, part, nowMs));
  }

  /** How soon the others end says nothing of a part that one of them will not bring. */
  isDoubtedElsewhere(source: ScheduledSource, part: number): boolean {
    return [...this.#given.sources.values()].some(other => other !== source && !other.mayBring(part));
  }

  /** Where a run of this source begins; there is something that it can be asked for. */
  firstFor(source: ScheduledSource, finishMs: number, nowMs: number): number {
    const { board } = this.#given;
    const urgent = this.#options.urgentParts(nowMs).filter(({ part }) => board.isTodo(part) && source.mayBring(part));
    const [first] = urgent;
    if (!first) return (this.#options.order === 'rarest-first' ? this.#rarestFor(source) : undefined) ?? this.lowestFor(source, nowMs)!;
    const arrivesAtMs = nowMs + finishMs;
    if (first.deadlineMs >= arrivesAtMs || !this.#isSoonerElsewhere(source, first.part, finishMs, nowMs)) return first.part;
    const inTime = urgent.find(({ deadlineMs }) => deadlineMs >= arrivesAtMs)?.part;
    return inTime ?? (source.mayBringAll ? board.highestTodo : this.lowestFor(source, nowMs)!);
  }

  /** Of some that it may bring, looked for from a random place on, the one that the fewest others have. */
  #rarestFor(source: ScheduledSource): number | undefined {
    const { board, sources } = this.#given;
    const { lowestTodo, highestTodo } = board;
    const span = highestTodo - lowestTodo + 1;
    const from = Math.floor(this.#options.random() * span);
    let best: { readonly part: number; readonly holders: number } | undefined;
    let seen = 0;
    for (let step = 0; step < span && seen < CANDIDATES; step += 1) {
      const part = lowestTodo + ((from + step) % span);
      if (!board.isTodo(part) || !source.mayBring(part)) continue;
      seen += 1;
      const holders = [...sources.values()].filter(other => other.mayBring(part)).length;
      if (holders < (best?.holders ?? Infinity)) best = { part, holders };
    }
    return best?.part;
  }

  /** Whether another source, of which nothing bad is known about the part, may bring it before long. */
  #isPromisedElsewhere(source: ScheduledSource, part: number, nowMs: number): boolean {
    return [...this.#given.sources.values()].some(
      other => other !== source && other.mayBring(part) && other.failures < HOPELESS_FAILURES && !other.isCooling(nowMs + this.#options.soonMs),
    );
  }

  /** Whether another source, also one that is busy, would bring the part sooner. */
  #isSoonerElsewhere(source: ScheduledSource, part: number, finishMs: number, nowMs: number): boolean {
    return [...this.#given.sources.values()].some(other => other !== source && other.holds(part) && !other.isCooling(nowMs) && other.finishMs(nowMs) < finishMs);
  }
}
