import { SECOND_MS } from '../../base/units.ts';
import type { Loss } from './relay-messages.ts';
import { relayTimes } from './relay-times.ts';
import { ROOT, SLICES, type Contact, type MemberId } from './stream.ts';
import { TreeBranch, type TreeBranchPorts } from './tree-branch.ts';

export interface RelayParentsPorts extends TreeBranchPorts {
  /** Whether somebody gives each tree; told when it changed. */
  fed(isFed: boolean): void;
  /** That one is parent no more. */
  lost(parent: MemberId, tree: number, why: Loss): void;
}

/** What the root wants of one tree. */
export interface Assignment {
  readonly tree: number;
  readonly parent?: Contact | undefined;
  readonly backups: readonly Contact[];
}

/** Late slices in a row, after which another parent is wanted. */
const LATE_IN_ROW = 3;
/** Between two parents that are given up for being late: when many are, it is the own line. */
const LATE_EVERY_MS = 3 * SECOND_MS;
/** Silences count together when no more than this lies between them; beyond one for each tree, each doubles the patience, up to so many times. */
const SILENCES_COUNT_MS = 60 * SECOND_MS;
const SILENCE_DOUBLED_MAX = 3;

/** From whom a viewer takes all the trees: keeps to what the root assigned, and gives up who is gone, silent, late or lies. */
export class RelayParents {
  readonly #ports: RelayParentsPorts;
  readonly #branches: readonly TreeBranch[];
  readonly #lateInRow = Array.from({ length: SLICES }, () => 0);
  /** Members that sent something altered. */
  readonly #distrusted = new Set<MemberId>();
  /** Trees of which the root told something. */
  readonly #assigned = new Set<number>();
  #isFed: boolean | undefined;
  #lateAgainAtMs = 0;
  /** Parents that were given up for their silence, lately, and when the last one was. */
  #silences = 0;
  #silentAtMs = 0;

  constructor(ports: RelayParentsPorts) {
    this.#ports = ports;
    this.#branches = Array.from({ length: SLICES }, (_, tree) => new TreeBranch(tree, ports));
  }

  /** By tree; undefined where nobody gives. */
  get all(): readonly (Contact | undefined)[] {
    return this.#branches.map(({ parent }) => parent);
  }

  /** Whether that one is the tree's parent. */
  isParent(tree: number, id: MemberId): boolean {
    return this.#branches[tree]?.parent?.id === id;
  }

  /** Whether that one is to send the tree here. */
  takesFrom(tree: number, id: MemberId): boolean {
    return this.#branches[tree]?.takesFrom(id) ?? false;
  }

  /** The root took this viewer in, and will say of each tree who gives it. */
  expectAssignments(): void {
    this.#assigned.clear();
  }

  assign({ tree, parent, backups }: Assignment, nowMs: number): void {
    this.#branches[tree]?.assign(parent, backups.filter(({ id }) => !this.#distrusted.has(id)), nowMs);
    this.#assigned.add(tree);
    this.#tellFed();
  }

  subscribed(tree: number, to: MemberId): void {
    this.#branches[tree]?.subscribed(to);
  }

  /** Anything came from that member. */
  heard(from: MemberId, nowMs: number): void {
    for (const branch of this.#branches) branch.heard(from, nowMs);
  }

  /** This machine slept: nobody is to be blamed for what was not heard. */
  slept(nowMs: number): void {
    for (const branch of this.#branches) branch.slept(nowMs);
  }

  /** That member gives nothing good any more, in no tree. */
  lost(id: MemberId, why: Loss, nowMs: number): void {
    if (why === 'corrupt') this.#distrusted.add(id);
    for (let tree = 0; tree < SLICES; tree += 1) this.lostIn(tree, id, why, nowMs);
  }

  lostIn(tree: number, id: MemberId, why: Loss, nowMs: number): void {
    if (this.isParent(tree, id)) this.#ports.lost(id, tree, why);
    this.#branches[tree]?.lost(id, why, nowMs);
  }

  /** The tree's parent gave a slice in time. */
  inTime(tree: number): void {
    this.#lateInRow[tree] = 0;
  }

  late(tree: number, nowMs: number): void {
    this.#lateInRow[tree] = this.#lateInRow[tree]! + 1;
    const { parent } = this.#branches[tree]!;
    if (this.#lateInRow[tree] < LATE_IN_ROW || !parent) return;
    this.#lateInRow[tree] = 0;
    if (nowMs < this.#lateAgainAtMs) return;
    this.#lateAgainAtMs = nowMs + LATE_EVERY_MS;
    this.lostIn(tree, parent.id, 'late', nowMs);
  }

  /** Gives up who is silent. When many are, one after another, it is the own line that lets them wait. */
  tick(nowMs: number): void {
    if (nowMs - this.#silentAtMs > SILENCES_COUNT_MS) this.#silences = 0;
    const forMs = relayTimes.silentMs * 2 ** Math.min(SILENCE_DOUBLED_MAX, Math.max(0, this.#silences - SLICES));
    for (const [tree, branch] of this.#branches.entries()) {
      for (const id of branch.silent(nowMs, forMs)) {
        this.#silences += 1;
        this.#silentAtMs = nowMs;
        this.lostIn(tree, id, 'silent', nowMs);
      }
    }
  }

  /** Who may have that tree's slices: backups first, because the parent is late; then whoever gives something else, who has it too by now. Not the root. */
  sources(tree: number): readonly Contact[] {
    const others = this.#branches.flatMap((branch, index) => (index === tree ? [] : [branch.parent, ...branch.backups]));
    const { parent, backups } = this.#branches[tree]!;
    const all = [...backups, ...others, parent].filter(contact => contact !== undefined);
    return [...new Map(all.filter(({ id }) => id !== ROOT && !this.#distrusted.has(id)).map(contact => [contact.id, contact])).values()];
  }

  /** The connections were ended from here, so that nothing old waits on them. */
  subscribeAgain(nowMs: number): void {
    for (const branch of this.#branches) branch.subscribeAgain(nowMs);
  }

  /** Takes nothing from anybody. */
  release(): void {
    for (const branch of this.#branches) branch.release();
  }

  #tellFed(): void {
    const isFed = this.#branches.every(({ parent }) => parent !== undefined);
    // Before all trees were told of, nobody knows.
    if (this.#assigned.size < SLICES || isFed === this.#isFed) return;
    this.#isFed = isFed;
    this.#ports.fed(isFed);
  }
}
