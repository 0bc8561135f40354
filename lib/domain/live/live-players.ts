/** One that does not ask for the playlist for so long has gone. */
const GONE_AFTER_MS = 10_000;
/** Of one machine; beyond them, the one that was silent for longest is forgotten. */
const PLAYERS_MAX = 8;

interface LivePlayer {
  askedMs: number;
  /** The last number that it fetched; 0 for none. */
  fetched: number;
}

/** Who plays a channel on this machine, and how far each one is. Times are those of one clock that never goes back. */
export class LivePlayers {
  readonly #players = new Map<string, LivePlayer>();

  /** A player asked for the playlist. Who asks by the same name is the same one. */
  asked(name: string, nowMs: number): void {
    this.#forgetGone(nowMs);
    const fetched = this.#players.get(name)?.fetched ?? 0;
    this.#players.delete(name);
    this.#players.set(name, { askedMs: nowMs, fetched });
    const [silent] = this.#players.keys();
    if (this.#players.size > PLAYERS_MAX) this.#players.delete(silent!);
  }

  /** It got the block of that number. */
  fetched(name: string, number: number): void {
    const player = this.#players.get(name);
    if (player) player.fetched = Math.max(player.fetched, number);
  }

  isAnyHere(nowMs: number): boolean {
    this.#forgetGone(nowMs);
    return this.#players.size > 0;
  }

  /** Whether everyone who is here fetched the block of that number, or a later one. */
  haveFetched(number: number, nowMs: number): boolean {
    this.#forgetGone(nowMs);
    return [...this.#players.values()].every(({ fetched }) => fetched >= number);
  }

  #forgetGone(nowMs: number): void {
    for (const [name, { askedMs }] of this.#players) if (nowMs - askedMs >= GONE_AFTER_MS) this.#players.delete(name);
  }
}
