import type { FromParent, RelayPort, ToParent } from './relay-messages.ts';
import { relayBounds, relayTimes } from './relay-times.ts';
import type { SliceBook } from './slice-book.ts';
import { SLICES, type Contact, type MemberId, type Slice } from './stream.ts';

export interface SliceGiverOptions {
  /** Slices of each block that are sent on at the most: that many subscriptions. */
  readonly slots: number;
  /** Pulls that are answered for each block, beside; undefined: as many as subscriptions are free. */
  readonly pullsPerBlock?: number;
}

interface Child {
  readonly contact: Contact;
  /** By tree: how many it sends that tree's slices on to. */
  readonly trees: Map<number, number>;
  toldMs: number;
  /** Slices that it did not get, since it got one. */
  skipped: number;
}

/** Gives slices to those who subscribed to a tree, or pulled one, and never more than was promised. */
export class SliceGiver {
  readonly #book: SliceBook;
  readonly #port: RelayPort;
  readonly #options: SliceGiverOptions;
  readonly #children = new Map<MemberId, Child>();
  /** By block: pulls that were answered while it was the newest. */
  #pulls = { number: -1, answered: 0 };
  #sent = 0;
  #slots: number;
  /** When it tries to carry one more again. */
  #moreAtMs = 0;
  /** By child and tree: when it got what there was, which takes the line more than what comes. */
  readonly #begunMs = new Map<string, number>();
  /** Who took too few, and when, last. */
  #slow: { readonly id: MemberId; readonly atMs: number } | undefined;

  constructor(book: SliceBook, port: RelayPort, options: SliceGiverOptions) {
    this.#book = book;
    this.#port = port;
    this.#options = options;
    this.#slots = options.slots;
  }

  /** Subscriptions that it takes: what was promised, or less while the line does not carry that much. */
  get slots(): number {
    return this.#slots;
  }

  /** Slices that were given since the beginning. */
  get sent(): number {
    return this.#sent;
  }

  get hasRoom(): boolean {
    return this.subscriptions < this.#slots;
  }

