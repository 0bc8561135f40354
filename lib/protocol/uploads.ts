import { createHash } from 'node:crypto';
import { VideoError } from '../base/errors.ts';
import { isFileId, parseFileName, type FileId, type NodeNumber } from '../domain/file.ts';

/** Where a secondary takes files: tus 1.0.0 (https://tus.io/protocols/resumable-upload), each upload at `/uploads/{uploadId}`. */
export const UPLOADS_PATH = '/uploads';

/** A token for an upload is bound to its id and to this method, and is good for all that tus asks of it. */
export const UPLOAD_METHOD = 'PATCH';

/** What `Upload-Metadata` says of a file that is to come. */
export interface UploadMetadata {
  /** Key `upload`: what the central calls the upload. Undefined for who did not ask it. */
  readonly uploadId: string | undefined;
  /** Key `filename`. */
  readonly name: string;
  /** Key `id`: what the bytes have to turn out to be. Undefined when the sender does not know. */
  readonly fileId: FileId | undefined;
  /** Key `replaces`: the content that has the name now, and makes room for this one when it is whole. */
  readonly replaces?: FileId | undefined;
}

/** @throws VideoError `invalid_name`, `invalid_request` */
export function parseUploadMetadata(metadata: Readonly<Record<string, string | null>>): UploadMetadata {
  const { filename, id, upload, replaces } = metadata;
  for (const hex of [id, upload, replaces]) if (typeof hex === 'string' && !isFileId(hex)) throw new VideoError('invalid_request', { reason: 'Upload-Metadata' });
  return { name: parseFileName(filename ?? ''), fileId: id ?? undefined, uploadId: upload ?? undefined, replaces: replaces ?? undefined };
}

export function formatUploadMetadata({ name, fileId, uploadId, replaces }: UploadMetadata): Record<string, string> {
  return { filename: name, ...(fileId !== undefined && { id: fileId }), ...(uploadId !== undefined && { upload: uploadId }), ...(replaces !== undefined && { replaces }) };
}

/** An `Upload-Metadata` field: pairs of a key and base64 (tus 1.0.0, Creation). */
export function encodeUploadMetadata(metadata: Readonly<Record<string, string>>): string {
  return Object.entries(metadata).map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`).join(',');
}

/** The pairs of an `Upload-Metadata` field; of a key that stands there twice the last. */
export function decodeUploadMetadata(field: string): Readonly<Record<string, string>> {
  return Object.fromEntries(pairsOf(field).map(([key = '', value = '']) => [key, Buffer.from(value, 'base64').toString()]));
}

function pairsOf(field: string): readonly (readonly string[])[] {
  return field.split(',').map(pair => pair.trim().split(' '));
}

/**
 * Which upload a request is about: as its path says, or, when it begins one, its `Upload-Metadata`. Undefined when that says
 * nothing, or several things.
 */
export function uploadIdAsked(path: string, metadata = ''): string | undefined {
  const inPath = path.slice(UPLOADS_PATH.length + 1);
  if (inPath !== '') return inPath;
  const values = pairsOf(metadata).filter(([key]) => key === 'upload');
  return values.length === 1 ? Buffer.from(values[0]![1] ?? '', 'base64').toString() : undefined;
}

/** What an upload is called whose content is known: whoever sends it again finds it, and goes on. */
export function uploadIdOf({ name, fileId }: { readonly name: string; readonly fileId: FileId }): string {
  return createHash('sha256').update(`${fileId}\n${name}`).digest('hex');
}

/** Where the central takes files for a secondary, from who can reach only the central: tus as at a node. */
export const RELAYED_UPLOADS_PATH = '/subidas';

const RELAYED_PATH = /^\/subidas\/(\d{1,9})\/([0-9a-f]{64})$/;

/** The node stands in it, so that a central that restarted, or another one, finds it again. */
export function relayedUploadPath(node: NodeNumber, uploadId: string): string {
  return `${RELAYED_UPLOADS_PATH}/${node}/${uploadId}`;
}

export function parseRelayedUploadPath(path: string): { readonly node: NodeNumber; readonly uploadId: string } | undefined {
  const [, node, uploadId] = RELAYED_PATH.exec(path) ?? [];
  return node === undefined || uploadId === undefined ? undefined : { node: Number(node), uploadId };
}

export function isRelayedUpload(path: string): boolean {
  return path === RELAYED_UPLOADS_PATH || RELAYED_PATH.test(path);
}

export function uploadPath(uploadId: string): string {
  return `${UPLOADS_PATH}/${uploadId}`;
}

export function isUploadPath(path: string): boolean {
  return path === UPLOADS_PATH || path.startsWith(`${UPLOADS_PATH}/`);
}
