import * as z from 'zod';
import { limits } from '../limits.ts';
import { bytes, clientName, fileId, fileName, nodeNumber } from './basics.ts';

const listedDownload = { client: clientName, name: fileName, waitedMs: z.number().min(0) };

export const activity = z.object({
  repairs: z.object({
    /** Files with too few replicas, counted to `limits.lackingCounted`. */
    files: z.int().min(0),
    /** All copies that were ordered; `copies` are the first of them, those that run before the others. */
    ordered: z.int().min(0),
    copies: z
      .array(
        z.object({
          id: fileId,
          name: fileName,
          sizeBytes: bytes,
          /** Those that have it. */
          from: z.array(nodeNumber),
          to: nodeNumber,
          /** Absent until it begins. */
          doneBytes: bytes.optional(),
          bytesPerSecond: z.number().min(0).optional(),
          /** Estimated. */
          leftMs: z.number().min(0).optional(),
        }),
      )
      .max(limits.activityListed),
  }),
  downloads: z.object({
    running: z.int().min(0),
    waiting: z.int().min(0),
    /** The first of each, in order of arrival. */
    granted: z.array(z.object({ ...listedDownload, runningMs: z.number().min(0), doneBytes: bytes, sizeBytes: bytes })).max(limits.activityListed),
    line: z.array(z.object({ ...listedDownload, position: z.int().min(1) })).max(limits.activityListed),
  }),
});
