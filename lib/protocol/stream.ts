import { VideoError } from '../base/errors.ts';
import { isFileId, type FileId } from '../domain/file.ts';
import { formatContentDisposition } from './content-disposition.ts';
import type { Headers } from './data.ts';

export const STREAM_PATH = '/stream';
/** What `formato` may be. */
export const STREAM_FORMATS = ['mp4'] as const;
/** More than a day of film. */
const SECONDS = /^\d{1,6}(?:\.\d{1,6})?$/;

/** What is asked of `/stream`: the file as it is, or put into MP4 from some second on. */
export interface StreamWish {
  readonly id: FileId;
  readonly remux: { readonly fromS: number } | undefined;
}

/** @throws VideoError `invalid_request` */
export function parseStreamQuery(query: URLSearchParams): StreamWish {
  const [id, formato, desde] = ['id', 'formato', 'desde'].map(name => onlyOne(query, name));
  if (id === undefined || !isFileId(id)) throw invalid('id: the id of a file is needed');
  if (formato === undefined && desde === undefined) return { id, remux: undefined };
  if (!STREAM_FORMATS.some(known => known === formato)) throw invalid(`formato: ${STREAM_FORMATS.join(', ')}`);
  if (desde !== undefined && !SECONDS.test(desde)) throw invalid('desde: seconds');
  return { id, remux: { fromS: Number(desde ?? 0) } };
}

/** Of a film that is put into MP4 while it is sent: nobody knows its size, and it is made anew for each who asks. */
export function remuxHeaders(name: string, contentType: string): Headers {
  return {
    'Content-Type': contentType,
    'Accept-Ranges': 'none',
    'Cache-Control': 'no-store',
    'Content-Disposition': formatContentDisposition(`${name.replace(/\.\w{1,5}$/, '')}.mp4`, 'inline'),
    'X-Content-Type-Options': 'nosniff',
  };
}

function onlyOne(query: URLSearchParams, name: string): string | undefined {
  const values = query.getAll(name);
  if (values.length > 1) throw invalid(`${name}: given more than once`);
  return values[0];
}

function invalid(reason: string): VideoError {
  return new VideoError('invalid_request', { reason });
}
