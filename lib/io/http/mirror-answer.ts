import { VideoError } from '../../base/errors.ts';
import { changeBetween, type Validator } from '../../domain/download/mirror.ts';
import type { ByteRange } from '../../domain/manifest.ts';
import { parseContentRange } from '../../protocol/range.ts';
import { fieldOf, protocolError, type MirrorAnswer, type MirrorHeaders } from './mirror-request.ts';
import { refusal } from './refusal.ts';

/** What an answer has to be for its bytes to be used. */
export interface ExpectedAnswer {
  readonly source: string;
  readonly sizeBytes: number;
  /** Undefined for the whole file. */
  readonly range: ByteRange | undefined;
  /** Undefined before the first answer of this mirror. */
  readonly validator: Validator | undefined;
  /** Milliseconds since 1970, for `Retry-After`. */
  readonly dateMs: number;
}

export function validatorIn(headers: MirrorHeaders): Validator {
  return { etag: fieldOf(headers, 'etag'), lastModified: fieldOf(headers, 'last-modified') };
}

/** Why the answer is no use; undefined when it is exactly what was asked for. Two versions are never joined. */
export function problemWith({ status, headers }: Pick<MirrorAnswer, 'status' | 'headers'>, expected: ExpectedAnswer): VideoError | undefined {
  const { source, sizeBytes, range, validator } = expected;
  if (status >= 400) return refusal(source, status, fieldOf(headers, 'retry-after'), expected.dateMs);
  const change = validator && (status === 200 || status === 206) ? changeBetween(validator, validatorIn(headers)) : undefined;
  if (change !== undefined) return protocolError(source, `the file changed: ${change}`);
  if (status !== (range ? 206 : 200)) return protocolError(source, `status ${status} instead of ${range ? 206 : 200}`);
  const encoding = encodingOf(headers);
  if (encoding !== undefined) return protocolError(source, `encoding ${encoding}`);
  const length = fieldOf(headers, 'content-length');
  if (!range) return length === undefined || Number(length) === sizeBytes ? undefined : protocolError(source, `${length} bytes instead of ${sizeBytes}`);

  const contentRange = fieldOf(headers, 'content-range');
  const sent = parseContentRange(contentRange);
  if (sent?.sizeBytes !== undefined && sent.sizeBytes !== sizeBytes) {
    return protocolError(source, `the file changed: ${sent.sizeBytes} bytes instead of ${sizeBytes}`);
  }
  const isRangeRight = sent?.sizeBytes === sizeBytes && sent.range?.start === range.start && sent.range.end === range.end;
  if (!isRangeRight) return protocolError(source, `range ${contentRange ?? 'missing'}`);
  const isLengthRight = length === undefined || Number(length) === range.end - range.start;
  return isLengthRight ? undefined : protocolError(source, `length ${length}`);
}

/** A content coding that is not `identity`: its bytes are not those of the file. */
export function encodingOf(headers: MirrorHeaders): string | undefined {
  const encoding = fieldOf(headers, 'content-encoding')?.trim().toLowerCase();
  return encoding === undefined || encoding === '' || encoding === 'identity' ? undefined : encoding;
}
