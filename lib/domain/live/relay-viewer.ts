import type { Clock } from '../../base/clock.ts';
import { SECOND_MS } from '../../base/units.ts';
import { RelayMembership, type RelayMembershipOptions, type RelayMembershipPorts } from './relay-membership.ts';
import type { FromRoot, RelayMessage } from './relay-messages.ts';
import { RelayParents } from './relay-parents.ts';
import { relayTimes } from './relay-times.ts';
import type { RelayViewerObserver } from './relay-viewer-observer.ts';
import { SliceBook } from './slice-book.ts';
import { SliceGiver } from './slice-giver.ts';
import { StreamReception } from './stream-reception.ts';
import { ROOT, type Contact, type MemberId, type Slice, type StreamDescription } from './stream.ts';

export interface RelayViewerPorts extends RelayMembershipPorts {
  readonly clock: Clock;
  readonly observer: RelayViewerObserver;
}

type Welcome = Extract<FromRoot, { readonly type: 'welcome' }>;

/** Between two ticks, this is no delay but a sleep. */
const SLEPT_MS = 1.5 * SECOND_MS;

/** One who watches: takes each slice from a parent, asks elsewhere for what does not come, and gives to others what it promised. */
export class RelayViewer {
  readonly #root: Contact;
  readonly #ports: RelayViewerPorts;
  readonly #membership: RelayMembership;
  readonly #parents: RelayParents;
  readonly #book = new SliceBook(relayTimes.keptMs);
  readonly #giver: SliceGiver;
  /** Of the stream that the root told of. */
  #reception: StreamReception | undefined;
  #tickedMs: number;

