import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { limits } from '../../protocol/limits.ts';

/** The answers of one connection that have still to be given. */
interface Queue {
  last: ServerResponse;
  length: number;
  /** Ends the waits for a turn that will not come. */
  readonly waiting: Set<() => void>;
}

/**
 * Requests that a client sent ahead of their answers are answered one after another. Node hands them over at once and
 * keeps in memory what is written too early; and buffers that wait for an earlier answer could be those it needs.
 *
 * The promise resolves to true when it is the answer's turn, and to false when its connection is gone.
 */
export function createTurns(): (socket: Socket, response: ServerResponse) => Promise<boolean> {
  const queues = new WeakMap<Socket, Queue>();
  return async (socket, response) => {
    const queue = queues.get(socket) ?? openQueue(socket, response);
    queues.set(socket, queue);
    const previous = queue.last;
    queue.last = response;
    queue.length += 1;
    if (queue.length > limits.dataPipelinedRequests) socket.destroy();
    try {
      if (previous !== response && !previous.destroyed && !socket.destroyed) await endOf(previous, queue);
      return !socket.destroyed;
    } finally {
      queue.length -= 1;
    }
  };
}

function openQueue(socket: Socket, first: ServerResponse): Queue {
  const waiting: Queue['waiting'] = new Set();
  socket.once('close', () => waiting.forEach(end => end()));
  return { last: first, length: 0, waiting };
}

/** An answer whose turn did not come before its connection ended never had a socket, and never closes. */
function endOf(previous: ServerResponse, { waiting }: Queue): Promise<void> {
  return new Promise(resolve => {
    const end = () => {
      waiting.delete(end);
      resolve();
    };
    waiting.add(end);
    previous.once('close', end);
  });
}
