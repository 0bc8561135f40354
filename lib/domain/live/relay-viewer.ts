import { backoffMs } from '../../base/backoff.ts';
import type { Clock } from '../../base/clock.ts';
import type { Random } from '../../base/random.ts';
import { SECOND_MS } from '../../base/units.ts';
import type { FromParent, FromRoot, Loss, RelayMessage, RelayPort } from './relay-messages.ts';
import { relayTimes } from './relay-times.ts';
import { SliceBook } from './slice-book.ts';
import { SliceGiver } from './slice-giver.ts';
import { SlicePuller } from './slice-puller.ts';
import { StreamClock } from './stream-clock.ts';
import { ROOT, SLICES, type BlockManifest, type Contact, type MemberId, type Slice, type StreamDescription } from './stream.ts';
import { TreeBranch } from './tree-branch.ts';

/** What a viewer is told of the relay. */
export interface RelayViewerObserver {
  /** Blocks of this stream come from now on. */
  joined(stream: StreamDescription, canRelay: boolean): void;
  /** Whether somebody gives each slice; told when it changed. Not, when nobody has room. */
  fed(isFed: boolean): void;
  /** The root does not answer; those who are left go on among themselves until it does. */
  away(): void;
  /** The first slice of a block came. `onAirMs`: when the block went on the air, on the own clock. */
  expected(block: BlockManifest, onAirMs: number): void;
  /** A block is whole; in any order, each once. */
  block(block: BlockManifest, slices: readonly Slice[], onAirMs: number): void;
  lost(parent: MemberId, tree: number, why: Loss): void;
}

export interface RelayViewerOptions {
  /** How the root is reached. */
  readonly root: Contact;
  /** Slices of each block that are sent on at the most. */
  readonly slots: number;
  /** Where others reach this viewer; 0 when they cannot. */
  readonly listenPort: number;
}

export interface RelayViewerPorts {
  readonly port: RelayPort;
  readonly clock: Clock;
  readonly random: Random;
  readonly observer: RelayViewerObserver;
}

/** The blocks that were on the air before it joined, and that it takes too: who plays has something to begin with. */
const BLOCKS_BEFORE = 2;
/** Nobody can be so many blocks ahead of what is known. */
const BLOCKS_AHEAD = 1000;
/** Late slices in a row, after which another parent is wanted. */
const LATE_IN_ROW = 3;
/** Between two parents that are given up for being late: when many are, it is the own line. */
const LATE_EVERY_MS = 3 * SECOND_MS;
/** Who fell so far behind that what comes is of no use begins anew this often at the most. */
const ANEW_EVERY_MS = 20 * SECOND_MS;
/** Silences count together when no more than this lies between them; beyond one for each tree, each doubles the patience, up to so many times. */
const SILENCES_COUNT_MS = 60 * SECOND_MS;
const SILENCE_DOUBLED_MAX = 3;
/** Between two ticks, this is no delay but a sleep. */
const SLEPT_MS = 1500;

/** One who watches: takes each slice from a parent, asks elsewhere for what does not come, and gives to others what it promised. */
export class RelayViewer {
  readonly #options: RelayViewerOptions;
  readonly #ports: RelayViewerPorts;
  readonly #book = new SliceBook(relayTimes.keptMs);
  readonly #giver: SliceGiver;
  readonly #branches: readonly TreeBranch[];
  readonly #lateInRow = Array.from({ length: SLICES }, () => 0);
  /** Members that sent something altered. */
  readonly #distrusted = new Set<MemberId>();
  #stream: StreamDescription | undefined;
  #streamClock = new StreamClock();
  #puller: SlicePuller | undefined;
  #isJoined = false;
  /** Trees of which the root told something. */
  readonly #assigned = new Set<number>();
  #isFed: boolean | undefined;
  #joins = 0;
  #joinAtMs = 0;
  #reportAtMs = 0;
  /** When anything came that the root made: also its blocks, from whomever. */
  #rootHeardMs = 0;
  #rootAnsweredMs = 0;
  #tickedMs: number;
  #lateAgainAtMs = 0;
  /** Parents that were given up for their silence, lately, and when the last one was. */
  #silences = 0;
  #silentAtMs = 0;
  #anewAtMs = 0;
  #leavingSinceMs: number | undefined;

