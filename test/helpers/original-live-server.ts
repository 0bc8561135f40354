import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface OriginalServerOptions {
  readonly ip: string;
  readonly port?: number;
  readonly clientPort: number;
  /** The blocks of each channel, which are sent over and over. */
  readonly channels: readonly (readonly Buffer[])[];
  readonly maxClients?: number;
  /** Between the blocks of a channel; `false`: a block is sent when the test says so. */
  readonly paceMs?: number | false;
}

export interface OriginalServer extends AsyncDisposable {
  readonly port: number;
  /** The bytes of each connection that came. */
  readonly requests: readonly { readonly from: string; readonly text: string }[];
  /** What was sent by each connection of its own, `isTaken` when nothing failed. */
  readonly connections: readonly { readonly to: string; readonly bytes: Buffer; readonly isTaken: boolean }[];
  clientsOf(channel: number): readonly string[];
  /** Sends the next block of a channel to its clients, one after another; the number of the block. */
  sendNext(channel: number): Promise<number>;
  /** As when it was started again. */
  forgetAll(): void;
}

interface Client {
  readonly ip: string;
  failures: number;
}

const PATIENCE_MS = 10_000;

/**
 * A server of live channels as its first authors may have written it, from the text of the protocol alone; it shares nothing with ours,
 * so that a mistake of ours does not cancel itself out.
 */
export async function startOriginalServer({ ip, port = 0, clientPort, channels, maxClients = 1, paceMs = 1800 }: OriginalServerOptions): Promise<OriginalServer> {
  const requests: { from: string; text: string }[] = [];
  const connections: { to: string; bytes: Buffer; isTaken: boolean }[] = [];
  const clients: Client[][] = channels.map(() => []);
  const nextBlocks = channels.map(() => 0);
  const sockets = new Set<Socket>();
  const stopping = new AbortController();

  const server = createServer(socket => {
    const from = socket.remoteAddress!;
    const request = { from, text: '' };
    requests.push(request);
    keep(socket);
    socket.on('data', chunk => {
      const isFirst = request.text.length < 3;
      request.text += chunk.toString('latin1');
      if (isFirst && request.text.length >= 3) void serve(socket, from, request.text);
    });
  });
  server.listen({ host: ip, port });
  await once(server, 'listening');
  const running = paceMs === false ? [] : channels.map((_blocks, channel) => broadcast(channel, paceMs));

  return {
    port: (server.address() as AddressInfo).port,
    requests,
    connections,
    clientsOf: channel => clients[channel]!.map(client => client.ip),
    sendNext,
    forgetAll() {
      for (const list of clients) list.length = 0;
    },
    async [Symbol.asyncDispose]() {
      stopping.abort();
      server.close();
      for (const socket of sockets) socket.destroy();
      await Promise.all(running);
    },
  };

  async function serve(socket: Socket, from: string, text: string): Promise<void> {
    const list = clients[Number(text[2])];
    const code = text.slice(0, 2);
    if (code === '10') {
      const isKnown = list?.some(client => client.ip === from);
      const isTaken = list !== undefined && (isKnown || list.length < maxClients);
      await deliver(from, Buffer.from(isTaken ? '10' : '00'));
      if (isTaken && !isKnown) list.push({ ip: from, failures: 0 });
    }
    if (code === '11') socket.write(`[${(list ?? []).map(client => `'${client.ip}'`).join(', ')}]`);
    if (code === '12' && list) list.splice(0, list.length, ...list.filter(client => client.ip !== from));
    if (code === '13') socket.write(`${list?.length ?? 0}`);
    socket.end();
  }

  async function broadcast(channel: number, everyMs: number): Promise<void> {
    while (!stopping.signal.aborted) {
      await sendNext(channel);
      await sleep(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  async function sendNext(channel: number): Promise<number> {
    const blocks = channels[channel]!;
    const number = nextBlocks[channel]!;
    nextBlocks[channel] = (number + 1) % blocks.length;
    for (const client of clients[channel]!.slice()) {
      client.failures = (await deliver(client.ip, blocks[number]!)) ? 0 : client.failures + 1;
      if (client.failures === 2) clients[channel]!.splice(clients[channel]!.indexOf(client), 1);
    }
    return number;
  }

  async function deliver(to: string, bytes: Buffer): Promise<boolean> {
    const socket = keep(connect({ host: to, port: clientPort, localAddress: ip }));
    socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error('too slow')));
    socket.resume();
    const isTaken = await new Promise<boolean>(resolve => {
      socket.once('error', () => resolve(false));
      socket.once('close', hadError => resolve(!hadError));
      socket.end(bytes);
    });
    connections.push({ to, bytes, isTaken });
    return isTaken;
  }

  function keep(socket: Socket): Socket {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
    return socket;
  }
}
