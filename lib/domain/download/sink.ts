/** Where verified parts go. One download writes into one sink, from one place. */
export interface Sink extends AsyncDisposable {
  /** Parts that an earlier run left whole: never asked for again. */
  readonly present: ReadonlySet<number>;

  /**
   * Keeps one verified part. May be called for many parts at once; `bytes` belong to the caller again when it
   * resolves.
   *
   * @throws VideoError `disk_full`, `path_not_writable`; what was kept before stays kept.
   */
  write(part: number, bytes: Uint8Array): Promise<void>;

  /** Every part is there: makes the file visible under its final name, durably. */
  finish(): Promise<void>;

  /** Disposing before `finish` keeps what was written for a later run. */
}
