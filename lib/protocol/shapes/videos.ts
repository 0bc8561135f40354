import * as z from 'zod';
import { limits } from '../limits.ts';
import { bytes, fileId, fileName, nodeNumber, timeMs, withoutNul } from './basics.ts';

/** What there is, and what was removed. */

export const media = {
  contentType: z.string().max(limits.contentTypeMaxLength).optional(),
  durationMs: z.int().min(0).optional(),
  width: z.int().min(0).optional(),
  height: z.int().min(0).optional(),
};

export const description = {
  title: z.string().trim().min(1).max(limits.titleMaxLength).refine(...withoutNul).optional(),
  description: z.string().trim().min(1).max(limits.descriptionMaxLength).refine(...withoutNul).optional(),
};

export const newDescription = {
  title: z.string().trim().max(limits.titleMaxLength).refine(...withoutNul).optional(),
  description: z.string().trim().max(limits.descriptionMaxLength).refine(...withoutNul).optional(),
};

export const video = z.object({
  name: fileName,
  id: fileId,
  sizeBytes: bytes,
  addedAtMs: timeMs,
  /** Every node that announced a replica. */
  nodes: z.array(nodeNumber),
  /** Those of them that can be asked now. */
  available: z.array(nodeNumber),
  ...media,
  ...description,
});

export const videoPage = z.object({ items: z.array(video), next: z.string().optional() });

export const trashedVideo = z.object({
  /** Tells removals of one name apart. */
  trashId: z.int().min(1),
  name: fileName,
  id: fileId,
  sizeBytes: bytes,
  addedAtMs: timeMs,
  removedAtMs: timeMs,
  /** Until then it can be restored. */
  expiresAtMs: timeMs,
});
