import { isFileId, type FileId } from '../domain/file.ts';
import type { ByteRange, Manifest } from '../domain/manifest.ts';
import { formatContentDisposition } from './content-disposition.ts';
import type { DocumentKind } from './document-names.ts';
import { formatContentRange } from './range.ts';
import { VERSION } from './version.ts';

/** The data plane: `GET|HEAD /files/{id}`, and how its answers describe the bytes. */
export type Headers = Readonly<Record<string, string | number>>;

export const HEALTH_PATH = '/health';
export const READY_PATH = '/ready';
/** Of peers only: what a file of a name is. */
export const MANIFEST_PATH = '/manifest';
/** Of every route of the data plane. */
export const DATA_METHODS = ['GET', 'HEAD'] as const;

const FILES_PREFIX = '/files/';
const FILE_PATH = /^\/files\/([^/.]+)(?:\/[^/]+|\.(meta4|torrent|parts))?$/;
const ORIGIN = /^https?:\/\/[^/?#]*/i;
/** What a browser shows by itself; a picture in SVG may have scripts, which would be those of this place. */
const PLAYABLE = /^(?:video|audio|image)\/(?!svg)/;

/** Where `id` is asked for. */
export function filePath(id: FileId): string {
  return `${FILES_PREFIX}${id}`;
}

/** Path of a request target, in origin form or, as proxies send it, in absolute form; the query is left out. */
export function pathOf(target: string): string {
  return target.replace(ORIGIN, '').replace(/\?.*$/s, '');
}

/** What stands after the question mark of a request target. */
export function queryOf(target: string): URLSearchParams {
  const at = target.indexOf('?');
  return new URLSearchParams(at === -1 ? '' : target.slice(at + 1));
}

/** Where it is told which parts of the file are there. */
export function partsPath(id: FileId): string {
  return `${filePath(id)}.parts`;
}

/** A file, or, with a kind, a document that describes it, or which of its parts are there. */
export interface FileTarget {
  readonly id: FileId;
  readonly document: DocumentKind | 'parts' | undefined;
}

/**
 * What `/files/{id}`, `/files/{id}/ANYTHING`, `/files/{id}.meta4`, `.torrent` or `.parts` names, or undefined for any
 * other path. BitTorrent programs put the file's name behind a web seed; the id says which file it is, so the name is not
 * looked at. Nothing is decoded: an id needs no escapes.
 */
export function parseFilePath(path: string): FileTarget | undefined {
  const [, id = '', document] = FILE_PATH.exec(path) ?? [];
  return isFileId(id) ? { id, document: document as FileTarget['document'] } : undefined;
}

/** Strong: the same id is the same bytes. */
export function etagOf(id: FileId): string {
  return `"${id}"`;
}

/**
 * Headers of a 200, or, with a range, of a 206. `Digest` (RFC 3230, which aria2 asks for) and `Repr-Digest` (RFC 9530)
 * are of the whole file in both; `Content-Digest` is of the bytes that follow, when the manifest knows it.
 */
export function fileHeaders(manifest: Manifest, contentType: string, range?: ByteRange): Headers {
  const { id, name, sizeBytes } = manifest;
  const sent = range ?? { start: 0, end: sizeBytes };
  const contentSha256 = hashOfRange(manifest, sent);
  return {
    'Content-Type': contentType,
    'Content-Length': sent.end - sent.start,
    ...(range && { 'Content-Range': formatContentRange(range, sizeBytes) }),
    'Accept-Ranges': 'bytes',
    ETag: etagOf(id),
    'Cache-Control': 'private, max-age=31536000, immutable',
    'Content-Disposition': formatContentDisposition(name, PLAYABLE.test(contentType) ? 'inline' : 'attachment'),
    'X-Content-Type-Options': 'nosniff',
    ...digestHeaders(manifest),
    ...(contentSha256 !== undefined && { 'Content-Digest': formatDigest(contentSha256) }),
  };
}

/** Of the whole file, whatever the answer carries. */
export function digestHeaders({ sha256 }: Manifest): Headers {
  return { Digest: `SHA-256=${toBase64(sha256)}`, 'Repr-Digest': formatDigest(sha256) };
}

/** SHA-256 of a range that is the whole file or exactly one part, else undefined. */
function hashOfRange({ sizeBytes, partSizeBytes, partHashes, sha256 }: Manifest, { start, end }: ByteRange): string | undefined {
  if (start === 0 && end === sizeBytes) return sha256;
  const isOnePart = start % partSizeBytes === 0 && end === Math.min(start + partSizeBytes, sizeBytes);
  return isOnePart ? partHashes[start / partSizeBytes] : undefined;
}

function formatDigest(sha256: string): string {
  return `sha-256=:${toBase64(sha256)}:`;
}

function toBase64(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64');
}

/** `User-Agent` of the programs that ask for parts. */
export const userAgents = { client: `videocliente/${VERSION}`, central: `videocentral/${VERSION}`, node: `videosecundario/${VERSION}`, peer: `videopeer/${VERSION}` } as const;

/** Whether a secondary asks, for its copy. */
export function isOfNode(userAgent: string | undefined): boolean {
  return userAgent?.startsWith('videosecundario/') ?? false;
}

/** Codes that the data plane answers with, their status and their sentence for whoever reads the wire. */
export const dataErrors = {
  invalid_request: { status: 400, message: 'The request asks for something that does not exist in that form.' },
  unauthorized: { status: 401, message: 'A token of the central is needed, and no valid one came.' },
  token_mismatch: { status: 403, message: 'The token is good for another file or another method.' },
  forbidden: { status: 403, message: 'The Host or Origin of the request is not of this place.' },
  peer_refused: { status: 403, message: 'This peer gives nothing to more people now.' },
  file_not_found: { status: 404, message: 'There is no file of that name here.' },
  not_found: { status: 404, message: 'There is nothing here under that name.' },
  method_not_allowed: { status: 405, message: 'Only GET and HEAD are answered here.' },
  precondition_failed: { status: 412, message: 'The file is not the one that If-Match names.' },
  range_not_satisfiable: { status: 416, message: 'The range begins after the end of the file.' },
  internal: { status: 500, message: 'The server could not read the file.' },
  file_not_read_yet: { status: 503, message: 'The file is being read for the first time; ask again in a moment.' },
  parts_not_here: { status: 503, message: 'The file is being fetched, and not all that is asked for is here yet.' },
  nothing_shown: { status: 503, message: 'Nothing of the channel came yet; ask again in a moment.' },
  path_not_readable: { status: 503, message: 'The folder cannot be read now.' },
} as const;

export type DataErrorCode = keyof typeof dataErrors;
