const HASH_BYTES = 32;

/** 32 bytes a part: half of what hexadecimal takes, and one value to read. */
export function joinHashes(hashes: readonly string[]): Buffer {
  return Buffer.from(hashes.join(''), 'hex');
}

/** SQLite's driver gives blobs as `ArrayBuffer`s. */
export function splitHashes(joined: ArrayBuffer): string[] {
  const hex = Buffer.from(joined).toString('hex');
  return Array.from({ length: joined.byteLength / HASH_BYTES }, (_, part) =>
    hex.slice(part * HASH_BYTES * 2, (part + 1) * HASH_BYTES * 2),
  );
}
