/** Hash algorithms by their IANA names, as Metalink and `Repr-Digest` write them; the strongest first. */
export const HASH_ALGORITHMS = ['sha-512', 'sha-256', 'sha-1', 'md5'] as const;
export type HashAlgorithm = (typeof HASH_ALGORITHMS)[number];

/** What a file, or a part of one, must hash to: lower-case hexadecimal. */
export interface Checksum {
  readonly algorithm: HashAlgorithm;
  readonly hex: string;
}

const facts: Readonly<Record<HashAlgorithm, { readonly nodeName: string; readonly bytes: number }>> = {
  'sha-512': { nodeName: 'sha512', bytes: 64 },
  'sha-256': { nodeName: 'sha256', bytes: 32 },
  'sha-1': { nodeName: 'sha1', bytes: 20 },
  md5: { nodeName: 'md5', bytes: 16 },
};
const HEX = /^[0-9a-f]+$/;

export function isHashAlgorithm(name: string): name is HashAlgorithm {
  return (HASH_ALGORITHMS as readonly string[]).includes(name);
}

/** As `node:crypto` names it. */
export function nodeHashName(algorithm: HashAlgorithm): string {
  return facts[algorithm].nodeName;
}

/** Undefined when the text is not as long as the algorithm's digests, or no hexadecimal. */
export function parseHexDigest(algorithm: HashAlgorithm, text: string): string | undefined {
  const hex = text.trim().toLowerCase();
  return hex.length === facts[algorithm].bytes * 2 && HEX.test(hex) ? hex : undefined;
}

/** The checksum that is hardest to forge; undefined of none. */
export function strongest(checksums: readonly Checksum[]): Checksum | undefined {
  return HASH_ALGORITHMS.map(algorithm => checksums.find(checksum => checksum.algorithm === algorithm)).find(Boolean);
}

/** Whether parts that were verified with the algorithm need no second look at the whole. */
export function isCollisionResistant(algorithm: HashAlgorithm): boolean {
  return algorithm === 'sha-512' || algorithm === 'sha-256';
}
