import type { HeldParts } from '../held-parts.ts';
import type { Holdings } from './source.ts';

/** What a peer was last heard to have. */
export class GrowingHoldings implements Holdings {
  readonly #watchers = new Set<() => void>();
  #parts: HeldParts | undefined;

  /** How many parts. */
  get size(): number {
    return this.#parts?.size ?? 0;
  }

  get isWhole(): boolean {
    return this.#parts?.isWhole ?? false;
  }

  has(part: number): boolean {
    return this.#parts?.has(part) ?? false;
  }

  watch(onMore: () => void): Disposable {
    this.#watchers.add(onMore);
    return { [Symbol.dispose]: () => void this.#watchers.delete(onMore) };
  }

  /** It has these now; one that began again may have fewer. */
  heard(parts: HeldParts): void {
    const hasMore = parts.size > this.size;
    this.#parts = parts;
    if (hasMore) for (const onMore of this.#watchers) onMore();
  }
}