  get subscriptions(): number {
    let count = 0;
    for (const { trees } of this.#children.values()) count += trees.size;
    return count;
  }

  /** Who takes at least one tree. */
  get children(): readonly Contact[] {
    return [...this.#children.values()].map(({ contact }) => contact);
  }

  /** How many take that tree. */
  childrenIn(tree: number): number {
    let count = 0;
    for (const { trees } of this.#children.values()) if (trees.has(tree)) count += 1;
    return count;
  }

  received(from: Contact, message: ToParent, nowMs: number): void {
    switch (message.type) {
      case 'subscribe':
        this.#subscribe(from, message, nowMs);
        return;
      case 'unsubscribe':
        this.#unsubscribe(from.id, message.tree);
        return;
      case 'pull':
        this.#answerPull(from, message);
        return;
      default:
        message satisfies never;
    }
  }

  /** To all who take its tree; first to those who send it on to most. */
  push(slice: Slice, nowMs: number): void {
    const takers = [...this.#children.values()].filter(({ trees }) => trees.has(slice.index));
    for (const child of takers.toSorted((a, b) => b.trees.get(slice.index)! - a.trees.get(slice.index)!)) this.#give(child, slice, nowMs);
  }

  /** Those who take that tree. */
  takers(tree: number): readonly MemberId[] {
    return [...this.#children].filter(([, { trees }]) => trees.has(tree)).map(([id]) => id);
  }

  /** Sends it nothing more of that tree, and says so. */
  refuse(id: MemberId, tree: number): void {
    const child = this.#children.get(id);
    if (!child?.trees.has(tree)) return;
    this.#unsubscribe(id, tree);
    this.#tell(child.contact, { type: 'refused', tree });
  }

  forget(id: MemberId): void {
    this.#children.delete(id);
  }

  tick(nowMs: number): void {
    for (const [key, begunMs] of this.#begunMs) if (nowMs - begunMs > relayBounds.beginEveryMs) this.#begunMs.delete(key);
    if (this.#slots < this.#options.slots && nowMs >= this.#moreAtMs) {
      this.#slots += 1;
      this.#moreAtMs = nowMs + relayBounds.moreEveryMs;
    }
    for (const child of this.#children.values()) {
      if (nowMs - child.toldMs < relayTimes.aliveEveryMs) continue;
      this.#tell(child.contact, { type: 'alive' });
      child.toldMs = nowMs;
    }
  }

  #subscribe(from: Contact, { tree, from: first, children }: Extract<ToParent, { type: 'subscribe' }>, nowMs: number): void {
    let child = this.#children.get(from.id);
    if (!child?.trees.has(tree) && !this.hasRoom) {
      this.#tell(from, { type: 'refused', tree });
      return;
    }
    if (!child) {
      child = { contact: from, trees: new Map(), toldMs: nowMs, skipped: 0 };
      this.#children.set(from.id, child);
    }
    const isNew = !child.trees.has(tree) && !this.#begunMs.has(`${from.id} ${tree}`);
    child.trees.set(tree, children);
    this.#tell(from, { type: 'subscribed', tree });
    if (!isNew) return;
    this.#begunMs.set(`${from.id} ${tree}`, nowMs);
    const newest = this.#book.newest?.number ?? -1;
    for (let number = Math.max(first, newest + 1 - relayBounds.blocksAtSubscribe); number <= newest; number += 1) {
      const slice = this.#book.get(number, tree);
      // What there is no room for now will be pulled: who just came is not slow.
      if (slice && !this.#isBusy(from.id, slice)) this.#send(child, slice, nowMs);
    }
  }

  #unsubscribe(id: MemberId, tree: number): void {
    const child = this.#children.get(id);
    child?.trees.delete(tree);
    if (child?.trees.size === 0) this.#children.delete(id);
  }

  #answerPull(from: Contact, { number, index }: Extract<ToParent, { type: 'pull' }>): void {
    const slice = this.#book.get(number, index);
    const newest = this.#book.newest?.number ?? -1;
    if (this.#pulls.number !== newest) this.#pulls = { number: newest, answered: 0 };
    const { pullsPerBlock = this.#slots - this.subscriptions } = this.#options;
    if (!slice || this.#pulls.answered >= pullsPerBlock || this.#isBusy(from.id, slice)) {
      this.#tell(from, { type: 'lacks', number, index });
      return;
    }
    this.#pulls.answered += 1;
    this.#sent += 1;
    this.#tell(from, { type: 'slice', slice });
  }

  #give(child: Child, slice: Slice, nowMs: number): void {
    if (this.#isBusy(child.contact.id, slice)) {
      child.skipped += 1;
      if (child.skipped >= relayBounds.skippedInRow) this.#sendAway(child, nowMs);
      return;
    }
    child.skipped = 0;
    this.#send(child, slice, nowMs);
  }

  #send(child: Child, slice: Slice, nowMs: number): void {
    child.toldMs = nowMs;
    this.#sent += 1;
    this.#tell(child.contact, { type: 'slice', slice });
  }

  /** Whoever takes less than comes would make this viewer wait, or keep ever more. */
  #sendAway({ contact, trees }: Child, nowMs: number): void {
    this.#children.delete(contact.id);
    for (const tree of trees.keys()) this.#tell(contact, { type: 'refused', tree });
    const { id, atMs } = this.#slow ?? { id: contact.id, atMs: nowMs };
    if (id !== contact.id && nowMs - atMs < relayBounds.ownLineMs) {
      this.#slots = this.subscriptions;
      this.#moreAtMs = nowMs + relayBounds.moreEveryMs;
    }
    this.#slow = { id: contact.id, atMs: nowMs };
  }

  #isBusy(id: MemberId, { block: { sizeBytes } }: Slice): boolean {
    const trees = this.#children.get(id)?.trees.size ?? 1;
    return this.#port.waitingBytes(id) > (trees * relayBounds.waitingSlices * sizeBytes) / SLICES;
  }

  #tell(to: Contact, message: FromParent): void {
    this.#port.send(to, message);
  }
}
