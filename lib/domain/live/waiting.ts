import type { ExpectedBlock, MissedBlocks } from './shelf-block.ts';

/** What became of one whose time came, or of several. */
export type Passed<Whole> =
  | { readonly kind: 'shown'; readonly whole: Whole }
  | { readonly kind: 'missed'; readonly blocks: MissedBlocks };

interface Entry<Whole> extends ExpectedBlock {
  readonly dueMs: number;
  readonly whole?: Whole;
}

interface Stream {
  /** Everything up to this number was shown or missed; undefined before the first. */
  settled: number | undefined;
  isLeft: boolean;
}

/** Streams that are remembered, so that what is late of them is known to be. */
const STREAMS_MAX = 16;
/** Expected blocks, which are worth nothing by themselves. */
const EXPECTED_MAX = 1000;

/** Blocks whose time has not come, whole or expected. Within a stream they pass in the order of their numbers. */
export class Waiting<Whole> {
  readonly #entries = new Map<string, Entry<Whole>>();
  readonly #streams = new Map<string, Stream>();
  /** The stream that is shown. */
  #current: string | undefined;

  whole(): readonly Whole[] {
    const whole = [...this.#entries.values()].filter(({ whole }) => whole !== undefined);
    return whole.toSorted((a, b) => a.dueMs - b.dueMs || a.number - b.number).map(({ whole }) => whole!);
  }

  /** False when it can no longer be shown: others that come after it were. */
  add(block: ExpectedBlock, dueMs: number, whole: Whole): boolean {
    if (this.#isSettled(block)) return false;
    this.#entries.set(block.key, { ...identityOf(block), dueMs, whole });
    return true;
  }

  expect(block: ExpectedBlock, dueMs: number): void {
    if (this.#isSettled(block) || this.#entries.get(block.key)?.whole !== undefined) return;
    if (this.#entries.size < EXPECTED_MAX) this.#entries.set(block.key, { ...identityOf(block), dueMs });
  }

  /** Takes what is due out, with all that has to pass before it. */
  takeDue(nowMs: number): readonly Passed<Whole>[] {
    const passed: Passed<Whole>[] = [];
    for (let due = this.#nextDue(nowMs); due; due = this.#nextDue(nowMs)) {
      // A stream that another one follows shows the rest of its own first.
      if (due.whole !== undefined && due.stream !== this.#current && this.#current !== undefined) {
        passed.push(...this.#passThrough(this.#current, Infinity));
        this.#streamOf(this.#current).isLeft = true;
      }
      passed.push(...this.#passThrough(due.stream, due.number));
    }
    return passed;
  }

  #nextDue(nowMs: number): Entry<Whole> | undefined {
    let next: Entry<Whole> | undefined;
    for (const entry of this.#entries.values()) if (entry.dueMs <= nowMs && (!next || entry.dueMs < next.dueMs)) next = entry;
    return next;
  }

  #passThrough(stream: string, last: number): readonly Passed<Whole>[] {
    const entries = [...this.#entries.values()].filter(entry => entry.stream === stream && entry.number <= last);
    return entries.toSorted((a, b) => a.number - b.number).flatMap(entry => this.#pass(entry));
  }

  #pass({ key, stream, number, whole }: Entry<Whole>): readonly Passed<Whole>[] {
    this.#entries.delete(key);
    const state = this.#streamOf(stream);
    const first = state.settled === undefined ? number : state.settled + 1;
    const lastMissed = whole === undefined ? number : number - 1;
    const passed: Passed<Whole>[] = [];
    if (lastMissed >= first) passed.push({ kind: 'missed', blocks: { stream, first, last: lastMissed } });
    state.settled = number;
    if (whole !== undefined) {
      passed.push({ kind: 'shown', whole });
      this.#current = stream;
    }
    return passed;
  }

  #isSettled({ stream, number }: ExpectedBlock): boolean {
    const state = this.#streams.get(stream);
    return state !== undefined && (state.isLeft || number <= (state.settled ?? -Infinity));
  }

  #streamOf(stream: string): Stream {
    const state = this.#streams.get(stream) ?? { settled: undefined, isLeft: false };
    this.#streams.delete(stream);
    this.#streams.set(stream, state);
    const [oldest] = this.#streams.keys();
    if (this.#streams.size > STREAMS_MAX) this.#streams.delete(oldest!);
    return state;
  }
}

function identityOf({ key, stream, number }: ExpectedBlock): ExpectedBlock {
  return { key, stream, number };
}
