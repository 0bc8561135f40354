import type { ErrorCode, ErrorFacts } from '../../base/errors.ts';
import type { HashedFile } from './hash-file.ts';

/** To the hashing thread. */
export type HasherOrder =
  | { readonly type: 'hash'; readonly job: number; readonly path: string }
  | { readonly type: 'cancel'; readonly job: number };

/** From the hashing thread; nothing more about a job follows `hashed`, `failed` or a cancellation. */
export type HasherNews =
  | { readonly type: 'progress'; readonly job: number; readonly doneBytes: number }
  | { readonly type: 'hashed'; readonly job: number; readonly file: HashedFile }
  | { readonly type: 'failed'; readonly job: number; readonly error: { readonly code: ErrorCode; readonly facts: ErrorFacts[ErrorCode] } };
