import * as z from 'zod';
import { FILE_NAME_MAX_BYTES, isFileName } from '../../domain/file.ts';
import { limits } from '../limits.ts';

/** What the shapes of the control plane are made of. */

export const nodeNumber = z.int().min(1);
/** It stands in the path, as text. */
export const pathNumber = z.coerce.number<number>().int().min(1);
export const fileId = z.string().regex(/^[0-9a-f]{64}$/);
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
/** As a secondary found it; what cannot be in the catalogue is left out of it. */
export const announcedName = z.string().min(1).max(FILE_NAME_MAX_BYTES);
/** Whoever is told such a name makes a file of it. */
export const fileName = announcedName.refine(isFileName, 'no file name');
/** No database keeps a NUL as it is. */
export const withoutNul = [(text: string) => !text.includes('\0'), 'it has a NUL'] as const;
/** What somebody looks for, or would like to call something. */
export const askedName = z.string().max(limits.askedNameMaxLength).refine(...withoutNul);
export const bytes = z.int().min(0);
export const timeMs = z.int().min(0);
export const clientName = z.string().trim().min(1).max(limits.clientNameMaxLength);

export const pageQuery = {
  after: z.string().optional(),
  limit: z.coerce.number<number>().int().min(1).max(limits.pageMaxItems).default(limits.pageDefaultItems),
};

export const readToken = z.string().regex(/^[\w-]+\.[\w-]+\.[\w-]+$/).max(limits.tokenMaxLength);
