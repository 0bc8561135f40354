import * as z from 'zod';
import { fileId, nodeNumber } from './basics.ts';

/** What becomes of a file that somebody sends. */

const uploadProgress = {
  /** Verified replicas on nodes that are up. */
  replicas: z.int().min(0),
  /** With so many it is promised that the file will be kept. */
  needed: z.int().min(1),
  wanted: z.int().min(1),
};

export const uploadState = z.object({ state: z.enum(['storing', 'stored']), ...uploadProgress });

export const uploadAnswer = z.discriminatedUnion('state', [
  z.object({ state: z.literal('send'), uploadId: z.string(), node: nodeNumber, url: z.url({ protocol: /^https?$/ }), token: z.string().optional(), replaces: fileId.optional() }),
  uploadState,
]);
