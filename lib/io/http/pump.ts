import type { ServerResponse } from 'node:http';
import { VideoError } from '../../base/errors.ts';
import type { ByteRange } from '../../domain/manifest.ts';
import type { ServingPace } from '../../domain/serving-pace.ts';
import type { ServedFile } from '../../domain/served-files.ts';
import type { BufferPool } from '../files/buffer-pool.ts';

/** A buffer of the pool and the front of it that holds bytes of the file. */
interface Chunk {
  readonly buffer: Uint8Array;
  readonly bytes: Uint8Array;
}

/**
 * Sends a range of a file as the body of `response`, and tells through `onSent` how many bytes the system took.
 *
 * Two buffers work in turn: the next read runs while the last one is being written. With a pace, bytes wait for their turn,
 * slice by slice. Resolves to true after the last
 * byte, to false when the client went away first. What it took from the pool is back when it settles.
 *
 * @throws VideoError `file_changed`, or the disk's error; the body is then shorter than promised and the connection
 * must be destroyed, never padded.
 */
export async function pump(
  file: ServedFile,
  { start, end }: ByteRange,
  response: ServerResponse,
  pool: BufferPool,
  onSent: (bytes: number) => void,
  pace?: ServingPace,
): Promise<boolean> {
  const write = pace ? pacedWriter(response, pace) : createWriter(response);
  let ahead: Promise<Chunk> | undefined;
  try {
    for (let position = start; position < end; ) {
      const { buffer, bytes } = await (ahead ?? read(await pool.take(), position));
      position += bytes.byteLength;
      ahead = position < end ? readAhead(position) : undefined;
      const isTaken = await write(bytes);
      pool.give(buffer);
      if (!isTaken) return false;
      onSent(bytes.byteLength);
    }
    return true;
  } finally {
    const unused = await ahead?.catch(() => undefined);
    if (unused) pool.give(unused.buffer);
  }

  function readAhead(position: number): Promise<Chunk> | undefined {
    const buffer = pool.takeExtra();
    const chunk = buffer && read(buffer, position);
    // Its failure is seen when its turn comes; until then it is not unhandled.
    chunk?.catch(() => undefined);
    return chunk;
  }

  async function read(buffer: Uint8Array, position: number): Promise<Chunk> {
    try {
      const bytes = buffer.subarray(0, Math.min(buffer.byteLength, end - position));
      const bytesRead = await file.read(bytes, position);
      if (bytesRead !== bytes.byteLength) throw new VideoError('file_changed', { name: file.manifest.name });
      return { buffer, bytes };
    } catch (error) {
      pool.give(buffer);
      throw error;
    }
  }
}

/** As `createWriter`, no faster than the pace. */
function pacedWriter(response: ServerResponse, pace: ServingPace): (bytes: Uint8Array) => Promise<boolean> {
  const write = createWriter(response);
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  return async bytes => {
    for (let at = 0; at < bytes.byteLength; at += pace.sliceBytes) {
      const slice = bytes.subarray(at, at + pace.sliceBytes);
      const isTurn = await pace.wait(slice.byteLength, gone).then(
        () => true,
        () => false,
      );
      if (!isTurn || !(await write(slice))) return false;
    }
    return true;
  };
}

/**
 * Writes that resolve to true when the system took the bytes, and to false when the connection is gone. In both cases
 * nobody reads from the buffer any more: a response closes after its socket let go of what it was writing.
 */
export function createWriter(response: ServerResponse): (bytes: Uint8Array) => Promise<boolean> {
  let onClose: () => void = () => undefined;
  response.once('close', () => onClose());
  return bytes =>
    new Promise(resolve => {
      if (response.destroyed) {
        resolve(false);
        return;
      }
      onClose = () => resolve(false);
      response.write(bytes, error => {
        // A failed write is answered by the close that follows it.
        if (!error) resolve(true);
      });
    });
}
