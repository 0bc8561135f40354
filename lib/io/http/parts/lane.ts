import type { VideoError } from '../../../base/errors.ts';
import type { ArrivedPiece, PartRun } from '../../../domain/download/source.ts';
import { PartConnection, type PartEndpoint } from './part-connection.ts';
import { PieceSlots } from './piece-slots.ts';

export interface LaneJob {
  readonly run: PartRun;
  readonly onBytes: (count: number) => void;
  readonly onPiece: (piece: ArrivedPiece) => void;
  readonly onEnd: (error?: VideoError) => void;
}

/** One node as a lane reads it. */
export interface LaneConnection {
  /** The returned function cancels the job; `onEnd` is not called then. */
  read(job: LaneJob): () => void;
  /** Shown with every request from now on. */
  useToken(token: string | undefined): void;
  close(): void;
}

/** Where bytes are received and hashed: this thread, or one of its own. Its memory is shared by its connections. */
export interface Lane extends AsyncDisposable {
  connect(endpoint: PartEndpoint): LaneConnection;
}

/** Receives and hashes in this thread: right for small files, where starting a thread would cost more. */
export function openLocalLane(slotCount: number, slotSizeBytes: number): Lane {
  const slots = new PieceSlots(slotCount, slotSizeBytes);
  const connections = new Set<PartConnection>();
  return {
    connect(endpoint) {
      const connection = new PartConnection(endpoint, slots);
      connections.add(connection);
      return {
        read: job =>
          connection.read({
            ...job,
            onPiece: ({ part, offset, slot, byteLength, completes }) =>
              job.onPiece({
                part,
                offset,
                bytes: slot.bytes.subarray(0, byteLength),
                ...(completes && { completes }),
                release: () => slots.release(slot.index),
              }),
          }),
        useToken: token => connection.useToken(token),
        close() {
          connections.delete(connection);
          connection.close();
        },
      };
    },
    async [Symbol.asyncDispose]() {
      for (const connection of connections) connection.close();
      connections.clear();
    },
  };
}
