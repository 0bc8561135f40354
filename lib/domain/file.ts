import { VideoError } from '../base/errors.ts';

/** SHA-256 over the canonical manifest content, 64 lower-case hexadecimal digits: same bytes, same id. */
export type FileId = string;

/** Number of a secondary: any integer ≥ 1. */
export type NodeNumber = number;

export const FILE_NAME_MAX_BYTES = 255;
const FILE_ID = /^[0-9a-f]{64}$/;
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f\p{Cs}]/u;
/** UTF-8 takes no more of them for a unit of UTF-16. */
const UNIT_MAX_BYTES = 3;

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
  const reason = problemOf(name);
  if (reason !== undefined) throw new VideoError('invalid_name', { name, reason });
  return name;
}

export function isFileName(name: string): boolean {
  return problemOf(name) === undefined;
}

/** Without an error and without a copy of the name: peers bring thousands of them. */
function problemOf(name: string): VideoError<'invalid_name'>['facts']['reason'] | undefined {
  if (name === '') return 'empty';
  if (name === '.' || name === '..') return 'reserved';
  if (name.startsWith('.')) return 'hidden';
  if (name.includes('/')) return 'separator';
  if (CONTROL.test(name)) return 'control';
  if (name.length * UNIT_MAX_BYTES > FILE_NAME_MAX_BYTES && Buffer.byteLength(name) > FILE_NAME_MAX_BYTES) return 'too_long';
  return undefined;
}
