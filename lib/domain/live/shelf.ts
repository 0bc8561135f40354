import { MIB } from '../../base/units.ts';
import { LivePlayers } from './live-players.ts';
import type { Arrival, ExpectedBlock, ShelfBlock, ShelfObserver } from './shelf-block.ts';
import { ShownWindow, type ShownView } from './shown-window.ts';
import { Waiting } from './waiting.ts';

/** For viewers who ask for it, from when it came. */
export const KEPT_MS = 30_000;
/** What players find at least, also when nothing new comes. */
export const SHOWN_MIN = 6;
export const SHELF_MAX_BYTES = 512 * MIB;
/** Hours of them; who sends thousands of tiny ones fills neither memory nor folder. */
export const SHELF_MAX_BLOCKS = 8192;
/** What goes by between two looks counts as no more: a pause of the process or a clock that was set makes nothing old. */
const STEP_MAX_MS = 1000;

interface Held {
  readonly block: ShelfBlock;
  readonly cameMs: number;
}

interface Shown extends Held {
  readonly shownMs: number;
}

/**
 * What a viewer holds and shows of one channel. A block is shown when it is due, or never; it is removed when it was played and is
 * old, or when room is needed. To be looked at (`advance`) several times a second, by a clock for durations.
 */
export class Shelf {
  readonly #observer: ShelfObserver;
  readonly #maxBytes: number;
  readonly #waiting = new Waiting<Held>();
  readonly #shown = new ShownWindow<Shown>();
  readonly #players = new LivePlayers();
  /** By key, the oldest first: what is shown to nobody and kept for others. */
  readonly #aside = new Map<string, Held>();
  readonly #held = new Map<string, ShelfBlock>();
  #lastShown: ShelfBlock | undefined;
  #bytes = 0;
  /** Of whole ones that are not shown yet. */
  #waitingBlocks = 0;
  #waitingBytes = 0;
  #nowMs: number | undefined;
  /** Time that this process lived through; ages are counted by it. */
  #livedMs = 0;

  constructor(observer: ShelfObserver, { maxBytes = SHELF_MAX_BYTES }: { readonly maxBytes?: number } = {}) {
    this.#observer = observer;
    this.#maxBytes = maxBytes;
  }

  get bytesHeld(): number {
    return this.#bytes;
  }

  /** Whole ones that are not shown yet, in the order in which they will be. */
  get waiting(): readonly ShelfBlock[] {
    return this.#waiting.whole().map(({ block }) => block);
  }

  get hasPlayers(): boolean {
    return this.#players.isAnyHere(this.#livedMs);
  }

  shown(): ShownView<ShelfBlock> {
    const { entries, ...numbers } = this.#shown.view();
    return { ...numbers, entries: entries.map(entry => ({ ...entry, item: entry.item.block })) };
  }

  find(key: string): ShelfBlock | undefined {
    return this.#held.get(key);
  }

  /** A block is on its way, so that it is known at its time that it was missed. */
  expect(block: ExpectedBlock, dueMs: number, nowMs: number): void {
    this.advance(nowMs);
    if (!this.#held.has(block.key)) this.#waiting.expect(block, dueMs);
  }

  /** Makes room for a block, and tells whether there is any: before its bytes are written. */
  admit({ key, sizeBytes }: Pick<ShelfBlock, 'key' | 'sizeBytes'>): 'wanted' | 'known' | 'refused' {
    if (this.#held.has(key)) return 'known';
    return this.#makeRoom(sizeBytes) ? 'wanted' : 'refused';
  }

  /** A whole block, whose bytes are there. `dueMs` and `nowMs` are of the same clock. */
  add(block: ShelfBlock, dueMs: number, nowMs: number): Arrival {
    this.advance(nowMs);
    const admitted = this.admit(block);
    if (admitted !== 'wanted') return admitted;
    const held = { block, cameMs: this.#livedMs };
    this.#held.set(block.key, block);
    this.#bytes += block.sizeBytes;
    const isInTime = dueMs > nowMs && this.#waiting.add(block, dueMs, held);
    if (isInTime) {
      this.#waitingBlocks += 1;
      this.#waitingBytes += block.sizeBytes;
      return 'waiting';
    }
    this.#aside.set(block.key, held);
    // That it was missed is known now, if it was not before.
    this.#waiting.expect(block, dueMs);
    this.advance(nowMs);
    return 'late';
  }

  /** Shows what is due, and removes what nobody needs any more. */
  advance(nowMs: number): void {
    this.#livedMs += Math.min(Math.max(nowMs - (this.#nowMs ?? nowMs), 0), STEP_MAX_MS);
    this.#nowMs = nowMs;
    for (const passed of this.#waiting.takeDue(nowMs)) {
      if (passed.kind === 'missed') this.#observer.missed(passed.blocks);
      else this.#show(passed.whole);
    }
    this.#removeOld();
  }

  /** A player asked for what is shown. */
  asked(player: string): void {
    this.#players.asked(player, this.#livedMs);
  }

  /** A player got the block that is shown under that number. */
  fetched(player: string, number: number): void {
    this.#players.fetched(player, number);
  }

  /** Shows a block no more that cannot be shown. Neither it nor any behind it may have been told to a player. */
  leaveOut(key: string): void {
    const left = this.#shown.leaveOut(({ block }) => block.key === key);
    if (left) this.#aside.set(key, left);
  }

  #show(held: Held): void {
    const { block } = held;
    this.#waitingBlocks -= 1;
    this.#waitingBytes -= block.sizeBytes;
    if (this.#lastShown && (block.isBeginning || !isNext(block, this.#lastShown))) this.#shown.break();
    this.#shown.show({ ...held, shownMs: this.#livedMs });
    this.#lastShown = block;
    this.#observer.shown(block);
  }

  #removeOld(): void {
    while (this.#shown.length > SHOWN_MIN && this.#isDone(this.#shown.first!)) this.#remove(this.#shown.removeFirst()!.block);
    for (const held of this.#aside.values()) if (this.#isOld(held)) this.#remove(held.block);
  }

  #isDone(shown: Shown): boolean {
    if (!this.#isOld(shown)) return false;
    if (this.hasPlayers) return this.#players.haveFetched(this.#shown.firstNumber, this.#livedMs);
    return this.#livedMs - shown.shownMs >= shown.block.durationMs;
  }

  #isOld({ cameMs }: Held): boolean {
    return this.#livedMs - cameMs >= KEPT_MS;
  }

  /** What waits is never given up for what comes. */
  #makeRoom(sizeBytes: number): boolean {
    if (this.#waitingBlocks >= SHELF_MAX_BLOCKS || this.#waitingBytes + sizeBytes > this.#maxBytes) return false;
    while (this.#held.size >= SHELF_MAX_BLOCKS || this.#bytes + sizeBytes > this.#maxBytes) {
      const [aside] = this.#aside.values();
      const { block } = aside ?? this.#shown.removeFirst()!;
      this.#observer.discarded(block);
      this.#remove(block);
    }
    return true;
  }

  #remove(block: ShelfBlock): void {
    this.#aside.delete(block.key);
    this.#held.delete(block.key);
    this.#bytes -= block.sizeBytes;
    this.#observer.removed(block);
  }
}

function isNext(block: ShelfBlock, last: ShelfBlock): boolean {
  return block.stream === last.stream && block.number === last.number + 1;
}
