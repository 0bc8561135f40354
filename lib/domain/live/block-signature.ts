import { createHash, createPublicKey, generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto';
import type { Block } from './block.ts';
import { SLICES, sliceRange, type BlockManifest, type Slice } from './stream.ts';

/** What is signed begins with this, so that the signature is worth nothing for anything else. */
const PURPOSE = 'videopartes block 1';

/** Cuts blocks into slices and signs what they are, with a key that exists as long as the stream does. */
export class BlockSigner {
  /** The stream's id: the public key (RFC 8037 `x`). */
  readonly stream: string;
  readonly #key: KeyObject;
  #next = 0;

  constructor() {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    this.stream = publicKey.export({ format: 'jwk' }).x!;
    this.#key = privateKey;
  }

  /** The slices of the next block of the stream, which goes on the air now. */
  slices({ bytes, durationMs, isBeginning }: Block, emittedMs: number): readonly Slice[] {
    const pieces = Array.from({ length: SLICES }, (_, index) => {
      const { start, end } = sliceRange(bytes.byteLength, index);
      return bytes.subarray(start, end);
    });
    const unsigned = {
      stream: this.stream,
      number: this.#next++,
      emittedMs: Math.round(emittedMs),
      durationMs: Math.round(durationMs),
      isBeginning,
      sizeBytes: bytes.byteLength,
      sliceHashes: pieces.map(hashOf),
    };
    const block: BlockManifest = { ...unsigned, signature: sign(null, signedBytes(unsigned), this.#key).toString('base64url') };
    return pieces.map((piece, index) => ({ block, index, bytes: piece }));
  }
}

/** Checks what comes of one stream: that the root signed the block, and that the slice is the one that it signed. */
export class SliceChecker {
  readonly stream: string;
  readonly #key: KeyObject;
  /** The signature is looked at once a block. */
  #signed = new Map<number, string>();

  /** @throws when the stream's id is no key */
  constructor(stream: string) {
    this.stream = stream;
    this.#key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: stream }, format: 'jwk' });
  }

  isGenuine({ block, index, bytes }: Slice): boolean {
    const { start, end } = sliceRange(block.sizeBytes, index);
    return block.stream === this.stream && bytes.byteLength === end - start && this.#isSigned(block) && hashOf(bytes) === block.sliceHashes[index];
  }

  #isSigned(block: BlockManifest): boolean {
    const bytes = signedBytes(block);
    const whole = `${bytes.toString('latin1')}\n${block.signature}`;
    if (this.#signed.get(block.number) === whole) return true;
    if (!verify(null, bytes, this.#key, Buffer.from(block.signature, 'base64url'))) return false;
    this.#signed.set(block.number, whole);
    for (const number of this.#signed.keys()) if (this.#signed.size > REMEMBERED) this.#signed.delete(number);
    return true;
  }
}

const REMEMBERED = 32;

function signedBytes({ stream, number, emittedMs, durationMs, isBeginning, sizeBytes, sliceHashes }: Omit<BlockManifest, 'signature'>): Buffer {
  return Buffer.from([PURPOSE, stream, number, emittedMs, durationMs, isBeginning, sizeBytes, ...sliceHashes].join('\n'));
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