  constructor(options: RelayMembershipOptions, ports: RelayViewerPorts) {
    const { port, clock, observer } = ports;
    this.#root = options.root;
    this.#ports = ports;
    this.#tickedMs = clock.now();
    this.#membership = new RelayMembership(options, ports);
    this.#giver = new SliceGiver(this.#book, port, { slots: options.slots });
    this.#parents = new RelayParents({
      tell: (to, message) => port.send(to, message),
      tellRoot: message => this.#membership.tell(message),
      firstMissing: tree => this.#reception?.firstMissing(tree) ?? 0,
      children: tree => this.#giver.childrenIn(tree),
      fed: isFed => observer.fed(isFed),
      lost: (parent, tree, why) => observer.lost(parent, tree, why),
    });
  }

  /** Slices that were given to others. */
  get sent(): number {
    return this.#giver.sent;
  }

  /** By tree; undefined where nobody gives. */
  get parents(): readonly (Contact | undefined)[] {
    return this.#parents.all;
  }

  /** Those who take from this viewer. */
  get children(): readonly Contact[] {
    return this.#giver.children;
  }

  received(from: Contact, message: RelayMessage): void {
    const nowMs = this.#ports.clock.now();
    this.#parents.heard(from.id, nowMs);
    if (from.id === ROOT) this.#membership.answered(nowMs);
    switch (message.type) {
      case 'welcome':
        if (from.id === ROOT) this.#welcome(message, nowMs);
        return;
      case 'assign':
        if (from.id === ROOT) this.#parents.assign({ ...message, parent: message.parent?.id === ROOT ? this.#root : message.parent }, nowMs);
        return;
      case 'subscribe':
      case 'unsubscribe':
      case 'pull':
        this.#giver.received(from, message, nowMs);
        return;
      case 'subscribed':
        this.#parents.subscribed(message.tree, from.id);
        return;
      case 'refused':
        this.#parents.lostIn(message.tree, from.id, 'refused', nowMs);
        return;
      case 'slice':
        this.#take(message.slice, from, nowMs);
        return;
      case 'lacks':
        this.#reception?.lacked(from.id, message.number, message.index);
        return;
      default:
        // `alive` says no more than that; the others are for roots only.
        return;
    }
  }

  /** The connection with that member ended, or could not be made. */
  closed(id: MemberId): void {
    const nowMs = this.#ports.clock.now();
    this.#giver.forget(id);
    this.#reception?.lost(id);
    this.#parents.lost(id, 'closed', nowMs);
    if (id !== ROOT) return;
    if (this.#membership.isJoined) this.#ports.observer.away();
    this.#membership.closed(nowMs);
  }

  /** That member takes nothing from here any more. */
  childClosed(id: MemberId): void {
    this.#giver.forget(id);
  }

  /** That member sent something that is not what the root signed. */
  corrupt(id: MemberId): void {
    this.#reception?.lost(id);
    this.#parents.lost(id, 'corrupt', this.#ports.clock.now());
  }

  /** To be called every `tickEveryMs`; the first time joins. */
  tick(): void {
    const nowMs = this.#ports.clock.now();
    if (nowMs - this.#tickedMs > SLEPT_MS) {
      this.#parents.slept(nowMs);
      this.#membership.answered(nowMs);
    }
    this.#tickedMs = nowMs;
    if (this.#membership.isAway(nowMs)) {
      this.#ports.port.close(ROOT);
      this.closed(ROOT);
    }
    this.#membership.tick(this.#giver, nowMs);
    this.#parents.tick(nowMs);
    this.#giver.tick(nowMs);
    this.#reception?.tick(nowMs);
    this.#book.forgetOld(nowMs);
  }

  /** Says that it goes; others take from it until they have another parent. */
  leave(): void {
    this.#membership.leave(this.#ports.clock.now());
  }

  /** Whether it can go without anybody missing it, or has waited long enough. */
  get mayGo(): boolean {
    return this.#membership.mayGo(this.#giver.subscriptions, this.#ports.clock.now());
  }

  #welcome({ stream, airMs, next, canRelay }: Welcome, nowMs: number): void {
    if (!this.#membership.isJoined) this.#parents.expectAssignments();
    this.#membership.welcomed(nowMs);
    if (stream.id !== this.#reception?.stream) this.#reception = this.#begin(stream, next, nowMs);
    this.#reception.hearClock(airMs, nowMs);
    this.#ports.observer.joined(stream, canRelay);
  }

  /** Another stream: nothing that is here is part of it. */
  #begin(stream: StreamDescription, next: number, nowMs: number): StreamReception {
    const { port, clock, random } = this.#ports;
    this.#book.clear();
    this.#parents.release();
    const ports = {
      book: this.#book,
      random,
      // The root is asked last.
      sources: (tree: number) => [...this.#parents.sources(tree), ...(this.#membership.isJoined ? [this.#root] : [])],
      pull: (from: Contact, number: number, index: number) => port.send(from, { type: 'pull', number, index }),
      late: (tree: number) => this.#parents.late(tree, clock.now()),
    };
    return new StreamReception(stream, next, ports, nowMs);
  }

  #take(slice: Slice, from: Contact, nowMs: number): void {
    const { block, index } = slice;
    const isPushed = this.#parents.isParent(index, from.id);
    const worth = this.#reception?.take(slice, { isPushed, nowMs });
    if (worth === 'hopeless' && this.#reception?.beginAnew(nowMs)) this.#takeAnew(nowMs);
    // Who was lost in a tree may not know of it.
    if (worth === 'known' && !this.#parents.takesFrom(index, from.id)) this.#ports.port.send(from, { type: 'unsubscribe', tree: index });
    if (worth === 'first') this.#membership.heard(nowMs);
    if (worth !== 'first' && worth !== 'kept') return;
    if (isPushed) this.#parents.inTime(index);
    this.#giver.push(slice, nowMs);
    const onAirMs = this.#reception!.onAirMs(block);
    if (this.#book.held(block.number) === 1) this.#ports.observer.expected(block, onAirMs);
    const slices = this.#book.whole(block.number);
    if (slices) this.#ports.observer.block(block, slices, onAirMs);
  }

  /** All that waits on the connections is of no use any more: to begin anew, with the same parents, is quicker than to take it. */
  #takeAnew(nowMs: number): void {
    for (const { id } of new Set(this.#parents.all.flatMap(parent => parent ?? []))) {
      if (id === ROOT) continue;
      this.#giver.forget(id);
      this.#reception?.lost(id);
      this.#ports.port.close(id);
    }
    this.#parents.subscribeAgain(nowMs);
  }
}
