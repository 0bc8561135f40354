import type { FileHandle } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import type { MemoryNotice, WriteNews, WriteOrder } from './part-writer-messages.ts';

/**
 * Writes to one open file, one write at a time and in the order of the calls: two threads that write one inode spin on
 * its lock in the kernel.
 */
export interface PartWriter extends AsyncDisposable {
  /** Rejects as `FileHandle.write` does. `bytes` belong to the caller again when it settles. */
  write(bytes: Uint8Array, position: number): Promise<void>;
}

/** Writes on the thread pool: right for small files, where starting a thread would cost more. */
export function pooledWriter(file: FileHandle): PartWriter {
  let last: Promise<unknown> = Promise.resolve();
  const writeNow = async (bytes: Uint8Array, position: number) => {
    for (let done = 0; done < bytes.byteLength; ) {
      const { bytesWritten } = await file.write(bytes, done, bytes.byteLength - done, position + done);
      done += bytesWritten;
    }
  };
  return {
    write(bytes, position) {
      const writing = last.then(() => writeNow(bytes, position));
      last = writing.catch(() => undefined);
      return writing;
    },
    async [Symbol.asyncDispose]() {
      await last;
    },
  };
}

/**
 * Writes in a thread of its own, which neither the receiving of bytes nor a person at the console waits for when the
 * disk is slow. Bytes in shared memory cross without a copy.
 */
export function threadWriter(file: FileHandle): PartWriter {
  const worker = new Worker(new URL('part-writer-thread.js', import.meta.url), {
    workerData: file.fd,
    // It allocates next to nothing.
    resourceLimits: { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 32 },
  });
  const waiting = new Map<number, { readonly resolve: () => void; readonly reject: (error: Error) => void }>();
  const memories = new Map<SharedArrayBuffer, number>();
  let lastId = 0;
  let last: Promise<unknown> = Promise.resolve();

  const tell = (message: MemoryNotice | WriteOrder) => worker.postMessage(message);
  const numberOf = (buffer: SharedArrayBuffer) => {
    const known = memories.get(buffer);
    if (known !== undefined) return known;
    const memory = memories.size;
    memories.set(buffer, memory);
    tell({ type: 'memory', memory, buffer });
    return memory;
  };

  const crossing = (bytes: Uint8Array): WriteOrder['bytes'] => {
    const { buffer, byteOffset, byteLength } = bytes;
    return buffer instanceof SharedArrayBuffer ? { memory: numberOf(buffer), byteOffset, byteLength } : bytes;
  };

  worker.on('message', ({ id, error }: WriteNews) => {
    const { resolve, reject } = waiting.get(id)!;
    waiting.delete(id);
    if (error) reject(Object.assign(new Error(error.message), { code: error.code }));
    else resolve();
  });
  worker.on('error', error => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  });

  return {
    write(bytes, position) {
      const writing = new Promise<void>((resolve, reject) => {
        const id = ++lastId;
        waiting.set(id, { resolve, reject });
        tell({ type: 'write', id, bytes: crossing(bytes), position });
      });
      last = writing.catch(() => undefined);
      return writing;
    },
    async [Symbol.asyncDispose]() {
      await last;
      await worker.terminate();
    },
  };
}
