import type { Random } from '../../base/random.ts';
import type { Complaints } from './relay-complaints.ts';
import { hasRoom, type Member, type RelayForest } from './relay-forest.ts';
import type { Place } from './relay-tree.ts';
import { ROOT, SLICES, type MemberId } from './stream.ts';

/** Who takes a parent's place when that one is lost. */
export const BACKUPS = 2;
const BACKUP_TRIES = 16;

/** From whom a member takes a tree, and from whom else it could. */
export class ParentChoice {
  readonly #forest: RelayForest;
  readonly #complaints: Complaints;
  /** In each tree. */
  readonly #rootChildren: number;
  readonly #random: Random;

  constructor(forest: RelayForest, complaints: Complaints, { rootChildren, random }: { readonly rootChildren: number; readonly random: Random }) {
    this.#forest = forest;
    this.#complaints = complaints;
    this.#rootChildren = rootChildren;
    this.#random = random;
  }

  /** A relay of that tree that has not its share of children yet; else one that has room; else anybody who has. */
  best(member: Member, index: number, nowMs: number): MemberId | undefined {
    if (this.#forest.trees[index]!.root.children.size < this.#rootChildren) return ROOT;
    const share = this.#share();
    const isUsable = (other: Member) => this.canFeed(other, member, index, nowMs);
    const isBelowShare = (other: Member) => other.carried < Math.min(share, other.slots);
    const depth = ({ places }: Member) => places[index]!.depth;
    const byDepth = (a: Member, b: Member) => depth(a) - depth(b) || a.carried - b.carried;
    const byLoad = (a: Member, b: Member) => a.carried - b.carried || depth(a) - depth(b);
    const order = member.home === index ? byDepth : byLoad;
    const relays = this.#forest.relays[index]!;
    const best =
      least(relays, other => isBelowShare(other) && isUsable(other), order) ??
      least(relays, isUsable, order) ??
      least(this.#forest.members.values(), other => isBelowShare(other) && isUsable(other), byLoad) ??
      least(this.#forest.members.values(), isUsable, byLoad);
    return best?.id;
  }

  /** The highest leaf whose place `member` may take, and that may take from it, above that depth. */
  leafAbove(depth: number, member: Member, index: number, nowMs: number): Place | undefined {
    for (const place of this.#forest.trees[index]!.levelByLevel()) {
      if (place.depth >= depth) return undefined;
      if (place.children.size > 0 || place.depth === 0) continue;
      const leaf = this.#forest.members.get(place.id)!;
      if (leaf.home !== index && this.mayTake(leaf, member.id, nowMs) && this.mayTake(member, place.parent!.id, nowMs)) return place;
    }
    return undefined;
  }

  /** By chance, so that those who lose a parent together do not all go to the same one. */
  backups(member: Member, index: number, nowMs: number): readonly MemberId[] {
    const relays = this.#forest.relays[index]!;
    const others = relays.length > BACKUPS ? relays : this.#forest.relays.flat();
    const parent = member.places[index]!.parent?.id;
    const chosen = new Set<MemberId>();
    for (let tries = 0; tries < BACKUP_TRIES && chosen.size < BACKUPS && others.length > 0; tries += 1) {
      const other = others[Math.floor(this.#random() * others.length)]!;
      if (other.id !== parent && this.canFeed(other, member, index, nowMs)) chosen.add(other.id);
    }
    return [...chosen];
  }

  canFeed(other: Member, member: Member, index: number, nowMs: number): boolean {
    if (other === member || !hasRoom(other) || !this.#forest.isFed(other, index)) return false;
    if (this.#complaints.isAvoided(other.id, nowMs) || !this.mayTake(member, other.id, nowMs)) return false;
    return member.places[index]!.children.size === 0 || !this.#forest.trees[index]!.isBelow(other.id, member.id);
  }

  /** Whether it can reach him, and has nothing against him. */
  mayTake(child: Member, parent: MemberId, nowMs: number): boolean {
    const above = this.#forest.members.get(parent);
    return !above || ((!above.isLocal || child.isLocal) && !this.#complaints.hasComplained(parent, child.id, nowMs));
  }

  /** How many children everybody has when all have the same. */
  #share(): number {
    const needed = SLICES * (this.#forest.members.size - this.#rootChildren);
    const relays = this.#forest.relays.reduce((sum, { length }) => sum + length, 0);
    return Math.max(SLICES, Math.ceil(needed / Math.max(1, relays)));
  }
}

function least<T>(all: Iterable<T>, isUsable: (one: T) => boolean, order: (a: T, b: T) => number): T | undefined {
  let best: T | undefined;
  for (const one of all) if ((best === undefined || order(one, best) < 0) && isUsable(one)) best = one;
  return best;
}
