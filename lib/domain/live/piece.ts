/** A block as players of HLS take it: fragmented MP4. */
export interface Piece {
  /** `ftyp` and `moov`: the same bytes for all blocks of a film. */
  readonly init: Uint8Array;
  /** `moof` and `mdat`. */
  readonly media: Uint8Array;
  /** Of its picture, and no whole number: to microseconds, so that the next one begins where it ends. */
  readonly durationMs: number;
  /** With its codecs (RFC 6381). */
  readonly contentType: string;
}

/** Where a piece stands in what a player is shown. */
export interface PiecePlace {
  /** Of the block; counts from 1. */
  readonly number: number;
  /** When its first picture is shown, on the clock of the player; what is heard keeps its distance to it. */
  readonly startMs: number;
  readonly signal: AbortSignal;
}

/** Makes pieces of blocks of any container; nothing is decoded. */
export interface PieceMaker extends AsyncDisposable {
  /**
   * The bytes stay the caller's.
   *
   * @throws VideoError `not_remuxable`, of which `name` is the number; or the signal's reason
   */
  makePiece(bytes: Uint8Array, place: PiecePlace): Promise<Piece>;
}
