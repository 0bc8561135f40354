import type { Clock } from '../../base/clock.ts';
import type { Random } from '../../base/random.ts';
import { SECOND_MS } from '../../base/units.ts';
import type { RelayMessage, RelayPort, ToRoot } from './relay-messages.ts';
import { relayBounds, relayTimes } from './relay-times.ts';
import { RelayTrees } from './relay-trees.ts';
import { SliceBook } from './slice-book.ts';
import { SliceGiver } from './slice-giver.ts';
import { ROOT, SLICES, type Contact, type MemberId, type Slice, type StreamDescription } from './stream.ts';

export interface RelayRootOptions {
  readonly stream: StreamDescription;
  /** Slices of each block that it sends at the most, beside a few that are pulled: twice the stream is 8. */
  readonly slots: number;
}

export interface RelayRootPorts {
  readonly port: RelayPort;
  readonly clock: Clock;
  readonly random: Random;
  /** Tries whether that viewer takes connections, and calls `reached` when it does. */
  tryReach(contact: Contact): void;
}

/** How a viewer's connection is seen. */
export interface ViewerConnection {
  readonly id: MemberId;
  readonly host: string;
  /** Whether it comes from this very machine, by an address that leads nowhere from others. */
  readonly isLocal: boolean;
}

interface Viewer extends ViewerConnection {
  /** What it joined with, and what its line turned out to carry. */
  readonly promised: number;
  slots: number;
  readonly port: number;
  /** Undefined before it is known. */
  isReached: boolean | undefined;
  sent: number;
  readonly joinedMs: number;
  heardMs: number;
  answeredMs: number;
}

/** Between two ticks, this is no delay but a sleep. */
const SLEPT_MS = 1500;
/** Who joins again sooner has heard the answer, or will. */
const JOIN_EVERY_MS = SECOND_MS;

/** Who broadcasts: gives each slice to a few viewers, and tells everybody from whom he takes it. */
export class RelayRoot {
  readonly #options: RelayRootOptions;
  readonly #ports: RelayRootPorts;
  readonly #book = new SliceBook(relayTimes.keptMs);
  readonly #giver: SliceGiver;
  readonly #trees: RelayTrees;
  readonly #viewers = new Map<MemberId, Viewer>();
  readonly #startedMs: number;
  #rebalanceAtMs: number;
  #tickedMs: number;
  /** When the last block went on the air. */
  #airedMs = -Infinity;

  constructor(options: RelayRootOptions, ports: RelayRootPorts) {
    this.#options = options;
    this.#ports = ports;
    this.#startedMs = ports.clock.now();
    this.#tickedMs = this.#startedMs;
    this.#rebalanceAtMs = this.#startedMs + relayTimes.rebalanceEveryMs;
    // Who takes over from another takes for a moment what the other still takes too.
    this.#giver = new SliceGiver(this.#book, ports.port, { slots: options.slots + SLICES, pullsPerBlock: relayBounds.rootPullsPerBlock });
    this.#trees = new RelayTrees({ rootChildren: Math.floor(options.slots / SLICES), random: ports.random });
  }

  /** What the stream's clock shows. */
  get airMs(): number {
    return this.#ports.clock.now() - this.#startedMs;
  }

  /** Slices that it has given. */
  get sent(): number {
    return this.#giver.sent;
  }

