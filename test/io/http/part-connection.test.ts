import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import test from 'ava';
import { PartConnection } from '../../../lib/io/http/parts/part-connection.ts';
import { PieceSlots } from '../../../lib/io/http/parts/piece-slots.ts';
import { createGate } from '../../helpers/gate.ts';
import { randomBytes } from '../../helpers/random-bytes.ts';

const fileId = 'a'.repeat(64);
const bytes = randomBytes(3000, 1);
const partSizeBytes = 1024;

const answer = (start: number, end: number) =>
  Buffer.concat([
    Buffer.from(
      `HTTP/1.1 206 Partial Content\r\nContent-Range: bytes ${start}-${end - 1}/${bytes.length}\r\n` +
        `ETag: "${fileId}"\r\nContent-Length: ${end - start}\r\n\r\n`,
    ),
    bytes.subarray(start, end),
  ]);

for (const cut of [1, 40, answer(0, 1024).length - 1024 - 1]) {
  test(`an answer whose head was cut after ${cut} bytes by a wait for memory is understood`, async t => {
    const resumed = createGate();
    const server = createServer(socket => {
      socket.on('error', () => undefined);
      socket.once('data', () => {
        const next = answer(0, 1024);
        socket.write(Buffer.concat([answer(2048, 3000), next.subarray(0, cut)]));
        void resumed.opened.then(() => socket.write(next.subarray(cut)));
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const slots = new PieceSlots(1, 512);
    const file = { fileId, sizeBytes: bytes.length, partSizeBytes };
    const connection = new PartConnection({ sourceId: 'node', host: '127.0.0.1', port, userAgent: 'test', ...file }, slots);
    t.teardown(() => {
      connection.close();
      server.close();
    });

    const received = new Map<number, Buffer>();
    const read = (part: number, onBytes: (count: number) => void = () => undefined) =>
      new Promise<void>((resolve, reject) => {
        connection.read({
          run: { first: part, count: 1 },
          onBytes,
          onPiece: ({ offset, slot, byteLength }) => {
            received.set(part * partSizeBytes + offset, Buffer.from(slot.bytes.subarray(0, byteLength)));
            slots.release(slot.index);
          },
          onEnd: error => (error ? reject(error) : resolve()),
        });
      });
    // Nothing is free when the answer comes: it is told by news of no bytes, and then memory is given back.
    const taken = takeAll(slots);
    const jobs = [
      read(2, count => {
        if (count > 0) return;
        for (const index of taken.splice(0)) slots.release(index);
        resumed.open();
      }),
      read(0),
    ];
    await Promise.all(jobs);
    for (const [start, piece] of received) t.true(piece.equals(bytes.subarray(start, start + piece.length)), `at ${start}`);
    t.deepEqual([...received.keys()], [2048, 2560, 0, 512]);
  });
}

function takeAll(slots: PieceSlots): number[] {
  const taken: number[] = [];
  for (let slot = slots.take(); slot; slot = slots.take()) taken.push(slot.index);
  return taken;
}
