import { createHash } from 'node:crypto';
import { fileIdOf, partCountOf, partSizeFor, type Manifest } from '../../lib/domain/manifest.ts';

/** The manifest of real bytes. */
export function manifestOf(bytes: Uint8Array, name = 'video.mp4'): Manifest {
  const sizeBytes = bytes.byteLength;
  const partSizeBytes = partSizeFor(sizeBytes);
  const partHashes = Array.from({ length: partCountOf(sizeBytes, partSizeBytes) }, (_, part) =>
    sha256(bytes.subarray(part * partSizeBytes, (part + 1) * partSizeBytes)),
  );
  const content = { sizeBytes, partSizeBytes, partHashes };
  return { ...content, id: fileIdOf(content), name, sha256: sha256(bytes), createdAtMs: 0 };
}

/** A manifest of so many parts of 1 MiB whose bytes nobody looks at. */
export function manifestOfParts(partCount: number, lastPartBytes = 1024 * 1024): Manifest {
  const partSizeBytes = 1024 * 1024;
  const sizeBytes = (partCount - 1) * partSizeBytes + lastPartBytes;
  const partHashes = Array.from({ length: partCount }, (_, part) => sha256(Buffer.from(`part ${part}`)));
  const content = { sizeBytes, partSizeBytes, partHashes };
  return { ...content, id: fileIdOf(content), name: 'simulated.mp4', sha256: sha256(Buffer.from('whole')), createdAtMs: 0 };
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A small manifest of its own for each seed, under the name. */
export function manifestNamed(name: string, seed: number): Manifest {
  return manifestOf(Buffer.from(`content ${seed}`), name);
}