  /** Those who take part, as they are seen. */
  get viewers(): readonly ViewerConnection[] {
    return [...this.#viewers.values()];
  }

  /** Those who take slices from the root itself. */
  get children(): readonly Contact[] {
    return this.#giver.children;
  }

  /** A block goes on the air: all its slices, in order. */
  air(slices: readonly Slice[]): void {
    const nowMs = this.#ports.clock.now();
    this.#airedMs = nowMs;
    for (const slice of slices) if (this.#book.add(slice, nowMs)) this.#giver.push(slice, nowMs);
  }

  received(from: ViewerConnection, message: RelayMessage): void {
    const nowMs = this.#ports.clock.now();
    switch (message.type) {
      case 'join':
        this.#join(from, message, nowMs);
        break;
      case 'report':
      case 'lost':
      case 'leave':
        this.#fromViewer(from.id, message, nowMs);
        break;
      case 'subscribe':
      case 'unsubscribe':
      case 'pull':
        if (!this.#viewers.has(from.id)) {
          this.#ports.port.close(from.id);
          return;
        }
        if (message.type === 'subscribe') this.#makeRoom(from.id, message.tree);
        this.#giver.received(from, message, nowMs);
        return;
      default:
        // What roots tell and are not told.
        return;
    }
    this.#tellChanges(nowMs);
  }

  /** That viewer takes connections. */
  reached(id: MemberId): void {
    const viewer = this.#viewers.get(id);
    if (!viewer) return;
    const nowMs = this.#ports.clock.now();
    if (viewer.isReached === false) this.#welcome(viewer, true);
    viewer.isReached = true;
    this.#trees.setSlots(id, viewer.slots, nowMs);
    this.#tellChanges(nowMs);
  }

  /** It does not, whatever it said: it only watches. */
  unreached(id: MemberId): void {
    const viewer = this.#viewers.get(id);
    if (!viewer || viewer.isReached === false) return;
    viewer.isReached = false;
    this.#welcome(viewer, false);
  }

  closed(id: MemberId): void {
    const nowMs = this.#ports.clock.now();
    this.#forget(id, nowMs);
    this.#tellChanges(nowMs);
  }

  /** To be called every `tickEveryMs`. */
  tick(): void {
    const nowMs = this.#ports.clock.now();
    const sleptMs = nowMs - this.#tickedMs;
    this.#tickedMs = nowMs;
    // What they said meanwhile was not heard.
    if (sleptMs > SLEPT_MS) for (const viewer of this.#viewers.values()) viewer.heardMs += sleptMs;
    for (const [id, { heardMs }] of this.#viewers) {
      if (nowMs - heardMs <= relayTimes.goneMs) continue;
      this.#ports.port.close(id);
      this.#forget(id, nowMs);
    }
    if (nowMs >= this.#rebalanceAtMs) {
      this.#rebalanceAtMs = nowMs + relayTimes.rebalanceEveryMs;
      this.#trees.rebalance(id => this.#viewers.get(id)!.sent, nowMs);
    }
    this.#giver.tick(nowMs);
    this.#book.forgetOld(nowMs);
    this.#tellChanges(nowMs);
  }

  #join(from: ViewerConnection, { slots, port }: Extract<ToRoot, { type: 'join' }>, nowMs: number): void {
    const before = this.#viewers.get(from.id);
    if (before && nowMs - before.joinedMs < JOIN_EVERY_MS) return;
    this.#forget(from.id, nowMs);
    const canRelay = slots > 0 && port > 0;
    const viewer: Viewer = { ...from, slots, port, promised: slots, isReached: undefined, sent: 0, joinedMs: nowMs, heardMs: nowMs, answeredMs: nowMs };
    this.#viewers.set(from.id, viewer);
    this.#welcome(viewer, canRelay);
    // It feeds others when it is known that they reach it.
    this.#trees.join({ id: from.id, slots: 0, isLocal: from.isLocal }, nowMs);
    if (canRelay) this.#ports.tryReach(this.#contactOf(from.id));
  }

  #welcome(viewer: Viewer, canRelay: boolean): void {
    const next = (this.#book.newest?.number ?? -1) + 1;
    this.#ports.port.send(viewer, { type: 'welcome', stream: this.#options.stream, airMs: this.airMs, next, canRelay });
  }

  /** For who was sent here: those who are to take that tree from others by now, and have not gone yet, lose it. */
  #makeRoom(id: MemberId, tree: number): void {
    if (this.#giver.hasRoom || this.#trees.parentOf(id, tree) !== ROOT) return;
    for (let index = 0; index < SLICES; index += 1) {
      for (const taker of this.#giver.takers(index)) if (this.#trees.parentOf(taker, index) !== ROOT) this.#giver.refuse(taker, index);
    }
  }

  #fromViewer(id: MemberId, message: Extract<ToRoot, { type: 'report' | 'lost' | 'leave' }>, nowMs: number): void {
    const viewer = this.#viewers.get(id);
    if (!viewer) {
      // It was taken for gone: it joins again when its connection ends.
      this.#ports.port.close(id);
      return;
    }
    viewer.heardMs = nowMs;
    switch (message.type) {
      case 'report':
        viewer.sent = message.sent;
        this.#limit(viewer, message.slots, nowMs);
        this.#answer(viewer, nowMs);
        return;
      case 'lost':
        this.#trees.lost(id, message.tree, message, nowMs);
        return;
      case 'leave':
        this.#trees.drain(id, nowMs);
        return;
      default:
        message satisfies never;
    }
  }

  /** Its blocks tell everybody that it is there, at no cost. */
  #answer(viewer: Viewer, nowMs: number): void {
    const isOnAir = nowMs - this.#airedMs < relayTimes.awayMs / 2;
    if (isOnAir && nowMs - viewer.answeredMs < relayTimes.answerEveryMs) return;
    viewer.answeredMs = nowMs;
    this.#ports.port.send(viewer, { type: 'alive' });
  }

  /** Nobody gets more room than he joined with. */
  #limit(viewer: Viewer, slots: number, nowMs: number): void {
    viewer.slots = Math.min(slots, viewer.promised);
    if (viewer.isReached) this.#trees.limit(viewer.id, viewer.slots, nowMs);
  }

  #forget(id: MemberId, nowMs: number): void {
    this.#giver.forget(id);
    this.#viewers.delete(id);
    this.#trees.remove(id, nowMs);
  }

  #tellChanges(nowMs: number): void {
    for (const { id, tree, parent, backups } of this.#trees.takeChanges(nowMs)) {
      const viewer = this.#viewers.get(id)!;
      const toContact = (other: MemberId) => this.#contactOf(other);
      this.#ports.port.send(viewer, { type: 'assign', tree, ...(parent !== undefined && { parent: toContact(parent) }), backups: backups.map(toContact) });
    }
  }

  #contactOf(id: MemberId): Contact {
    if (id === ROOT) return { id };
    const { host, port } = this.#viewers.get(id)!;
    return { id, address: { host, port } };
  }
}
