/** Where the bytes of one part are put, in pieces, and read from; it belongs to who took it. */
export interface PartRoom {
  /**
   * Of two writes to one place the later call wins. `bytes` belong to the caller again when it settles.
   *
   * @throws VideoError `disk_full`, `path_not_writable`
   */
  write(offset: number, bytes: Uint8Array): Promise<void>;

  /** Fills `buffer` with what was written from `offset` on. */
  read(buffer: Uint8Array, offset: number): Promise<void>;

  /** SHA-256 of all of it, lower-case hexadecimal. */
  digest(): Promise<string>;

  /** Nobody writes to it or reads from it any more. Call it once. */
  release(): void;
}

/** Rooms for parts that come and go. */
export interface PartRooms {
  take(sizeBytes: number): PartRoom;
}
