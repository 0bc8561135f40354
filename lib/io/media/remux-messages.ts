import type { ErrorFacts } from '../../base/errors.ts';

/** What a thread that remuxes is started with. */
export interface RemuxOrder {
  /** For who is told of failures. */
  readonly name: string;
  readonly sizeBytes: number;
  readonly fromS: number;
}

/** To the thread. */
export type RemuxSupply =
  /** To its reads, in their order. */
  | { readonly type: 'bytes'; readonly bytes: Uint8Array }
  | { readonly type: 'next' };

/** From the thread. */
export type RemuxNews =
  | { readonly type: 'read'; readonly start: number; readonly end: number }
  | RemuxAnswer;

/** First `opened`, or `failed`; then one to each `next`. */
export type RemuxAnswer =
  | { readonly type: 'opened'; readonly contentType: string }
  | { readonly type: 'fragment'; readonly bytes: Uint8Array }
  | { readonly type: 'end' }
  | { readonly type: 'failed'; readonly facts: ErrorFacts['not_remuxable'] };
