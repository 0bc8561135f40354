import { VideoError } from '../../base/errors.ts';
import type { MirrorFacts } from '../../domain/download/mirror.ts';
import { parseContentDisposition } from '../../protocol/content-disposition.ts';
import { parseDigests } from '../../protocol/digest-reader.ts';
import { describedBy, duplicatesIn, parseLinks } from '../../protocol/link-header.ts';
import { documentTypes } from '../../protocol/document-names.ts';
import { parseContentRange } from '../../protocol/range.ts';
import { encodingOf, validatorIn } from './mirror-answer.ts';
import { fieldOf, protocolError, type MirrorAnswer, type MirrorHeaders } from './mirror-request.ts';
import { refusal } from './refusal.ts';

/** Asks for one byte: all servers answer GET alike, and not all of them HEAD. */
export const PROBE_HEADERS = { range: 'bytes=0-0' } as const;

const METALINK_TYPES: ReadonlySet<string> = new Set([documentTypes.meta4, 'application/metalink+xml']);

/**
 * What the answer to a probe tells of the file.
 *
 * @throws VideoError `source_refused`, `source_protocol`
 */
export function factsOf(answer: MirrorAnswer, source: string, dateMs: number): MirrorFacts {
  const { status, headers, place, redirects } = answer;
  const range = parseContentRange(fieldOf(headers, 'content-range'));
  const isEmpty = status === 416 && range?.sizeBytes === 0;
  if (status >= 400 && !isEmpty) throw refusal(source, status, fieldOf(headers, 'retry-after'), dateMs);
  if (status !== 200 && status !== 206 && !isEmpty) throw protocolError(source, `status ${status}`);
  const encoding = encodingOf(headers);
  if (encoding !== undefined) throw protocolError(source, `encoding ${encoding}`);
  if (status === 206 && range?.range?.start !== 0) throw protocolError(source, 'range missing');

  // A redirect speaks of the file too (RFC 6249 §2), and who sends elsewhere knows the mirrors.
  const heads = [...redirects, { url: place.url, headers }];
  const links = heads.flatMap(head => parseLinks(valuesOf(head.headers, 'link'), head.url));
  const type = fieldOf(headers, 'content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
  return {
    finalUrl: place.url.href,
    sizeBytes: status === 200 ? lengthIn(headers) : range?.sizeBytes,
    acceptsRanges: status === 206,
    validator: validatorIn(headers),
    name: parseContentDisposition(fieldOf(headers, 'content-disposition')),
    checksums: heads.flatMap(head => parseDigests(fieldOf(head.headers, 'repr-digest'), fieldOf(head.headers, 'digest'))),
    duplicates: duplicatesIn(links),
    metalinkUrl: describedBy(links, documentTypes.meta4),
    isMetalink: METALINK_TYPES.has(type),
  };
}

/**
 * The text of a document, of at most `maxBytes`.
 *
 * @throws VideoError `source_refused`, `source_protocol`
 */
export async function textOf({ status, headers, body }: MirrorAnswer, source: string, maxBytes: number, dateMs: number): Promise<string> {
  if (status >= 400) throw refusal(source, status, fieldOf(headers, 'retry-after'), dateMs);
  if (status !== 200) throw protocolError(source, `status ${status} instead of 200`);
  const encoding = encodingOf(headers);
  if (encoding !== undefined) throw protocolError(source, `encoding ${encoding}`);
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new VideoError('invalid_metalink', { reason: `larger than ${maxBytes} bytes` });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function lengthIn(headers: MirrorHeaders): number | undefined {
  const length = Number(fieldOf(headers, 'content-length') ?? NaN);
  return Number.isSafeInteger(length) && length >= 0 ? length : undefined;
}

function valuesOf(headers: MirrorHeaders, name: string): readonly string[] {
  const value = headers[name] ?? [];
  return Array.isArray(value) ? value : [value];
}
