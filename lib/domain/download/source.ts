import { MIB } from '../../base/units.ts';

/** Consecutive parts, asked for in one request. */
export interface PartRun {
  readonly first: number;
  readonly count: number;
  /** Of a single part, what comes before this many bytes is not asked for: others bring it, or brought it. */
  readonly from?: number;
}

/**
 * At every multiple of this in a part a piece ends and the next begins. Small enough for
 * a core's cache between being received, hashed and written; large enough to be few.
 */
export const PIECE_BYTES = MIB / 2;

/**
 * Bytes of one part as a source gave them; a part comes in one piece or more, in order. Whether they are the right ones
 * shows when the part is complete, so memory does not grow with the size of parts.
 */
export interface ArrivedPiece {
  readonly part: number;
  /** Where the bytes begin, counted from the beginning of the part. */
  readonly offset: number;
  readonly bytes: Uint8Array;
  /** With the last piece of a part. */
  readonly completes?: CompletedPart;
  /** Gives the memory back. Until then the source may stop reading: this is the back-pressure. Call it once. */
  release(): void;
}

export interface CompletedPart {
  /**
   * Of the whole part, by the plan's algorithm, lower-case hexadecimal; computed where the bytes landed. May be left
   * out when the plan knows none to compare it with; and of a part that was asked for from its middle on it is not known.
   */
  readonly hash?: string | undefined;
}

export interface PartReceiver {
  /** Bytes that just arrived, in order, for measuring the rate and for noticing silence. */
  onBytes(count: number): void;
  /** Called for each piece of the run, in order. */
  onPiece(piece: ArrivedPiece): void;
}

/** Which parts a source has now, while it fetches the file itself. */
export interface Holdings {
  readonly isWhole: boolean;
  has(part: number): boolean;
  /** Calls back whenever they have become more, until disposed of. */
  watch(onMore: () => void): Disposable;
}

/** What is known of a source before it is asked. */
export interface SourceFacts {
  /** Parts that it is known not to have right; others are asked for them first. None unless said. */
  readonly lacks?: ReadonlySet<number> | undefined;
  /** Nobody asks it for other parts than these. Without it, it has all of them. */
  readonly held?: Holdings | undefined;
}

/**
 * Anything that can serve ranges of one file: a node, a peer, a mirror.
 *
 * Several reads may run at once. A source does not retry and has no time limit of its own for silence: the engine
 * watches the clock and aborts.
 */
export interface Source extends SourceFacts, AsyncDisposable {
  /** Unique in a download; the same for the same machine: `secundario-2`. */
  readonly id: string;

  /**
   * Resolves when each part of the run was given to the receiver; rejects after giving those that came whole.
   *
   * @throws VideoError `source_unreachable` (could not connect, or the connection broke), `source_refused` (an HTTP
   * error; its status is a fact), `source_protocol` (an answer that is not exactly what was asked: another range,
   * another file, a whole file instead of a range, too few bytes); or the signal's reason.
   */
  read(run: PartRun, receiver: PartReceiver, options: { readonly signal: AbortSignal }): Promise<void>;
}

/** Makes the sources of one file out of addresses; disposing it closes them all. */
export interface SourceFactory extends AsyncDisposable {
  /**
   * `url` is a node's base address, `http://127.0.0.1:50001`. The same id and url give the same source; with another
   * token, it is the one that later requests show.
   */
  source(id: string, url: string, token?: string): Source;
}
