import * as z from 'zod';
import { limits } from '../limits.ts';
import { bytes, fileId, fileName, nodeNumber, timeMs } from './basics.ts';
import { peerAddress, sourceAddress } from './sources.ts';

/** Permissions to download, and what becomes of them. */

export const problem = z.object({
  node: nodeNumber,
  kind: z.enum(['corrupt', 'unreachable', 'stalled', 'protocol']),
  part: z.int().min(0).optional(),
});

export const ticket = z.discriminatedUnion('state', [
  z.object({ state: z.literal('waiting'), ticketId: z.uuid(), position: z.int().min(1), leaseMs: timeMs, pollMs: timeMs }),
  z.object({
    state: z.literal('granted'),
    ticketId: z.uuid(),
    id: fileId,
    name: fileName,
    sizeBytes: bytes,
    sources: z.array(sourceAddress),
    /** Other clients that have the file, or parts of it; a few of them, the least recently offered first. */
    peers: z.array(peerAddress).max(limits.peersPerDownload).optional(),
    leaseMs: timeMs,
    pollMs: timeMs,
  }),
]);

export const outcome = z.enum(['done', 'failed', 'cancelled']);

/** What one secondary gave to a download. */
export const givenByNode = z.object({
  node: nodeNumber,
  bytes,
  /** Requests that ended in an error or in silence. */
  failures: z.int().min(0),
  /** Parts it was asked for that another source had to give. */
  reassignedParts: z.int().min(0),
  hashFailures: z.int().min(0),
});
