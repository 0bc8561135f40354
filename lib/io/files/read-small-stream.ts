import type { Readable } from 'node:stream';
import { VideoError } from '../../base/errors.ts';

/**
 * The text of a stream until its end; `path` is what people call it.
 *
 * @throws VideoError `path_not_readable`, also when more than `maxBytes` come; or the signal's reason
 */
export async function readSmallStream(
  stream: Readable,
  { path, maxBytes, signal }: { readonly path: string; readonly maxBytes: number; readonly signal: AbortSignal },
): Promise<string> {
  signal.throwIfAborted();
  const onAbort = () => stream.destroy();
  signal.addEventListener('abort', onAbort, { once: true });
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw new Error(`larger than ${maxBytes} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    signal.throwIfAborted();
    throw new VideoError('path_not_readable', { path }, { cause: error });
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
  signal.throwIfAborted();
  return Buffer.concat(chunks).toString('utf8');
}
