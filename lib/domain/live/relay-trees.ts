import type { Random } from '../../base/random.ts';
import { SECOND_MS } from '../../base/units.ts';
import { BACKUPS, ParentChoice } from './parent-choice.ts';
import { Complaints } from './relay-complaints.ts';
import { hasRoom, RelayForest, type Member } from './relay-forest.ts';
import type { Loss } from './relay-messages.ts';
import type { Place } from './relay-tree.ts';
import { exchangeRoles } from './role-exchange.ts';
import type { MemberId } from './stream.ts';

/** From whom a member takes a tree from now on. */
export interface Assignment {
  readonly id: MemberId;
  readonly tree: number;
  /** Undefined when nobody has room. */
  readonly parent: MemberId | undefined;
  readonly backups: readonly MemberId[];
}

export interface RelayTreesOptions {
  /** Of the root, in each tree. */
  readonly rootChildren: number;
  readonly random: Random;
}

export interface Joining {
  readonly id: MemberId;
  /** Slices of each block that it sends on at the most. */
  readonly slots: number;
  /** Whether only those of the root's own machine can reach it. */
  readonly isLocal?: boolean;
}

/** Who was complained of is left alone so long. */
const REST_MS = 30 * SECOND_MS;
/** What was sent counts less by this at each rebalance: half of it after about a minute. */
const FADING = 0.95;
/** Members that get other backups at a rebalance: so many, or one of ten. */
const REFRESHED = 200;

/**
 * Who takes which slice from whom. A single tree cannot share out the work, because its leaves send nothing; here each member has
 * children in one tree, its home, and is a leaf of the others, so that everybody sends about what he receives.
 *
 * Who sends much exchanges roles with who sends little, now and then.
 *
 * Source: M. Castro et al., SplitStream: High-Bandwidth Multicast in Cooperative Environments, SOSP 2003 (interior-disjoint trees).
 */
export class RelayTrees {
  readonly #random: Random;
  readonly #forest = new RelayForest();
  readonly #complaints = new Complaints(REST_MS);
  readonly #choice: ParentChoice;

  constructor(options: RelayTreesOptions) {
    this.#random = options.random;
    this.#choice = new ParentChoice(this.#forest, this.#complaints, options);
  }

  get size(): number {
    return this.#forest.members.size;
  }

  get ids(): Iterable<MemberId> {
    return this.#forest.members.keys();
  }

  has(id: MemberId): boolean {
    return this.#forest.members.has(id);
  }

  /** Undefined when nobody feeds it. */
  parentOf(id: MemberId, tree: number): MemberId | undefined {
    return this.#forest.trees[tree]!.at(id).parent?.id;
  }

  childrenOf(id: MemberId, tree: number): readonly MemberId[] {
    return [...this.#forest.trees[tree]!.at(id).children].map(child => child.id);
  }

  /** Steps from the root; infinite when nobody feeds it. */
  depthOf(id: MemberId, tree: number): number {
    return this.#forest.trees[tree]!.at(id).depth;
  }

  join({ id, slots, isLocal = false }: Joining, nowMs: number): void {
    const member = this.#forest.add(id, { isLocal, weight: this.#usualWeight() });
    this.#setSlots(member, slots);
    this.#settle(nowMs);
  }

  remove(id: MemberId, nowMs: number): void {
    const member = this.#forest.members.get(id);
    if (!member) return;
    this.#forest.remove(member);
    this.#complaints.forget(id);
    this.#settle(nowMs);
  }

  /** It sends on at the most that many slices of each block from now on: it may begin to. */
  setSlots(id: MemberId, slots: number, nowMs: number): void {
    const member = this.#forest.members.get(id);
    if (!member || member.isLeaving) return;
    this.#setSlots(member, slots);
    this.#settle(nowMs);
  }

  /** It sends on less than it wanted to, or more again: those who take from it go on, as far as there is room. */
  limit(id: MemberId, slots: number, nowMs: number): void {
    const member = this.#forest.members.get(id);
    if (!member || member.isLeaving || member.slots === slots) return;
    if (slots === 0 || member.slots === 0) this.#setSlots(member, slots);
    else this.#loosen(member, slots);
    this.#settle(nowMs);
  }

  /** It goes soon: others feed those that it feeds. */
  drain(id: MemberId, nowMs: number): void {
    const member = this.#forest.members.get(id);
    if (!member) return;
    member.isLeaving = true;
    this.#setSlots(member, 0);
    this.#settle(nowMs);
  }

  /** `child` takes nothing from `parent` any more, and went to `now`, a backup, by itself. */
  lost(child: MemberId, index: number, { parent, why, now }: { readonly parent: MemberId; readonly why: Loss; readonly now?: MemberId | undefined }, nowMs: number): void {
    const forest = this.#forest;
    const member = forest.members.get(child);
    if (!member) return;
    // Of somebody else by now, which it will hear of once more: the news and this may have crossed.
    forest.note(member, index);
    if (member.places[index]!.parent?.id !== parent) return;
    const suspect = forest.members.get(parent);
    if (suspect) this.#complaints.add(parent, child, why, nowMs);
    forest.detach(member, index);
    const backup = forest.members.get(now ?? '');
    if (backup && this.#choice.canFeed(backup, member, index, nowMs)) forest.attach(member, index, backup.id);
    if (suspect && this.#complaints.isAvoided(parent, nowMs)) this.#empty(suspect);
    this.#settle(nowMs);
  }

  /**
   * Shares the work out anew, a little each time.
   *
   * @param sentBy slices that a member has given to others since it began
   */
  rebalance(sentBy: (id: MemberId) => number, nowMs: number): void {
    for (const member of this.#forest.members.values()) {
      const sent = sentBy(member.id);
      member.weight = member.weight * FADING + Math.max(0, sent - member.reported);
      member.reported = sent;
    }
    const relays = this.#forest.relays.flat().filter(({ id }) => !this.#complaints.isAvoided(id, nowMs));
    exchangeRoles(relays, this.#forest, this.#choice, nowMs);
    for (const member of this.#forest.members.values()) this.#bringHome(member, nowMs);
    this.#settle(nowMs);
    this.#refreshBackups();
  }

  /** What members are to be told since this was asked last. */
  takeChanges(nowMs: number): readonly Assignment[] {
    return this.#forest.takeNotes().map(({ member, index }) => {
      const backups = this.#choice.backups(member, index, nowMs);
      member.backups[index] = backups;
      return { id: member.id, tree: index, parent: member.places[index]!.parent?.id, backups };
    });
  }

  /** Everybody who hangs loose gets a parent, if somebody has room: also who has some since he himself is fed. */
  #settle(nowMs: number): void {
    const waiting = () => this.#forest.loose.reduce((sum, { size }) => sum + size, 0);
    for (let before = Infinity; waiting() > 0 && waiting() < before; ) {
      before = waiting();
      this.#settleOnce(nowMs);
    }
  }

  #settleOnce(nowMs: number): void {
    const { loose } = this.#forest;
    // First those who feed others, each at home; then one after another in all trees, since who misses one slice has nothing of the others.
    for (const [index, members] of loose.entries()) {
      const children = ({ places }: Member) => places[index]!.children.size;
      for (const member of [...members].filter(({ home }) => home === index).toSorted((a, b) => children(b) - children(a))) {
        if (members.has(member)) this.#place(member, index, nowMs);
      }
    }
    const others = new Set(loose.flatMap(members => [...members]));
    const order = [...others].toSorted((a, b) => Number(b.slots > 0) - Number(a.slots > 0) || missing(a) - missing(b) || b.carried - a.carried);
    for (const member of order) {
      for (const [index, members] of loose.entries()) if (members.has(member)) this.#place(member, index, nowMs);
    }
  }

  #place(member: Member, index: number, nowMs: number): void {
    const parent = this.#choice.best(member, index, nowMs);
    const depth = parent === undefined ? Infinity : this.depthOf(parent, index) + 1;
    const standsAbove = member.home === index || parent === undefined;
    const leaf = standsAbove && hasRoom(member) ? this.#choice.leafAbove(depth, member, index, nowMs) : undefined;
    if (leaf) this.#displace(leaf, member, index);
    else if (parent !== undefined) this.#forest.attach(member, index, parent);
  }

