/** So many of the last blocks are looked at. */
const LOOKED_AT = 10;
/** So many of them missed are no accident. */
const MANY = 3;
/** So many shown in a row, and it is over. */
const STEADY = 4;

/** Whether less comes than goes on the air. One block that is missed is an accident; of many a person is told when they begin, and when they are over. */
export class Shortfall {
  /** The last blocks: whether each was shown. */
  #last: readonly boolean[] = [];
  #isThere = false;

  get isThere(): boolean {
    return this.#isThere;
  }

  /** Whether it began with them. */
  missed(blocks: number): boolean {
    this.#note(false, blocks);
    if (this.#isThere || this.#last.filter(isShown => !isShown).length < MANY) return false;
    this.#isThere = true;
    return true;
  }

  /** Whether it is over with it. */
  shown(): boolean {
    this.#note(true, 1);
    if (!this.#isThere || !this.#last.slice(-STEADY).every(isShown => isShown)) return false;
    this.#isThere = false;
    this.#last = [];
    return true;
  }

  #note(isShown: boolean, blocks: number): void {
    const noted = Array.from({ length: Math.min(blocks, LOOKED_AT) }, () => isShown);
    this.#last = [...this.#last, ...noted].slice(-LOOKED_AT);
  }
}
