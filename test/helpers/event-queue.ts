export interface QueuedEvent {
  readonly atMs: number;
  readonly run: () => void;
}

/** With its place among those of the same moment. */
interface Turn extends QueuedEvent {
  readonly turn: number;
}

/** What happens in virtual time, the earliest first; of one moment, in the order in which it was added. */
export class EventQueue {
  /** A binary heap. */
  readonly #heap: Turn[] = [];
  #turn = 0;

  add(atMs: number, run: () => void): void {
    const heap = this.#heap;
    const event = { atMs, run, turn: this.#turn++ };
    let at = heap.length;
    heap.push(event);
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (isBefore(heap[above]!, event)) break;
      heap[at] = heap[above]!;
      at = above;
    }
    heap[at] = event;
  }

  /** The next one, if it happens before that time. */
  takeBefore(untilMs: number): QueuedEvent | undefined {
    const heap = this.#heap;
    const first = heap[0];
    if (!first || first.atMs >= untilMs) return undefined;
    const last = heap.pop()!;
    if (heap.length > 0) this.#sink(last);
    return first;
  }

  #sink(event: Turn): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && isBefore(heap[below + 1]!, heap[below]!)) below += 1;
      if (isBefore(event, heap[below]!)) break;
      heap[at] = heap[below]!;
      at = below;
    }
    heap[at] = event;
  }
}

function isBefore(a: Turn, b: Turn): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.turn < b.turn);
}
