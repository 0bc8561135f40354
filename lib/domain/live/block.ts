/** A piece of a film as it is broadcast: about two seconds, playable by itself. */
export interface Block {
  readonly bytes: Uint8Array;
  readonly durationMs: number;
  /** The film begins here, for the first time or again: what came before does not lead to it. */
  readonly isBeginning: boolean;
}

/** What a channel shows: a film that begins again whenever it ended. */
export interface Reel extends AsyncDisposable {
  /**
   * The next block; without end. A block that cannot be read is an error, after which the next call goes on behind it.
   *
   * @throws VideoError; or the signal's reason
   */
  next(options: { readonly signal: AbortSignal }): Promise<Block>;
}
