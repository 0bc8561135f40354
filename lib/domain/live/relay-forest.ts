import { RelayTree, type Place } from './relay-tree.ts';
import { ROOT, SLICES, type MemberId } from './stream.ts';

export interface Member {
  readonly id: MemberId;
  /** Whether only those of the root's own machine can reach it. */
  readonly isLocal: boolean;
  /** By tree. */
  readonly places: readonly Place[];
  /** Slices of each block that it sends on at the most: that many children, in all trees together. */
  slots: number;
  carried: number;
  /** The one tree in which it has children, as long as there are others for the other trees. */
  home: number | undefined;
  /** Among those of its home. */
  rank: number;
  /** What it sent lately, older amounts counting less. */
  weight: number;
  reported: number;
  isLeaving: boolean;
  readonly backups: (readonly MemberId[])[];
}

/** The trees of all slices, who is in them, and what of it members have not been told yet. */
export class RelayForest {
  readonly trees = Array.from({ length: SLICES }, () => new RelayTree(ROOT));
  readonly #members = new Map<MemberId, Member>();
  readonly #relays = Array.from({ length: SLICES }, (): Member[] => []);
  readonly #loose = Array.from({ length: SLICES }, () => new Set<Member>());
  readonly #changed = new Map<Member, Set<number>>();

  get members(): ReadonlyMap<MemberId, Member> {
    return this.#members;
  }

  /** By tree: those whose home it is. */
  get relays(): readonly (readonly Member[])[] {
    return this.#relays;
  }

  /** By tree: those without a parent. */
  get loose(): readonly ReadonlySet<Member>[] {
    return this.#loose;
  }

  add(id: MemberId, fields: { readonly isLocal: boolean; readonly weight: number }): Member {
    const places = this.trees.map(tree => tree.add(id));
    const member: Member = { id, ...fields, places, slots: 0, carried: 0, home: undefined, rank: 0, reported: 0, isLeaving: false, backups: places.map(() => []) };
    this.#members.set(id, member);
    for (const [index, loose] of this.#loose.entries()) {
      loose.add(member);
      // It is also told of the trees in which nobody has room.
      this.note(member, index);
    }
    return member;
  }

  /** Takes it out; those who took from it hang loose. */
  remove(member: Member): void {
    for (const index of this.trees.keys()) {
      for (const child of this.childrenOf(member, index)) this.detach(child, index);
      this.detach(member, index);
      this.#loose[index]!.delete(member);
      this.trees[index]!.remove(member.id);
    }
    this.setHome(member, undefined);
    this.#members.delete(member.id);
    this.#changed.delete(member);
  }

  setHome(member: Member, home: number | undefined): void {
    if (member.home !== undefined) {
      const relays = this.#relays[member.home]!;
      const last = relays.pop()!;
      if (last !== member) {
        relays[member.rank] = last;
        last.rank = member.rank;
      }
    }
    member.home = home;
    if (home !== undefined) member.rank = this.#relays[home]!.push(member) - 1;
  }

  attach(member: Member, index: number, parent: MemberId): void {
    this.trees[index]!.attach(member.id, parent);
    const above = this.#members.get(parent);
    if (above) above.carried += 1;
    this.#loose[index]!.delete(member);
    this.note(member, index);
  }

  detach(member: Member, index: number): void {
    const above = this.#members.get(member.places[index]!.parent?.id ?? '');
    if (above) above.carried -= 1;
    this.trees[index]!.detach(member.id);
    this.#loose[index]!.add(member);
    this.note(member, index);
  }

  /** Each takes the other's place in that tree. */
  exchange(one: Member, other: Member, index: number): void {
    const touched = new Set([one, other, ...this.childrenOf(one, index), ...this.childrenOf(other, index)]);
    const counts = [one, other].map(member => member.places[index]!.children.size);
    this.trees[index]!.exchange(one.id, other.id);
    for (const [at, member] of [one, other].entries()) member.carried += member.places[index]!.children.size - counts[at]!;
    for (const member of touched) this.note(member, index);
  }

  childrenOf(member: Member, index: number): readonly Member[] {
    return [...member.places[index]!.children].map(({ id }) => this.#members.get(id)!);
  }

  isFed(member: Member, index: number): boolean {
    return member.places[index]!.depth < Infinity;
  }

  /** It is to be told from whom it takes that tree. */
  note(member: Member, index: number): void {
    let trees = this.#changed.get(member);
    if (!trees) this.#changed.set(member, (trees = new Set()));
    trees.add(index);
  }

  /** Who is to be told of which tree, since this was asked last. */
  takeNotes(): readonly { readonly member: Member; readonly index: number }[] {
    const notes = [...this.#changed].flatMap(([member, trees]) => [...trees].map(index => ({ member, index })));
    this.#changed.clear();
    return notes;
  }
}

export function hasRoom({ carried, slots }: Member): boolean {
  return carried < slots;
}
