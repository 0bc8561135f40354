import { XMLBuilder } from 'fast-xml-parser';
import type { Manifest } from '../domain/manifest.ts';
import { VERSION } from './version.ts';

const NAMESPACE = 'urn:ietf:params:xml:ns:metalink';
/** Of a lower number first (RFC 5854 §4.2.16.2); the format ends there. */
const PRIORITY_MAX = 999_999;
// A name may hold noncharacters, which XML 1.0 §2.2 has no way to write.
const NOT_XML = /[\ufffe\uffff]/g;

const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@', format: true, indentBy: ' ', suppressEmptyNode: true });

/** A metalink of one file (RFC 5854) with its hash, its parts' hashes, and its mirrors from the best on. */
export function formatMetalink(manifest: Manifest, mirrors: readonly string[]): string {
  const { name, sizeBytes, partSizeBytes, partHashes, sha256 } = manifest;
  return builder.build({
    '?xml': { '@version': '1.0', '@encoding': 'UTF-8' },
    metalink: {
      '@xmlns': NAMESPACE,
      generator: `videopartes/${VERSION}`,
      published: new Date(manifest.createdAtMs).toISOString(),
      file: {
        '@name': name.replaceAll(NOT_XML, '\ufffd'),
        size: sizeBytes,
        hash: { '@type': 'sha-256', '#text': sha256 },
        // An empty `pieces` is not allowed (§4.2.10).
        ...(partHashes.length > 0 && { pieces: { '@length': partSizeBytes, '@type': 'sha-256', hash: partHashes } }),
        url: mirrors.map((url, index) => ({ '@priority': Math.min(index + 1, PRIORITY_MAX), '#text': url })),
      },
    },
  }) as string;
}
