import { parentPort, workerData } from 'node:worker_threads';
import type { LaneNews, LaneOrder, LaneThreadData } from './lane-messages.ts';
import { PartConnection } from './part-connection.ts';
import { PieceSlots } from './piece-slots.ts';

/** The lane's thread: owns its sockets and its memory; only numbers and digests cross to the main thread. */

const BYTES_NEWS_EVERY_MS = 20;

const { slotCount, slotSizeBytes } = workerData as LaneThreadData;
const slots = new PieceSlots(slotCount, slotSizeBytes);
const connections = new Map<number, PartConnection>();
const cancels = new Map<number, () => void>();
const tell = (news: LaneNews) => parentPort!.postMessage(news);

parentPort!.on('message', (order: LaneOrder) => {
  switch (order.type) {
    case 'connect':
      connections.set(order.connection, new PartConnection(order.endpoint, slots));
      return;
    case 'token':
      connections.get(order.connection)?.useToken(order.token);
      return;
    case 'close':
      connections.get(order.connection)?.close();
      connections.delete(order.connection);
      return;
    case 'read':
      read(order);
      return;
    case 'cancel':
      cancels.get(order.job)?.();
      cancels.delete(order.job);
      return;
    case 'release':
      slots.release(order.slot);
      return;
    default:
      order satisfies never;
  }
});
tell({ type: 'ready', memory: slots.memory });

function read({ connection, job, run }: Extract<LaneOrder, { type: 'read' }>): void {
  let untold = 0;
  let toldAtMs = 0;
  const cancel = connections.get(connection)?.read({
    run,
    onBytes(count) {
      untold += count;
      const nowMs = performance.now();
      if (nowMs - toldAtMs < BYTES_NEWS_EVERY_MS) return;
      tell({ type: 'bytes', job, count: untold });
      untold = 0;
      toldAtMs = nowMs;
    },
    onPiece({ part, offset, slot, byteLength, completes }) {
      tell({ type: 'piece', job, part, offset, slot: slot.index, byteLength, completes, count: untold });
      untold = 0;
      toldAtMs = performance.now();
    },
    onEnd(error) {
      cancels.delete(job);
      tell({ type: 'end', job, ...(error && { error: { code: error.code, facts: error.facts } }) });
    },
  });
  if (cancel) cancels.set(job, cancel);
}
