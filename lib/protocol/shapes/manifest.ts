import * as z from 'zod';
import { bytes, fileId, fileName, sha256, timeMs } from './basics.ts';

/** As it comes over the wire; `parseManifest` looks at what it says. */
export const manifest = z.object({
  id: fileId,
  name: fileName,
  sizeBytes: bytes,
  partSizeBytes: bytes,
  partHashes: z.array(sha256),
  sha256,
  createdAtMs: timeMs,
  /** Base64 of 20 and of 32 bytes a part: `Manifest.pieces`. */
  pieces: z.object({ sha1: z.string(), sha256Layer: z.string() }).optional(),
});