  constructor(options: RelayViewerOptions, ports: RelayViewerPorts) {
    this.#options = options;
    this.#ports = ports;
    this.#tickedMs = ports.clock.now();
    this.#giver = new SliceGiver(this.#book, ports.port, { slots: options.slots });
    this.#branches = Array.from(
      { length: SLICES },
      (_, tree) =>
        new TreeBranch(tree, {
          tell: (to, message) => ports.port.send(to, message),
          tellRoot: message => this.#isJoined && ports.port.send(options.root, message),
          firstMissing: index => this.#firstMissing(index),
          children: index => this.#giver.childrenIn(index),
        }),
    );
  }

  /** Slices that were given to others. */
  get sent(): number {
    return this.#giver.sent;
  }

  /** By tree; undefined where nobody gives. */
  get parents(): readonly (Contact | undefined)[] {
    return this.#branches.map(({ parent }) => parent);
  }

  /** Those who take from this viewer. */
  get children(): readonly Contact[] {
    return this.#giver.children;
  }

  received(from: Contact, message: RelayMessage): void {
    const nowMs = this.#ports.clock.now();
    for (const branch of this.#branches) branch.heard(from.id, nowMs);
    if (from.id === ROOT) this.#hearRoot(nowMs);
    switch (message.type) {
      case 'welcome':
      case 'assign':
        if (from.id === ROOT) this.#fromRoot(message, nowMs);
        return;
      case 'subscribe':
      case 'unsubscribe':
      case 'pull':
        this.#giver.received(from, message, nowMs);
        return;
      case 'subscribed':
      case 'refused':
      case 'slice':
      case 'lacks':
      case 'alive':
        this.#fromParent(from, message, nowMs);
        return;
      default:
        // What only roots are told.
        return;
    }
  }

  /** The connection with that member ended, or could not be made. */
  closed(id: MemberId): void {
    this.#giver.forget(id);
    this.#puller?.lost(id);
    this.#lose(id, 'closed');
    if (id !== ROOT) return;
    if (this.#isJoined) this.#ports.observer.away();
    this.#isJoined = false;
    const settings = { firstMs: relayTimes.rejoinMs, maxMs: relayTimes.rejoinLongestMs };
    this.#joinAtMs = this.#ports.clock.now() + backoffMs(this.#joins, settings, this.#ports.random);
  }

  /** That member takes nothing from here any more. */
  childClosed(id: MemberId): void {
    this.#giver.forget(id);
  }

  /** That member sent something that is not what the root signed. */
  corrupt(id: MemberId): void {
    this.#distrusted.add(id);
    this.#puller?.lost(id);
    this.#lose(id, 'corrupt');
  }

  /** To be called every `tickEveryMs`; the first time joins. */
  tick(): void {
    const nowMs = this.#ports.clock.now();
    if (nowMs - this.#tickedMs > SLEPT_MS) this.#wakeUp(nowMs);
    this.#tickedMs = nowMs;
    this.#keepJoined(nowMs);
    this.#loseSilent(nowMs);
    this.#giver.tick(nowMs);
    this.#puller?.tick(nowMs);
    this.#book.forgetOld(nowMs);
  }

  /** Says that it goes; others take from it until they have another parent. */
  leave(): void {
    if (this.#leavingSinceMs !== undefined) return;
    this.#leavingSinceMs = this.#ports.clock.now();
    if (this.#isJoined) this.#ports.port.send(this.#options.root, { type: 'leave' });
  }

  /** Whether it can go without anybody missing it, or has waited long enough. */
  get mayGo(): boolean {
    if (this.#leavingSinceMs === undefined) return false;
    return !this.#isJoined || this.#giver.subscriptions === 0 || this.#ports.clock.now() - this.#leavingSinceMs >= relayTimes.leavingMs;
  }

  /** What others said while this machine slept was not heard: nobody is to be blamed for it. */
  #wakeUp(nowMs: number): void {
    for (const branch of this.#branches) branch.slept(nowMs);
    this.#hearRoot(nowMs);
  }

  #hearRoot(nowMs: number): void {
    this.#rootHeardMs = nowMs;
    this.#rootAnsweredMs = nowMs;
  }

  #keepJoined(nowMs: number): void {
    const { root, slots, listenPort } = this.#options;
    if (this.#isJoined && (nowMs - this.#rootHeardMs > relayTimes.awayMs || nowMs - this.#rootAnsweredMs > relayTimes.unansweredMs)) {
      this.#ports.port.close(ROOT);
      this.closed(ROOT);
    }
    if (!this.#isJoined && nowMs >= this.#joinAtMs && this.#leavingSinceMs === undefined) {
      this.#joins += 1;
      this.#joinAtMs = nowMs + relayTimes.rejoinLongestMs;
      this.#ports.port.send(root, { type: 'join', slots, port: listenPort });
    }
    if (this.#isJoined && nowMs >= this.#reportAtMs) {
      this.#reportAtMs = nowMs + relayTimes.reportEveryMs;
      this.#ports.port.send(root, { type: 'report', sent: this.#giver.sent, slots: this.#giver.slots });
    }
  }

  #fromRoot(message: FromRoot, nowMs: number): void {
    if (message.type === 'assign') {
      const { tree, parent, backups } = message;
      const trusted = backups.filter(({ id }) => !this.#distrusted.has(id));
      this.#branches[tree]?.assign(parent?.id === ROOT ? this.#options.root : parent, trusted, nowMs);
      this.#assigned.add(tree);
      this.#tellFed();
      return;
    }
    const { stream, airMs, next, canRelay } = message;
    if (!this.#isJoined) this.#assigned.clear();
    this.#isJoined = true;
    this.#joins = 0;
    this.#reportAtMs = nowMs + relayTimes.reportEveryMs;
    if (stream.id !== this.#stream?.id) this.#begin(stream, next, nowMs);
    this.#streamClock.hear(airMs, nowMs);
    this.#ports.observer.joined(stream, canRelay);
  }

  #tellFed(): void {
    const isFed = this.#branches.every(({ parent }) => parent !== undefined);
    // Before all trees were told of, nobody knows.
    if (this.#assigned.size < SLICES || isFed === this.#isFed) return;
    this.#isFed = isFed;
    this.#ports.observer.fed(isFed);
  }

  /** Another stream: nothing that is here is part of it. */
  #begin(stream: StreamDescription, next: number, nowMs: number): void {
    this.#stream = stream;
    this.#streamClock = new StreamClock();
    this.#book.clear();
    for (const branch of this.#branches) branch.release();
    const { random, port } = this.#ports;
    this.#puller = new SlicePuller(
      {
        book: this.#book,
        clock: this.#streamClock,
        random,
        sources: tree => this.#sources(tree),
        pull: (from, number, index) => port.send(from, { type: 'pull', number, index }),
        late: tree => this.#noteLate(tree),
      },
      Math.max(0, next - BLOCKS_BEFORE),
      nowMs,
    );
  }

  #fromParent(from: Contact, message: FromParent, nowMs: number): void {
    switch (message.type) {
      case 'subscribed':
        this.#branches[message.tree]?.subscribed(from.id);
        return;
      case 'refused':
        if (this.#branches[message.tree]) this.#loseIn(message.tree, from.id, 'refused');
        return;
      case 'slice':
        this.#take(message.slice, from, nowMs);
        return;
      case 'lacks':
        this.#puller?.lacked(from.id, message.number, message.index);
        return;
      case 'alive':
        return;
      default:
        message satisfies never;
    }
  }

  #take(slice: Slice, from: Contact, nowMs: number): void {
    const { block, index } = slice;
    // Of an earlier stream, or of a time that is not near.
    if (!this.#puller || block.stream !== this.#stream?.id || block.number > Math.max(this.#book.newest?.number ?? 0, this.#puller.firstWanted) + BLOCKS_AHEAD) return;
    this.#streamClock.hear(block.emittedMs, nowMs);
    const branch = this.#branches[index]!;
    const isPushed = branch.parent?.id === from.id;
    this.#puller.arrived(slice, { isPushed, nowMs });
    if (block.number < this.#puller.firstWanted) {
      if (isPushed && nowMs - this.#streamClock.whenMs(block.emittedMs) > relayTimes.givenUpMs) this.#beginAnew(nowMs);
      return;
    }
    if (block.number > (this.#book.newest?.number ?? -1)) this.#rootHeardMs = nowMs;
    if (!this.#book.add(slice, nowMs)) {
      // Who was lost in a tree may not know of it.
      if (!branch.takesFrom(from.id)) this.#ports.port.send(from, { type: 'unsubscribe', tree: index });
      return;
    }
    if (isPushed) this.#lateInRow[index] = 0;
    this.#giver.push(slice, nowMs);
    const onAirMs = this.#streamClock.whenMs(block.emittedMs);
    if (this.#book.held(block.number) === 1) this.#ports.observer.expected(block, onAirMs);
    const slices = this.#book.whole(block.number);
    if (slices) this.#ports.observer.block(block, slices, onAirMs);
  }

  /** All that waits on the connections is of no use any more: to begin anew, with the same parents, is quicker than to take it. */
  #beginAnew(nowMs: number): void {
    if (nowMs < this.#anewAtMs) return;
    this.#anewAtMs = nowMs + ANEW_EVERY_MS;
    this.#puller?.skipToAir(nowMs);
    for (const { id } of new Set(this.#branches.flatMap(({ parent }) => parent ?? []))) {
      if (id === ROOT) continue;
      this.#giver.forget(id);
      this.#puller?.lost(id);
      this.#ports.port.close(id);
    }
    for (const branch of this.#branches) branch.subscribeAgain(nowMs);
  }

  #noteLate(tree: number): void {
    this.#lateInRow[tree] = this.#lateInRow[tree]! + 1;
    const { parent } = this.#branches[tree]!;
    if (this.#lateInRow[tree] < LATE_IN_ROW || !parent) return;
    this.#lateInRow[tree] = 0;
    const nowMs = this.#ports.clock.now();
    if (nowMs < this.#lateAgainAtMs) return;
    this.#lateAgainAtMs = nowMs + LATE_EVERY_MS;
    this.#loseIn(tree, parent.id, 'late');
  }

  /** When many are silent, one after another, it is the own line that lets them wait. */
  #loseSilent(nowMs: number): void {
    if (nowMs - this.#silentAtMs > SILENCES_COUNT_MS) this.#silences = 0;
    const forMs = relayTimes.silentMs * 2 ** Math.min(SILENCE_DOUBLED_MAX, Math.max(0, this.#silences - SLICES));
    for (const [tree, branch] of this.#branches.entries()) {
      for (const id of branch.silent(nowMs, forMs)) {
        this.#silences += 1;
        this.#silentAtMs = nowMs;
        this.#loseIn(tree, id, 'silent');
      }
    }
  }

  #lose(id: MemberId, why: Loss): void {
    for (let tree = 0; tree < SLICES; tree += 1) this.#loseIn(tree, id, why);
  }

  #loseIn(tree: number, id: MemberId, why: Loss): void {
    const branch = this.#branches[tree]!;
    if (branch.parent?.id === id) this.#ports.observer.lost(id, tree, why);
    branch.lost(id, why, this.#ports.clock.now());
  }

  /** Backups first, because the parent is late; then whoever gives something else, who has it too by now; the root is asked last. */
  #sources(tree: number): readonly Contact[] {
    const others = this.#branches.flatMap((branch, index) => (index === tree ? [] : [branch.parent, ...branch.backups]));
    const { parent, backups } = this.#branches[tree]!;
    const all = [...backups, ...others, parent].filter(contact => contact !== undefined);
    const members = new Map(all.filter(({ id }) => id !== ROOT && !this.#distrusted.has(id)).map(contact => [contact.id, contact]));
    // It knows only those who joined.
    return this.#isJoined ? [...members.values(), this.#options.root] : [...members.values()];
  }

  /** What is older is asked for one by one: to get it all at once again would make all that follows late. */
  #firstMissing(tree: number): number {
    const newest = this.#book.newest?.number ?? -1;
    const first = Math.max(this.#puller?.firstWanted ?? 0, newest + 1 - BLOCKS_BEFORE);
    for (let number = first; number <= newest; number += 1) if (!this.#book.get(number, tree)) return number;
    return Math.max(first, newest + 1);
  }
}
