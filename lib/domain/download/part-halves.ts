import type { FilePlan } from './file-plan.ts';

/** A part whose end another request brings than its beginning. */
interface Halves {
  /** So much of its beginning is written. */
  headBytes: number;
  /** From here on its end is written. */
  tailFrom: number | undefined;
}

/**
 * Parts that are put together of what several requests brought: the beginning that one left behind when it broke, or that
 * one is still bringing, and the end that another one brings. Their hash is known only by reading them back, so that it
 * takes parts whose hash the plan knows; and a part that was wrong once is only taken whole.
 */
export class PartHalves {
  readonly #plan: FilePlan;
  readonly #halves = new Map<number, Halves>();
  readonly #onlyWhole = new Set<number>();

  constructor(plan: FilePlan) {
    this.#plan = plan;
  }

  mayBePutTogether(part: number): boolean {
    return this.#plan.partHashes[part] !== undefined && !this.#onlyWhole.has(part);
  }

  /** Where a request for the part may begin; 0 when nothing of it is written. */
  headOf(part: number): number {
    return this.#halves.get(part)?.headBytes ?? 0;
  }

  headCame(part: number, headBytes: number): void {
    const half = this.#half(part);
    half.headBytes = Math.max(half.headBytes, headBytes);
  }

  tailCame(part: number, from: number): void {
    this.#half(part).tailFrom = from;
  }

  hasTail(part: number): boolean {
    return this.#halves.get(part)?.tailFrom !== undefined;
  }

  /** Every byte of the part is written. */
  isTogether(part: number): boolean {
    const half = this.#halves.get(part);
    return half?.tailFrom !== undefined && half.headBytes >= half.tailFrom;
  }

  forget(part: number): void {
    this.#halves.delete(part);
  }

  tailIsLost(part: number): void {
    const half = this.#halves.get(part);
    if (half) half.tailFrom = undefined;
  }

  wasWrong(part: number): void {
    this.forget(part);
    this.#onlyWhole.add(part);
  }

  #half(part: number): Halves {
    let half = this.#halves.get(part);
    if (!half) this.#halves.set(part, (half = { headBytes: 0, tailFrom: undefined }));
    return half;
  }
}
