import type { Manifest } from '../domain/manifest.ts';
import { formatContentDisposition } from './content-disposition.ts';
import type { Headers } from './data.ts';
import { documentTypes, type DocumentKind } from './document-names.ts';
import { formatMetalink } from './metalink.ts';
import { formatTorrent, parseTorrentVersion } from './torrent.ts';

export interface FileDocument {
  readonly headers: Headers;
  readonly body: Buffer;
}

/**
 * The document of a file that `mirrors`, URLs of its bytes from the best on, serve. `query` is that of the request.
 *
 * @throws VideoError `invalid_request` for a torrent of another version, `not_found` for one whose hashes nobody took
 */
export function formatDocument(kind: DocumentKind, manifest: Manifest, mirrors: readonly string[], query: URLSearchParams): FileDocument {
  const body =
    kind === 'meta4'
      ? Buffer.from(formatMetalink(manifest, mirrors))
      : formatTorrent(manifest, mirrors, parseTorrentVersion(query.get('version')));
  const headers = {
    'Content-Type': documentTypes[kind],
    'Content-Length': body.byteLength,
    'Content-Disposition': formatContentDisposition(`${manifest.name}.${kind}`, 'attachment'),
    // Mirrors come and go.
    'Cache-Control': 'no-cache',
    'X-Content-Type-Options': 'nosniff',
  };
  return { headers, body };
}
