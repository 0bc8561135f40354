import { isHashAlgorithm, parseHexDigest, type Checksum } from '../domain/checksum.ts';

// `Digest: SHA-256=BASE64` (RFC 3230) and `Repr-Digest: sha-256=:BASE64:` (RFC 9530).
const MEMBER = /(?:^|,)\s*([a-z0-9-]+)\s*=\s*(:?)([a-z0-9+/]+={0,2})\2\s*(?=[,;]|$)/gi;
/** As RFC 3230 names what RFC 9530 calls `sha-1`. */
const OLD_NAMES: Readonly<Record<string, string>> = { sha: 'sha-1' };

/** Checksums of the whole file, of the kinds that we know, in these fields; what cannot be read is skipped. */
export function parseDigests(...fields: readonly (string | undefined)[]): readonly Checksum[] {
  return fields.flatMap(field =>
    [...(field ?? '').matchAll(MEMBER)].flatMap(([, name, , base64]) => {
      const lower = name!.toLowerCase();
      const algorithm = OLD_NAMES[lower] ?? lower;
      if (!isHashAlgorithm(algorithm)) return [];
      const hex = parseHexDigest(algorithm, Buffer.from(base64!, 'base64').toString('hex'));
      return hex === undefined ? [] : [{ algorithm, hex }];
    }),
  );
}
