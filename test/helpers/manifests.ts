import { createHash } from 'node:crypto';
import { fileIdOf, partCountOf, partSizeFor, type Manifest, type PieceHashes } from '../../lib/domain/manifest.ts';

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

/** With the hashes that torrents need; for small files, because it is slow. */
export function manifestWithPieces(bytes: Uint8Array, name?: string): Manifest {
  return { ...manifestOf(bytes, name), pieces: piecesOf(bytes) };
}

/** As BEP 3 and BEP 52 tell it, word for word. */
export function piecesOf(bytes: Uint8Array): PieceHashes {
  const partSizeBytes = partSizeFor(bytes.byteLength);
  const parts = Array.from({ length: partCountOf(bytes.byteLength, partSizeBytes) }, (_, part) =>
    bytes.subarray(part * partSizeBytes, (part + 1) * partSizeBytes),
  );
  const sha1 = parts.map(part => createHash('sha1').update(part).digest());
  const layer = parts.map(part => treeOf(part, parts.length === 1 ? 0 : partSizeBytes / BLOCK_BYTES));
  return { sha1: Buffer.concat(sha1).toString('base64'), sha256Layer: Buffer.concat(layer).toString('base64') };
}

/** Root of the tree over blocks of 16 KiB: zeros stand for the leaves that are missing to a power of two, or to `width`. */
export function treeOf(bytes: Uint8Array, width = 0): Buffer {
  const leaves: Buffer[] = [];
  for (let at = 0; at < bytes.byteLength; at += BLOCK_BYTES) leaves.push(digestOf(bytes.subarray(at, at + BLOCK_BYTES)));
  while (leaves.length < width || !Number.isInteger(Math.log2(leaves.length))) leaves.push(Buffer.alloc(32));
  const rootOf = (nodes: readonly Buffer[]): Buffer =>
    nodes.length === 1 ? nodes[0]! : digestOf(Buffer.concat([rootOf(nodes.slice(0, nodes.length / 2)), rootOf(nodes.slice(nodes.length / 2))]));
  return rootOf(leaves);
}

const BLOCK_BYTES = 16 * 1024;

function digestOf(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
