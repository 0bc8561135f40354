/** What was sent lately, so that the rate is that of now. */
export class Rate {
  readonly #windowMs: number;
  readonly #seen: { readonly atMs: number; readonly bytes: number }[] = [];

  constructor(windowMs = 5000) {
    this.#windowMs = windowMs;
  }

  /** `bytes` are all that were sent until now. */
  add(bytes: number, atMs: number): void {
    this.#seen.push({ atMs, bytes });
    while (this.#seen.length > 2 && atMs - this.#seen[0]!.atMs > this.#windowMs) this.#seen.shift();
  }

  /** Undefined before it can be told. */
  get bytesPerSecond(): number | undefined {
    const [first, last] = [this.#seen[0], this.#seen.at(-1)];
    if (!first || !last || last.atMs - first.atMs < 500) return undefined;
    return Math.round(((last.bytes - first.bytes) * 1000) / (last.atMs - first.atMs));
  }
}
