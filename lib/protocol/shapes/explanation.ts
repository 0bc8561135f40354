import * as z from 'zod';
import { bytes, fileId, fileName, nodeNumber } from './basics.ts';
import { nodeState, zone } from './nodes.ts';

export const explanation = z.object({
  name: fileName,
  id: fileId,
  sizeBytes: bytes,
  wanted: z.int().min(1),
  /** Those that count: on nodes that do not drain, and are up or may be back soon. */
  replicas: z.int().min(0),
  verdict: z.enum(['whole', 'surplus', 'copying', 'queued', 'waiting', 'blocked', 'no_source']),
  /** When its copies will be done, estimated. */
  wholeInMs: z.number().min(0).optional(),
  holders: z.array(
    z.object({
      node: nodeNumber,
      state: nodeState,
      mode: z.enum(['active', 'draining', 'gone']),
      zone: zone.optional(),
      counts: z.boolean(),
      /** Of a silent node that still counts: for how long. */
      graceLeftMs: z.number().min(0).optional(),
      isDropping: z.boolean(),
    }),
  ),
  /** Who was told to copy it; without `doneBytes` it has not begun. */
  copies: z.array(z.object({ node: nodeNumber, doneBytes: bytes.optional(), leftMs: z.number().min(0).optional() })),
  /** The other nodes, and why they do not copy it; without an obstacle one is not needed, or next. */
  others: z.array(
    z.object({
      node: nodeNumber,
      obstacle: z.enum(['joining', 'suspect', 'down', 'draining', 'no_room', 'refused', 'busy', 'same_zone']).optional(),
      freeBytes: bytes,
    }),
  ),
});
