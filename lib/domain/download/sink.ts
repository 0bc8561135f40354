/**
 * Where parts go. One download writes into one sink, from one place: pieces to their offsets as they come, and when all
 * of a part are there and right, the part is kept.
 */
export interface Sink extends AsyncDisposable {
  /** Parts that an earlier run left whole: never asked for again. */
  readonly present: ReadonlySet<number>;

  /**
   * Puts bytes into a part that is not kept, `offset` bytes after its beginning. Of two writes to one place the later
   * call wins. `bytes` belong to the caller again when it settles.
   *
   * @throws VideoError `disk_full`, `path_not_writable`; what was kept before stays kept.
   */
  write(part: number, offset: number, bytes: Uint8Array): Promise<void>;

  /** Reads a part back: whether its bytes are the plan's. True when the plan knows no hash of it. */
  verify(part: number): Promise<boolean>;

  /** Every byte of the part is written and right: later runs find it present. */
  keep(part: number): Promise<void>;

  /** Every part is kept: makes the file visible under its final name, durably. */
  finish(): Promise<void>;

  /** Disposing before `finish` leaves what was kept for a later run. */
}

/** The same sink, whose `finish` does this first; when it throws, nothing becomes visible. */
export function beforeFinish(sink: Sink, prepare: () => Promise<void>): Sink {
  return {
    present: sink.present,
    write: (part, offset, bytes) => sink.write(part, offset, bytes),
    verify: part => sink.verify(part),
    keep: part => sink.keep(part),
    async finish() {
      await prepare();
      await sink.finish();
    },
    [Symbol.asyncDispose]: () => sink[Symbol.asyncDispose](),
  };
}
