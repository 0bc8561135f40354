import { createServer, type Socket } from 'node:net';
import { parseLegacyAnswer, type LegacyAnswer } from '../../protocol/legacy.ts';
import { limits } from '../../protocol/limits.ts';
import { listen, type ListenAddress } from '../http/listen.ts';
import { remoteIpOf } from './socket-ips.ts';

export interface ReceiverOptions {
  /** Whether it is the server that calls. */
  readonly isBelieved: (ip: string) => boolean;
  readonly onAnswer: (answer: LegacyAnswer) => void;
  readonly onBlock: (bytes: Uint8Array) => void;
}

/** What came, or is coming, by one connection; `bytes` is undefined until its end, and `none` when there is no block in it. */
interface Arrival {
  bytes: Uint8Array | 'none' | undefined;
}

/**
 * Where the server of the old protocol calls back: answers, told at once, and blocks, in the order in which their connections came. A
 * connection that is reset, falls silent, or brings more than a block may have is none.
 *
 * @throws VideoError `port_in_use`, `address_unavailable`, `listen_denied`
 */
export async function startLegacyReceiver(
  place: ListenAddress,
  { isBelieved, onAnswer, onBlock }: ReceiverOptions,
): Promise<{ readonly address: string; readonly port: number } & AsyncDisposable> {
  const connections = new Set<Socket>();
  const arrivals: Arrival[] = [];
  let isClosed = false;

  const server = createServer({ allowHalfOpen: true }, socket => {
    socket.on('error', () => undefined);
    if (!isBelieved(remoteIpOf(socket)) || connections.size >= limits.legacyBlocksAtOnce) {
      socket.resetAndDestroy();
      return;
    }
    connections.add(socket);
    const arrival: Arrival = { bytes: undefined };
    arrivals.push(arrival);
    socket.once('close', () => {
      connections.delete(socket);
      arrival.bytes ??= 'none';
      giveWhole();
    });
    collect(socket, bytes => {
      const answer = parseLegacyAnswer(bytes);
      arrival.bytes = answer || bytes.byteLength === 0 ? 'none' : bytes;
      if (answer && !isClosed) onAnswer(answer);
      giveWhole();
    });
  });
  const { address, port } = await listen(server, place);

  return {
    address,
    port,
    async [Symbol.asyncDispose]() {
      isClosed = true;
      const closed = new Promise(resolve => server.close(resolve));
      for (const socket of connections) socket.destroy();
      await closed;
    },
  };

  function giveWhole(): void {
    for (let first = arrivals[0]; first?.bytes !== undefined; first = arrivals[0]) {
      arrivals.shift();
      if (first.bytes !== 'none' && !isClosed) onBlock(first.bytes);
    }
  }
}

/** Gives all that came when the other side ended it properly. */
function collect(socket: Socket, onEnd: (bytes: Uint8Array) => void): void {
  const chunks: Buffer[] = [];
  let arrivedBytes = 0;
  const giveUp = () => socket.resetAndDestroy();
  socket.setTimeout(limits.legacyBlockIdleMs, giveUp);
  const timer = setTimeout(giveUp, limits.legacyBlockMaxMs);
  socket.once('close', () => clearTimeout(timer));
  socket.on('data', chunk => {
    arrivedBytes += chunk.byteLength;
    chunks.push(chunk);
    if (arrivedBytes <= limits.liveBlockMaxBytes) return;
    chunks.length = 0;
    giveUp();
  });
  socket.once('end', () => {
    // A reset that found bytes unread looks like an end to Node (libuv takes the POLLHUP for one); writing nothing tells them apart.
    socket.write(Buffer.alloc(0), error => {
      if (error || socket.destroyed) return;
      socket.end();
      onEnd(Buffer.concat(chunks));
    });
  });
}
