import type { ErrorCode, ErrorFacts } from '../../base/errors.ts';
import type { Block } from '../../domain/live/block.ts';
import type { Piece } from '../../domain/live/piece.ts';

/** What a thread that reads for a channel is started with. */
export interface ReelOrder {
  readonly path: string;
}

/** To that thread: one block, please. */
export interface ReelQuestion {
  readonly type: 'next';
}

export type ReelAnswer =
  | { readonly type: 'block'; readonly block: Block }
  | LiveFailure;

/** To a thread that makes pieces. */
export interface PieceQuestion {
  readonly bytes: Uint8Array;
  readonly number: number;
  readonly startMs: number;
}

export type PieceAnswer =
  | { readonly type: 'piece'; readonly piece: Piece }
  | LiveFailure;

export interface LiveFailure {
  readonly type: 'failed';
  readonly code: ErrorCode;
  readonly facts: ErrorFacts[ErrorCode];
}
