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
  /** By stream, in the order of their numbers. */
  readonly #lines = new Map<string, Entry<Whole>[]>();
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
    this.#put({ ...identityOf(block), dueMs, whole });
    return true;
  }

  expect(block: ExpectedBlock, dueMs: number): void {
    if (this.#isSettled(block) || this.#entries.get(block.key)?.whole !== undefined) return;
    if (this.#entries.size < EXPECTED_MAX) this.#put({ ...identityOf(block), dueMs });
  }

  /** Takes what is due out, with all that has to pass before it. */
  takeDue(nowMs: number): readonly Passed<Whole>[] {
    const passed: Passed<Whole>[] = [];
    for (const due of this.#due(nowMs)) {
      if (!this.#entries.has(due.key)) continue;
      // A stream that another one follows shows the rest of its own first.
      if (due.whole !== undefined && due.stream !== this.#current && this.#current !== undefined) {
        passed.push(...this.#passThrough(this.#current, Infinity));
        this.#streamOf(this.#current).isLeft = true;
      }
      passed.push(...this.#passThrough(due.stream, due.number));
    }
    return passed;
  }

  #put(entry: Entry<Whole>): void {
    const { key, stream, number } = entry;
    const line = this.#lines.get(stream) ?? [];
    this.#lines.set(stream, line);
    const known = this.#entries.get(key);
    if (known) line.splice(line.lastIndexOf(known), 1);
    // Most come in order.
    const at = line.findLastIndex(other => other.number <= number) + 1;
    line.splice(at, 0, entry);
    this.#entries.set(key, entry);
  }

  /** The longest due first. */
  #due(nowMs: number): readonly Entry<Whole>[] {
    const due: Entry<Whole>[] = [];
    for (const entry of this.#entries.values()) if (entry.dueMs <= nowMs) due.push(entry);
    return due.sort((a, b) => a.dueMs - b.dueMs);
  }

  #passThrough(stream: string, last: number): readonly Passed<Whole>[] {
    const line = this.#lines.get(stream) ?? [];
    const rest = line.findIndex(({ number }) => number > last);
    const passing = line.splice(0, rest === -1 ? line.length : rest);
    if (line.length === 0) this.#lines.delete(stream);
    return passing.flatMap(entry => this.#pass(entry));
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
