import type { ByteRange } from '../domain/manifest.ts';

/**
 * Ranges of bytes as HTTP says them (RFC 9110 §14). On the wire both ends are included; inside they are half-open.
 */
export type RequestedRange =
  | { readonly kind: 'whole' }
  | { readonly kind: 'part'; readonly range: ByteRange }
  | { readonly kind: 'unsatisfiable' };

const UNIT = /^bytes=(.*)$/is;
const INT_RANGE = /^(\d+)-(\d*)$/;
const SUFFIX_RANGE = /^-(\d+)$/;
const CONTENT_RANGE = /^bytes (?:(\d+)-(\d+)\/(\d+|\*)|\*\/(\d+))$/i;
const WHOLE = { kind: 'whole' } as const;
const UNSATISFIABLE = { kind: 'unsatisfiable' } as const;

/**
 * What a `Range` header asks of a file of `sizeBytes`.
 *
 * A header that is malformed, of another unit, or that asks for several ranges is answered with the whole file, as
 * §14.2 allows. An end beyond the file is its end.
 */
export function resolveRange(header: string | undefined, sizeBytes: number): RequestedRange {
  const spec = UNIT.exec(header ?? '')?.[1]?.trim();
  if (spec === undefined) return WHOLE;

  const suffix = SUFFIX_RANGE.exec(spec);
  if (suffix) return resolveSuffix(Number(suffix[1]), sizeBytes);

  const bounds = INT_RANGE.exec(spec);
  if (!bounds) return WHOLE;
  const first = Number(bounds[1]);
  const last = bounds[2] ? Number(bounds[2]) : Infinity;
  if (last < first) return WHOLE;
  if (first >= sizeBytes) return UNSATISFIABLE;
  return { kind: 'part', range: { start: first, end: Math.min(last + 1, sizeBytes) } };
}

/** A suffix of an empty file is satisfiable, but no Content-Range could say it: it is the whole. */
function resolveSuffix(length: number, sizeBytes: number): RequestedRange {
  if (length === 0) return UNSATISFIABLE;
  if (sizeBytes === 0) return WHOLE;
  return { kind: 'part', range: { start: Math.max(0, sizeBytes - length), end: sizeBytes } };
}

/** `bytes=0-99` for a range that is not empty. */
export function formatRange({ start, end }: ByteRange): string {
  return `bytes=${start}-${end - 1}`;
}

/** `bytes 0-99/1000`; without a range, the form of a 416, where an asterisk stands for it. */
export function formatContentRange(range: ByteRange | undefined, sizeBytes: number): string {
  return `bytes ${range ? `${range.start}-${range.end - 1}` : '*'}/${sizeBytes}`;
}

export interface ContentRange {
  /** Undefined in a 416. */
  readonly range: ByteRange | undefined;
  /** Undefined when the server does not know it (`/*`). */
  readonly sizeBytes: number | undefined;
}

/** Reads a `Content-Range` header; undefined when it is malformed or contradicts itself. */
export function parseContentRange(header: string | undefined): ContentRange | undefined {
  const match = CONTENT_RANGE.exec(header ?? '');
  if (!match) return undefined;
  const [, first, last, size, unsatisfiedSize] = match;
  if (unsatisfiedSize !== undefined) {
    const sizeBytes = Number(unsatisfiedSize);
    return Number.isSafeInteger(sizeBytes) ? { range: undefined, sizeBytes } : undefined;
  }
  const range = { start: Number(first), end: Number(last) + 1 };
  const sizeBytes = size === '*' ? undefined : Number(size);
  if (!Number.isSafeInteger(range.end) || range.start >= range.end) return undefined;
  if (sizeBytes !== undefined && (!Number.isSafeInteger(sizeBytes) || range.end > sizeBytes)) return undefined;
  return { range, sizeBytes };
}
