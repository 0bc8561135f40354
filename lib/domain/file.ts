import { VideoError } from '../base/errors.ts';

/** SHA-256 over the canonical manifest content, 64 lower-case hexadecimal digits: same bytes, same id. */
export type FileId = string;

/** Number of a secondary: any integer ≥ 1. */
export type NodeNumber = number;

export const FILE_NAME_MAX_BYTES = 255;
const FILE_ID = /^[0-9a-f]{64}$/;
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f]/;

export function isFileId(value: string): value is FileId {
  return FILE_ID.test(value);
}

/**
 * A name as it stands in the catalogue: one path component of 1 to 255 bytes of UTF-8, not hidden, without control
 * characters. Everything else (spaces, accents, emoji) is a name like any other.
 *
 * @throws VideoError `invalid_name`
 */
export function parseFileName(name: string): string {
  const refuse = (reason: VideoError<'invalid_name'>['facts']['reason']) => new VideoError('invalid_name', { name, reason });
  if (name === '') throw refuse('empty');
  if (name === '.' || name === '..') throw refuse('reserved');
  if (name.startsWith('.')) throw refuse('hidden');
  if (name.includes('/')) throw refuse('separator');
  if (CONTROL.test(name) || Buffer.from(name).toString() !== name) throw refuse('control');
  if (Buffer.byteLength(name) > FILE_NAME_MAX_BYTES) throw refuse('too_long');
  return name;
}

export function isFileName(name: string): boolean {
  try {
    parseFileName(name);
    return true;
  } catch {
    return false;
  }
}
