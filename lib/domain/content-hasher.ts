import { createHash } from 'node:crypto';
import { MIB } from '../base/units.ts';
import { partCountOf, partSizeFor, type Manifest } from './manifest.ts';
import { blockHashes, partRoot } from './merkle.ts';

/** What the bytes of a file say of themselves. */
export type FileContent = Pick<Manifest, 'sizeBytes' | 'partSizeBytes' | 'partHashes' | 'sha256' | 'pieces'>;

/** A part is a whole number of chunks, so that no chunk belongs to two parts; and a chunk is a whole number of blocks. */
export const HASHED_CHUNK_BYTES = MIB;

/**
 * Everything that a manifest holds of a file's content, in one pass over its bytes: they come in order, in chunks of
 * `HASHED_CHUNK_BYTES`, only the last of which may be shorter.
 */
export class ContentHasher {
  readonly #sizeBytes: number;
  readonly #partSizeBytes: number;
  readonly #partCount: number;
  readonly #partHashes: string[] = [];
  readonly #pieces: Buffer[] = [];
  readonly #layer: Buffer[] = [];
  readonly #whole = createHash('sha256');
  #part = createHash('sha256');
  #piece = createHash('sha1');
  #blocks: Buffer[] = [];
  #doneBytes = 0;

  constructor(sizeBytes: number) {
    this.#sizeBytes = sizeBytes;
    this.#partSizeBytes = partSizeFor(sizeBytes);
    this.#partCount = partCountOf(sizeBytes, this.#partSizeBytes);
  }

  update(chunk: Uint8Array): void {
    // The only part of a small file has the whole's hash.
    if (this.#partCount > 1) this.#whole.update(chunk);
    this.#part.update(chunk);
    this.#piece.update(chunk);
    this.#blocks.push(blockHashes(chunk));
    this.#doneBytes += chunk.byteLength;
    if (this.#doneBytes % this.#partSizeBytes === 0 || this.#doneBytes === this.#sizeBytes) this.#endPart();
  }

  /** After the last byte, once. */
  finish(): FileContent {
    const isWholeThePart = this.#partCount === 1;
    return {
      sizeBytes: this.#sizeBytes,
      partSizeBytes: this.#partSizeBytes,
      partHashes: this.#partHashes,
      sha256: isWholeThePart ? this.#partHashes[0]! : this.#whole.digest('hex'),
      pieces: { sha1: Buffer.concat(this.#pieces).toString('base64'), sha256Layer: Buffer.concat(this.#layer).toString('base64') },
    };
  }

  #endPart(): void {
    this.#partHashes.push(this.#part.digest('hex'));
    this.#pieces.push(this.#piece.digest());
    this.#layer.push(partRoot(Buffer.concat(this.#blocks), this.#partSizeBytes, this.#partCount === 1));
    this.#part = createHash('sha256');
    this.#piece = createHash('sha1');
    this.#blocks = [];
  }
}
