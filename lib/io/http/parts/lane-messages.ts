import type { ErrorCode, ErrorFacts } from '../../../base/errors.ts';
import type { CompletedPart, PartRun } from '../../../domain/download/source.ts';
import type { PartEndpoint } from './part-connection.ts';

/** What a lane's thread is started with. */
export interface LaneThreadData {
  readonly slotCount: number;
  readonly slotSizeBytes: number;
}

/** To the lane's thread. */
export type LaneOrder =
  | { readonly type: 'connect'; readonly connection: number; readonly endpoint: PartEndpoint }
  | { readonly type: 'token'; readonly connection: number; readonly token: string | undefined }
  | { readonly type: 'close'; readonly connection: number }
  | { readonly type: 'read'; readonly connection: number; readonly job: number; readonly run: PartRun }
  | { readonly type: 'cancel'; readonly job: number }
  | { readonly type: 'release'; readonly slot: number };

/** From the lane's thread. */
export type LaneNews =
  | { readonly type: 'ready'; readonly memory: SharedArrayBuffer }
  | { readonly type: 'bytes'; readonly job: number; readonly count: number }
  | {
      readonly type: 'piece';
      readonly job: number;
      readonly part: number;
      readonly offset: number;
      readonly slot: number;
      readonly byteLength: number;
      /** With the last piece of a part. */
      readonly completes: CompletedPart | undefined;
      /** Bytes since the last news of this job. */
      readonly count: number;
    }
  | {
      readonly type: 'end';
      readonly job: number;
      readonly error?: { readonly code: ErrorCode; readonly facts: ErrorFacts[ErrorCode] };
    };
