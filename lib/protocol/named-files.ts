import type { Manifest } from '../domain/manifest.ts';
import { digestHeaders, etagOf, type Headers } from './data.ts';
import { documentTypes } from './document-names.ts';

/** Where the central answers for a file by its name. */
export const NAMED_FILES_PREFIX = '/files/';

export function namedFilePath(name: string): string {
  return `${NAMED_FILES_PREFIX}${encodeURIComponent(name)}`;
}

export interface MirrorHead {
  readonly headers: Headers;
  /** A field line each: some programs read no lists. */
  readonly links: readonly string[];
}

/**
 * Head of an answer that sends who asks for a file to the first of its mirrors, and tells of all of them (RFC 6249).
 * `origin` is where the documents are; every URL is whole, because some programs do not resolve the relative ones of a `Link`.
 */
export function formatMirrorHead(manifest: Manifest, mirrors: readonly string[], origin: string): MirrorHead {
  const duplicates = mirrors.map((url, index) => `<${url}>; rel=duplicate; pri=${index + 1}`);
  // Both relations are true; and wget2 1.99, which knows the first only alone, would fetch the file and the metalink's
  // file at once and never end.
  const documents = Object.entries(documentTypes).map(
    ([kind, type]) => `<${origin}${namedFilePath(`${manifest.name}.${kind}`)}>; rel="describedby alternate"; type="${type}"`,
  );
  return {
    headers: {
      Location: mirrors[0]!,
      'Content-Length': 0,
      'Cache-Control': 'no-cache',
      ETag: etagOf(manifest.id),
      ...digestHeaders(manifest),
    },
    links: [...duplicates, ...documents],
  };
}
