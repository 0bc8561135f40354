import type { MemberId } from './stream.ts';

/** Who is in a tree, and where. */
export interface Place {
  readonly id: MemberId;
  readonly parent: Place | undefined;
  readonly children: ReadonlySet<Place>;
  /** 0 for the root; infinite for who does not hang on it, at whatever height. */
  readonly depth: number;
}

interface OwnPlace extends Place {
  parent: OwnPlace | undefined;
  children: Set<OwnPlace>;
  depth: number;
}

/** The shape of one tree: who takes from whom. It may have loose pieces, and never a loop. */
export class RelayTree {
  readonly root: Place;
  readonly #places = new Map<MemberId, OwnPlace>();

  constructor(root: MemberId) {
    const place: OwnPlace = { id: root, parent: undefined, children: new Set(), depth: 0 };
    this.root = place;
    this.#places.set(root, place);
  }

  at(id: MemberId): Place {
    return this.#own(id);
  }

  /** It hangs loose at first. */
  add(id: MemberId): Place {
    const place: OwnPlace = { id, parent: undefined, children: new Set(), depth: Infinity };
    this.#places.set(id, place);
    return place;
  }

  /** Takes it out; those who took from it hang loose. */
  remove(id: MemberId): readonly Place[] {
    const place = this.#own(id);
    const loose = [...place.children];
    for (const child of loose) this.detach(child.id);
    this.detach(id);
    this.#places.delete(id);
    return loose;
  }

  /** `id` has no parent, and `parent` is not below it. */
  attach(id: MemberId, parent: MemberId): void {
    const [place, above] = [this.#own(id), this.#own(parent)];
    place.parent = above;
    above.children.add(place);
    this.#setDepth(place, above.depth + 1);
  }

  detach(id: MemberId): void {
    const place = this.#own(id);
    place.parent?.children.delete(place);
    place.parent = undefined;
    this.#setDepth(place, Infinity);
  }

  /** Whether `id` takes from `above`, by whichever way, or is it. */
  isBelow(id: MemberId, above: MemberId): boolean {
    const top = this.#own(above);
    for (let place: OwnPlace | undefined = this.#own(id); place; place = place.parent) if (place === top) return true;
    return false;
  }

  /** Each takes the other's place: its parent and its children. Neither is the root. */
  exchange(one: MemberId, other: MemberId): void {
    const [a, b] = [this.#own(one), this.#own(other)];
    const stand = (place: OwnPlace, takes: OwnPlace) => ({
      // Of two who took one from the other, the lower one comes above.
      parent: takes.parent === place ? takes.id : takes.parent?.id,
      children: [...takes.children].map(({ id }) => (id === place.id ? takes.id : id)),
    });
    const [forA, forB] = [stand(a, b), stand(b, a)];
    for (const place of [a, b]) {
      for (const child of place.children) this.detach(child.id);
      this.detach(place.id);
    }
    const settle = (id: MemberId, { parent, children }: ReturnType<typeof stand>) => {
      if (parent !== undefined && this.#own(id).parent === undefined) this.attach(id, parent);
      for (const child of children) if (this.#own(child).parent === undefined) this.attach(child, id);
    };
    settle(one, forA);
    settle(other, forB);
  }

  /** From the root down, level by level; who hangs loose is not met. */
  *levelByLevel(): Generator<Place, void> {
    let level: readonly Place[] = [this.root];
    while (level.length > 0) {
      yield* level;
      level = level.flatMap(({ children }) => [...children]);
    }
  }

  #own(id: MemberId): OwnPlace {
    return this.#places.get(id)!;
  }

  #setDepth(place: OwnPlace, depth: number): void {
    if (place.depth === depth) return;
    place.depth = depth;
    for (const child of place.children) this.#setDepth(child, depth + 1);
  }
}
