import type { Random } from '../../base/random.ts';
import { relayBounds, relayTimes } from './relay-times.ts';
import type { SliceBook } from './slice-book.ts';
import type { StreamClock } from './stream-clock.ts';
import { ROOT, SLICES, type Contact, type MemberId, type Slice } from './stream.ts';

export interface SlicePullerPorts {
  readonly book: SliceBook;
  readonly clock: StreamClock;
  readonly random: Random;
  /** Those who may have that tree's slices, the best first. */
  sources(tree: number): readonly Contact[];
  pull(from: Contact, number: number, index: number): void;
  /** The parent in that tree did not give in time what others gave; when several are late, the own line is. */
  late(tree: number): void;
}

interface Wait {
  /** By chance: those who miss the same are not to ask at the same moment. */
  readonly jitterMs: number;
  /** Nobody is asked before. */
  pausedUntilMs: number;
  tries: number;
  /** When somebody was asked last. */
  askedMs: number | undefined;
  asked: { readonly id: MemberId; readonly untilMs: number } | undefined;
}

/** What is usual grows at once with what comes later, and shrinks by this share of the difference with what comes sooner. */
const SHRINKING = 0.1;
/** A parent is not given more patience than the quickest one and this, however it has behaved. */
const SLOWER_MS = 2500;
/** Who was asked is waited for so many times as long as answers usually take. */
const TIMES_USUAL = 2;
/** After everybody was asked in vain; then twice as much each time. */
const PAUSE_MS = 500;
const PAUSE_LONGEST_MS = 8000;

/** Asks for the slices that do not come by themselves, a bounded number at a time. */
export class SlicePuller {
  readonly #ports: SlicePullerPorts;
  /** By tree: how long after a block went on the air its slice usually comes. */
  readonly #usualMs = Array.from({ length: SLICES }, (): number | undefined => undefined);
  /** By tree: how long after a block went on the air its slice is expected. */
  readonly #patienceMs = Array.from({ length: SLICES }, (): number => SLOWER_MS);
  /** By block and slice. */
  readonly #waits = new Map<number, Wait>();
  #firstWanted: number;
  readonly #startedMs: number;
  #asking = 0;
  /** What may be asked for at the same time: half as much after each answer that came late, a little more after each that was of use. */
  #atOnce: number = relayBounds.pullsAtOnce;
  /** How long an answer usually takes. */
  #answerMs = 0;

  constructor(ports: SlicePullerPorts, firstWanted: number, nowMs: number) {
    this.#ports = ports;
    this.#firstWanted = firstWanted;
    this.#startedMs = nowMs;
  }

  /** Blocks before this one are whole, or given up. */
  get firstWanted(): number {
    return this.#firstWanted;
  }

