import { createCipheriv } from 'node:crypto';

/** Bytes that no compression shortens, the same for the same seed. */
export function randomBytes(length: number, seed: number): Buffer {
  const key = Buffer.alloc(16);
  key.writeInt32LE(seed);
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(length));
}
