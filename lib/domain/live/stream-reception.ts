import type { Random } from '../../base/random.ts';
import { SECOND_MS } from '../../base/units.ts';
import { relayTimes } from './relay-times.ts';
import type { SliceBook } from './slice-book.ts';
import { SlicePuller, type SlicePullerPorts } from './slice-puller.ts';
import { StreamClock } from './stream-clock.ts';
import type { BlockManifest, MemberId, Slice, StreamDescription } from './stream.ts';

export interface StreamReceptionPorts extends Pick<SlicePullerPorts, 'sources' | 'pull' | 'late'> {
  /** What is here of the stream. */
  readonly book: SliceBook;
  readonly random: Random;
}

/**
 * What a slice was good for. `first`: it is kept, and the first one of a block newer than all before; `kept`; `known`: it was here
 * already; `useless`: of another stream, of a time that is not near, or of a block that nobody waits for any more; `hopeless`: that too, and
 * so late that what its parent sends next is.
 */
export type SliceWorth = 'first' | 'kept' | 'known' | 'useless' | 'hopeless';

/** The blocks that were on the air before it joined, and that it takes too: who plays has something to begin with. */
const BLOCKS_BEFORE = 2;
/** Nobody can be so many blocks ahead of what is known. */
const BLOCKS_AHEAD = 1000;
/** Who fell so far behind that what comes is of no use begins anew this often at the most. */
const ANEW_EVERY_MS = 20 * SECOND_MS;

/** How a viewer receives one stream: judges what comes, asks for what does not, and knows when each block went on the air. */
export class StreamReception {
  /** Its id. */
  readonly stream: string;
  readonly #book: SliceBook;
  readonly #clock = new StreamClock();
  readonly #puller: SlicePuller;
  #anewAtMs = 0;

  /** @param next the number of the block that goes on the air next */
  constructor(stream: StreamDescription, next: number, { book, ...ports }: StreamReceptionPorts, nowMs: number) {
    this.stream = stream.id;
    this.#book = book;
    this.#puller = new SlicePuller({ ...ports, book, clock: this.#clock }, Math.max(0, next - BLOCKS_BEFORE), nowMs);
  }

  /** The stream's clock shows that time, or did a moment ago. */
  hearClock(airMs: number, nowMs: number): void {
    this.#clock.hear(airMs, nowMs);
  }

  /** When it went on the air, on the own clock. */
  onAirMs({ emittedMs }: BlockManifest): number {
    return this.#clock.whenMs(emittedMs);
  }

  /** `isPushed`: by the parent of its tree, which was not asked for it. */
  take(slice: Slice, { isPushed, nowMs }: { readonly isPushed: boolean; readonly nowMs: number }): SliceWorth {
    const { block } = slice;
    const newest = this.#book.newest?.number ?? -1;
    if (block.stream !== this.stream || block.number > Math.max(0, newest, this.#puller.firstWanted) + BLOCKS_AHEAD) return 'useless';
    this.#clock.hear(block.emittedMs, nowMs);
    this.#puller.arrived(slice, { isPushed, nowMs });
    if (block.number < this.#puller.firstWanted) return isPushed && nowMs - this.onAirMs(block) > relayTimes.givenUpMs ? 'hopeless' : 'useless';
    if (!this.#book.add(slice, nowMs)) return 'known';
    return block.number > newest ? 'first' : 'kept';
  }

  /** Who was asked does not have it, or cannot send it. */
  lacked(from: MemberId, number: number, index: number): void {
    this.#puller.lacked(from, number, index);
  }

  /** That member answers no more. */
  lost(id: MemberId): void {
    this.#puller.lost(id);
  }

  tick(nowMs: number): void {
    this.#puller.tick(nowMs);
  }

  /** Wants only what goes on the air from now on. False when it did so not long ago. */
  beginAnew(nowMs: number): boolean {
    if (nowMs < this.#anewAtMs) return false;
    this.#anewAtMs = nowMs + ANEW_EVERY_MS;
    this.#puller.skipToAir(nowMs);
    return true;
  }

  /** The first block to subscribe that tree from. What is older is asked for one by one: to get it all at once again would make all that follows late. */
  firstMissing(tree: number): number {
    const newest = this.#book.newest?.number ?? -1;
    const first = Math.max(this.#puller.firstWanted, newest + 1 - BLOCKS_BEFORE);
    for (let number = first; number <= newest; number += 1) if (!this.#book.get(number, tree)) return number;
    return Math.max(first, newest + 1);
  }
}
