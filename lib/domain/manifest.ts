import { createHash } from 'node:crypto';
import { VideoError } from '../base/errors.ts';
import { MIB } from '../base/units.ts';
import { isFileId, parseFileName, type FileId } from './file.ts';

export const PART_SIZE_MIN_BYTES = MIB;
export const PART_SIZE_MAX_BYTES = 16 * MIB;
const PARTS_AIMED_AT = 1000;
const SHA256_HEX = /^[0-9a-f]{64}$/;
const SHA1_BYTES = 20;
const SHA256_BYTES = 32;

/** What a file is, part by part. Hashes are SHA-256 in lower-case hexadecimal. */
export interface Manifest {
  readonly id: FileId;
  readonly name: string;
  readonly sizeBytes: number;
  readonly partSizeBytes: number;
  readonly partHashes: readonly string[];
  /** Of the whole file. */
  readonly sha256: string;
  /** When the manifest was made, milliseconds since 1970. */
  readonly createdAtMs: number;
  /** Absent in manifests made before these were computed. No part of the id: they follow from the bytes. */
  readonly pieces?: PieceHashes | undefined;
}

/** What BitTorrent verifies by, with one piece a part; in base64. */
export interface PieceHashes {
  /** SHA-1 of each part, 20 bytes each (BEP 3). */
  readonly sha1: string;
  /** Root of the SHA-256 tree over each part's blocks of 16 KiB, 32 bytes each (BEP 52). */
  readonly sha256Layer: string;
}

/** Half-open: the bytes from `start` up to, and without, `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Power of two nearest to size/1000, between 1 and 16 MiB. */
export function partSizeFor(sizeBytes: number): number {
  const nearest = 2 ** Math.round(Math.log2(Math.max(1, sizeBytes / PARTS_AIMED_AT)));
  return Math.min(PART_SIZE_MAX_BYTES, Math.max(PART_SIZE_MIN_BYTES, nearest));
}

/** An empty file has no parts. */
export function partCountOf(sizeBytes: number, partSizeBytes: number): number {
  return Math.ceil(sizeBytes / partSizeBytes);
}

export function partRange(manifest: Pick<Manifest, 'sizeBytes' | 'partSizeBytes'>, part: number): ByteRange {
  const start = part * manifest.partSizeBytes;
  return { start, end: Math.min(start + manifest.partSizeBytes, manifest.sizeBytes) };
}

/** The canonical content is `videopartes manifest 1`, size, part size and each part's hash, a line each. */
export function fileIdOf(content: Pick<Manifest, 'sizeBytes' | 'partSizeBytes' | 'partHashes'>): FileId {
  const hash = createHash('sha256');
  hash.update(`videopartes manifest 1\n${content.sizeBytes}\n${content.partSizeBytes}\n`);
  for (const partHash of content.partHashes) hash.update(`${partHash}\n`);
  return hash.digest('hex');
}

/**
 * Checks a manifest that came from a file or a socket, its id included.
 *
 * @throws VideoError `invalid_manifest`, `invalid_name`
 */
export function parseManifest(manifest: Manifest): Manifest {
  const refuse = (reason: string) => new VideoError('invalid_manifest', { reason });
  const { sizeBytes, partSizeBytes, partHashes, sha256, id, createdAtMs, pieces } = manifest;
  parseFileName(manifest.name);
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0) throw refuse('size');
  if (!Number.isSafeInteger(createdAtMs)) throw refuse('date');
  if (partSizeBytes !== partSizeFor(sizeBytes)) throw refuse('part size');
  if (partHashes.length !== partCountOf(sizeBytes, partSizeBytes)) throw refuse('number of parts');
  if (!partHashes.every(hash => SHA256_HEX.test(hash)) || !SHA256_HEX.test(sha256)) throw refuse('hash');
  if (pieces && !arePiecesOf(pieces, partHashes.length)) throw refuse('pieces');
  if (!isFileId(id) || fileIdOf(manifest) !== id) throw refuse('id');
  return manifest;
}

function arePiecesOf({ sha1, sha256Layer }: PieceHashes, partCount: number): boolean {
  return isBase64Of(sha1, partCount * SHA1_BYTES) && isBase64Of(sha256Layer, partCount * SHA256_BYTES);
}

function isBase64Of(text: string, byteLength: number): boolean {
  const bytes = Buffer.from(text, 'base64');
  // Decoding skips what is no base64: only the canonical text comes back the same.
  return bytes.byteLength === byteLength && bytes.toString('base64') === text;
}