  /** Wants only what goes on the air from now on. */
  skipToAir(nowMs: number): void {
    const { newest } = this.#ports.book;
    if (!newest) return;
    const next = newest.number + Math.ceil((nowMs - this.#onAirMs(newest.number)) / newest.durationMs);
    while (this.#firstWanted < next) this.#giveUp(this.#firstWanted++);
  }

  /** Also when it was here already: what comes in vain tells how late it is. */
  arrived({ block, index }: Slice, { isPushed, nowMs }: { readonly isPushed: boolean; readonly nowMs: number }): void {
    const askedMs = this.#waits.get(keyOf(block.number, index))?.askedMs;
    this.#forget(keyOf(block.number, index));
    if (!isPushed) {
      if (askedMs === undefined) this.#cameInVain();
      else this.#answered(nowMs - askedMs);
      return;
    }
    const lagMs = Math.max(0, nowMs - this.#ports.clock.whenMs(block.emittedMs));
    const usualMs = this.#usualMs[index] ?? 0;
    this.#usualMs[index] = Math.max(lagMs, usualMs + (lagMs - usualMs) * SHRINKING);
    const quickestMs = Math.min(...this.#usualMs.filter(ms => ms !== undefined));
    for (let tree = 0; tree < SLICES; tree += 1) this.#patienceMs[tree] = Math.min(this.#usualMs[tree] ?? Infinity, quickestMs + SLOWER_MS);
  }

  /** Who was asked does not have it, or cannot send it. */
  lacked(from: MemberId, number: number, index: number): void {
    const wait = this.#waits.get(keyOf(number, index));
    if (wait?.asked?.id === from) this.#stopAsking(wait);
  }

  lost(id: MemberId): void {
    for (const wait of this.#waits.values()) if (wait.asked?.id === id) this.#stopAsking(wait);
  }

  tick(nowMs: number): void {
    const { book, clock } = this.#ports;
    const { newest } = book;
    if (!newest) return;
    // Nobody here has heard of it, but it must be on the air by now.
    const nextMs = clock.whenMs(newest.emittedMs + newest.durationMs);
    const last = nextMs + relayTimes.lateMs + Math.max(...this.#patienceMs) < nowMs ? newest.number + 1 : newest.number;
    while (this.#firstWanted <= newest.number && (book.whole(this.#firstWanted) || this.#isGivenUp(this.#firstWanted, nowMs))) this.#giveUp(this.#firstWanted++);
    for (let number = this.#firstWanted; number <= last; number += 1) {
      if (book.whole(number)) continue;
      for (let index = 0; index < SLICES; index += 1) if (!book.get(number, index)) this.#want(number, index, nowMs);
    }
  }

  #want(number: number, index: number, nowMs: number): void {
    const key = keyOf(number, index);
    let wait = this.#waits.get(key);
    if (!wait) this.#waits.set(key, (wait = { jitterMs: this.#ports.random() * relayTimes.pullJitterMs, pausedUntilMs: 0, tries: 0, askedMs: undefined, asked: undefined }));
    if (wait.asked && wait.asked.untilMs <= nowMs) {
      this.#stopAsking(wait);
      this.#askLess();
    }
    const isDue = wait.pausedUntilMs <= nowMs && this.#lateAtMs(number, index) + wait.jitterMs <= nowMs;
    if (wait.asked || !isDue || this.#asking >= Math.floor(this.#atOnce)) return;
    if (wait.tries === 0 && this.#ports.book.held(number) === SLICES - 1) this.#ports.late(index);
    // The root would have told of it: it is asked for what there is.
    const isKnown = this.#ports.book.block(number) !== undefined;
    if (!isKnown && this.#isGivenUp(number, nowMs)) return;
    const sources = this.#ports.sources(index).filter(({ id }) => isKnown || id !== ROOT);
    if (sources.length === 0) return;
    const source = sources[wait.tries % sources.length]!;
    wait.tries += 1;
    if (wait.tries % sources.length === 0) wait.pausedUntilMs = nowMs + Math.min(PAUSE_LONGEST_MS, PAUSE_MS * 2 ** (wait.tries / sources.length - 1));
    wait.askedMs = nowMs;
    wait.asked = { id: source.id, untilMs: nowMs + Math.max(relayTimes.pullTimeoutMs, TIMES_USUAL * this.#answerMs) };
    this.#asking += 1;
    this.#ports.pull(source, number, index);
  }

  #answered(tookMs: number): void {
    this.#answerMs = Math.max(tookMs, this.#answerMs + (tookMs - this.#answerMs) * SHRINKING);
    this.#atOnce = Math.min(relayBounds.pullsAtOnce, this.#atOnce + 1 / this.#atOnce);
  }

  #cameInVain(): void {
    this.#answerMs = Math.min(relayTimes.givenUpMs, Math.max(relayTimes.pullTimeoutMs, this.#answerMs * TIMES_USUAL));
    this.#askLess();
  }

  /** On a slow line, what was asked for again comes twice, and all else later. */
  #askLess(): void {
    this.#atOnce = Math.max(1, this.#atOnce / 2);
  }

  #lateAtMs(number: number, index: number): number {
    return Math.max(this.#onAirMs(number) + this.#patienceMs[index]!, this.#startedMs) + relayTimes.lateMs;
  }

  /** Of a block that nobody told of, as its neighbours were. */
  #onAirMs(number: number): number {
    const { book, clock } = this.#ports;
    const newest = book.newest!;
    return clock.whenMs(book.block(number)?.emittedMs ?? newest.emittedMs + (number - newest.number) * newest.durationMs);
  }

  #isGivenUp(number: number, nowMs: number): boolean {
    return nowMs - this.#onAirMs(number) > relayTimes.givenUpMs;
  }

  #giveUp(number: number): void {
    for (let index = 0; index < SLICES; index += 1) this.#forget(keyOf(number, index));
  }

  #forget(key: number): void {
    const wait = this.#waits.get(key);
    if (wait) this.#stopAsking(wait);
    this.#waits.delete(key);
  }

  #stopAsking(wait: Wait): void {
    if (wait.asked) this.#asking -= 1;
    wait.asked = undefined;
  }
}

function keyOf(number: number, index: number): number {
  return number * SLICES + index;
}
