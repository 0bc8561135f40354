import * as z from 'zod';
import { NODE_STATES } from '../../domain/failure-detector.ts';
import { limits } from '../limits.ts';
import { announcedName, bytes, nodeNumber } from './basics.ts';

/** Secondaries, as the central knows them. */

export const nodeState = z.enum(NODE_STATES);
/** What a person decided; `drained`: it drains, and no file needs it any more. */
const nodeMode = z.enum(['active', 'draining', 'drained']);
export const zone = z.string().trim().min(1).max(limits.zoneMaxLength);

export const node = z.object({
  number: nodeNumber,
  url: z.string(),
  state: nodeState,
  mode: nodeMode,
  zone: zone.optional(),
  /** Milliseconds since its last heartbeat; absent when this central has not heard it. */
  silentMs: z.number().min(0).optional(),
  freeBytes: bytes,
  totalBytes: bytes,
  files: z.int().min(0),
  activeRequests: z.int().min(0),
  copying: z.array(announcedName),
});

/** Files that would have too few replicas without the node, as far as they were counted. */
export const nodeDecision = z.object({ number: nodeNumber, files: z.int().min(0) });
