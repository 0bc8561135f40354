import { createHash } from 'node:crypto';
import { VideoError } from '../base/errors.ts';
import { isFileId, parseFileName, type FileId } from '../domain/file.ts';

/** Where a secondary takes files: tus 1.0.0 (https://tus.io/protocols/resumable-upload), each upload at `/uploads/{uploadId}`. */
export const UPLOADS_PATH = '/uploads';

/** What `Upload-Metadata` says of a file that is to come. */
export interface UploadMetadata {
  /** Key `filename`. */
  readonly name: string;
  /** Key `id`: what the bytes have to turn out to be. Undefined when the sender does not know. */
  readonly fileId: FileId | undefined;
}

/** @throws VideoError `invalid_name`, `invalid_request` */
export function parseUploadMetadata(metadata: Readonly<Record<string, string | null>>): UploadMetadata {
  const { filename, id } = metadata;
  if (typeof id === 'string' && !isFileId(id)) throw new VideoError('invalid_request', { reason: 'Upload-Metadata id' });
  return { name: parseFileName(filename ?? ''), fileId: id ?? undefined };
}

export function formatUploadMetadata({ name, fileId }: UploadMetadata): Record<string, string> {
  return { filename: name, ...(fileId !== undefined && { id: fileId }) };
}

/** What an upload is called whose content is known: whoever sends it again finds it, and goes on. */
export function uploadIdOf({ name, fileId }: { readonly name: string; readonly fileId: FileId }): string {
  return createHash('sha256').update(`${fileId}\n${name}`).digest('hex');
}

export function uploadPath(uploadId: string): string {
  return `${UPLOADS_PATH}/${uploadId}`;
}

export function isUploadPath(path: string): boolean {
  return path === UPLOADS_PATH || path.startsWith(`${UPLOADS_PATH}/`);
}
