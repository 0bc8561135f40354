import { parentPort, workerData } from 'node:worker_threads';
import { systemCodeOf } from '../../base/errors.ts';
import type { MemoryNotice, WriteNews, WriteOrder } from './part-writer-messages.ts';
import { writeFully } from './write-fully.ts';

/** The writing thread of one open file, whose descriptor is its data. */

const fd = workerData as number;

const memories = new Map<number, SharedArrayBuffer>();

parentPort!.on('message', (message: MemoryNotice | WriteOrder) => {
  if (message.type === 'memory') {
    memories.set(message.memory, message.buffer);
    return;
  }
  const { id, bytes, position } = message;
  parentPort!.postMessage({ id, ...failureOf(() => writeFully(fd, bytesOf(bytes), position)) } satisfies WriteNews);
});

function bytesOf(bytes: WriteOrder['bytes']): Uint8Array {
  return bytes instanceof Uint8Array ? bytes : new Uint8Array(memories.get(bytes.memory)!, bytes.byteOffset, bytes.byteLength);
}

function failureOf(work: () => void): Pick<WriteNews, 'error'> {
  try {
    work();
    return {};
  } catch (error) {
    const code = systemCodeOf(error);
    return { error: { message: (error as Error).message, ...(code !== undefined && { code }) } };
  }
}
