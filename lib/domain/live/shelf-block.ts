export interface ExpectedBlock {
  /** Unique in all streams. */
  readonly key: string;
  /** A broadcast of the origin: another one when it was started again, with numbers that begin anew. */
  readonly stream: string;
  readonly number: number;
}

/** Blocks of a stream that will not be shown, from the first to the last. */
export interface MissedBlocks {
  readonly stream: string;
  readonly first: number;
  readonly last: number;
}

export interface ShelfBlock extends ExpectedBlock {
  /** Since the broadcast began. */
  readonly startMs: number;
  readonly durationMs: number;
  readonly isBeginning: boolean;
  readonly sizeBytes: number;
  /** Where its bytes are. */
  readonly path: string;
}

/** Told at once; must be quick and must not throw. */
export interface ShelfObserver {
  shown(block: ShelfBlock): void;
  /** Each block that was not whole when it was to be shown, once. */
  missed(blocks: MissedBlocks): void;
  /** Its room was needed before its time was over. */
  discarded(block: ShelfBlock): void;
  /** Nobody needs its bytes any more; after `discarded` too. */
  removed(block: ShelfBlock): void;
}

/** What becomes of a block that came: it waits to be shown, came too late for that, was here before, or finds no room. */
export type Arrival = 'waiting' | 'late' | 'known' | 'refused';
