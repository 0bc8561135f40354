/** Failed deliveries in a row that remove a client. */
const FAILURES_MAX = 2;

/** The clients of one channel of the old protocol, by IP, in order of arrival. */
export class Audience {
  readonly #maxClients: number;
  /** IP → deliveries that failed since the last one that did not. */
  readonly #failures = new Map<string, number>();

  constructor(maxClients: number) {
    this.#maxClients = maxClients;
  }

  get addresses(): readonly string[] {
    return [...this.#failures.keys()];
  }

  get size(): number {
    return this.#failures.size;
  }

  has(ip: string): boolean {
    return this.#failures.has(ip);
  }

  /** Who is `known` keeps its place, and what failed before it asked again is forgiven. */
  join(ip: string): 'joined' | 'known' | 'full' {
    const isKnown = this.has(ip);
    if (!isKnown && this.#failures.size >= this.#maxClients) return 'full';
    this.#failures.set(ip, 0);
    return isKnown ? 'known' : 'joined';
  }

  /** False when it was not there. */
  leave(ip: string): boolean {
    return this.#failures.delete(ip);
  }

  delivered(ip: string): void {
    if (this.has(ip)) this.#failures.set(ip, 0);
  }

  /** True when the client is removed for it; of a client that is not there nothing is noted. */
  failed(ip: string): boolean {
    const failures = this.#failures.get(ip);
    if (failures === undefined) return false;
    this.#failures.set(ip, failures + 1);
    return failures + 1 >= FAILURES_MAX && this.#failures.delete(ip);
  }
}