  /** Who has children stands above who has none, so that the trees stay low. */
  #displace(leaf: Place, member: Member, index: number): void {
    const above = leaf.parent!.id;
    const lower = this.#forest.members.get(leaf.id)!;
    this.#forest.detach(lower, index);
    this.#forest.attach(member, index, above);
    this.#forest.attach(lower, index, member.id);
  }

  #setSlots(member: Member, slots: number): void {
    member.slots = slots;
    this.#forest.setHome(member, undefined);
    if (member.carried > slots) this.#empty(member);
    if (slots > 0) this.#makeRelay(member);
  }

  /** Of the tree that has the fewest. */
  #makeRelay(member: Member): void {
    const sizes = this.#forest.relays.map(({ length }) => length);
    const home = sizes.indexOf(Math.min(...sizes));
    this.#forest.setHome(member, home);
    // It may stand low, as the leaf that it was.
    if (member.places[home]!.parent) this.#forest.detach(member, home);
  }

  /** Those beyond the new bound hang loose, the leaves first. */
  #loosen(member: Member, slots: number): void {
    member.slots = slots;
    const children = member.places.flatMap((place, index) => [...place.children].map(({ id, children: below }) => ({ id, index, below: below.size })));
    const beyond = children.toSorted((a, b) => a.below - b.below).slice(0, Math.max(0, member.carried - slots));
    for (const { id, index } of beyond) this.#forest.detach(this.#forest.members.get(id)!, index);
  }

  /** All who take from it hang loose, and are placed anew. */
  #empty(member: Member): void {
    for (const index of member.places.keys()) for (const child of this.#forest.childrenOf(member, index)) this.#forest.detach(child, index);
  }

  /** Who fed others outside of his home, because nobody else was there, gives them to those who are at home there. */
  #bringHome(member: Member, nowMs: number): void {
    for (const [index, { children }] of member.places.entries()) {
      if (index === member.home || children.size === 0) continue;
      for (const child of this.#forest.childrenOf(member, index)) {
        const better = this.#forest.relays[index]!.find(relay => this.#choice.canFeed(relay, child, index, nowMs));
        if (!better) continue;
        this.#forest.detach(child, index);
        this.#place(child, index, nowMs);
      }
    }
  }

  #usualWeight(): number {
    let sum = 0;
    for (const { weight } of this.#forest.members.values()) sum += weight;
    return sum / Math.max(1, this.size);
  }

  #refreshBackups(): void {
    const members = [...this.#forest.members.values()];
    const start = Math.floor(this.#random() * members.length);
    let left = Math.max(REFRESHED, members.length / 10);
    for (let step = 0; step < members.length && left > 0; step += 1) {
      const member = members[(start + step) % members.length]!;
      for (const [index, backups] of member.backups.entries()) {
        if (backups.every(id => this.has(id)) && (backups.length === BACKUPS || members.length <= BACKUPS + 1)) continue;
        this.#forest.note(member, index);
        left -= 1;
      }
    }
  }
}

/** Trees in which it hangs loose. */
function missing({ places }: Member): number {
  return places.reduce((count, { parent }) => count + Number(!parent), 0);
}
