import { createServer, type Socket } from 'node:net';
import { LEGACY_REQUEST_LENGTH, parseLegacyRequest, type LegacyRequest } from '../../protocol/legacy.ts';
import { limits } from '../../protocol/limits.ts';
import { listen, type ListenAddress } from '../http/listen.ts';
import { localIpOf, remoteIpOf } from './socket-ips.ts';

/** Who asks, and at which of our addresses. */
export interface Asker {
  readonly ip: string;
  readonly reachedIp: string;
}

/** Gives what is replied on the same connection; empty when nothing is. */
export type LegacyHandler = (request: LegacyRequest, asker: Asker) => string;

/**
 * Takes requests of the old protocol, one a connection; what follows the three characters is not looked at. Who says something else,
 * or nothing in time, is dropped. When all places are taken, the connection that has been there for longest gives its own to who comes.
 *
 * @throws VideoError `port_in_use`, `address_unavailable`, `listen_denied`
 */
export async function acceptLegacyRequests(
  address: ListenAddress,
  handle: LegacyHandler,
  { patienceMs }: { readonly patienceMs: number },
): Promise<{ readonly port: number } & AsyncDisposable> {
  const connections = new Set<Socket>();
  const server = createServer(socket => {
    const [oldest] = connections;
    if (connections.size >= limits.legacyConnectionsMax) oldest?.destroy();
    connections.add(socket);
    const timer = setTimeout(() => socket.destroy(), patienceMs);
    socket.once('close', () => {
      clearTimeout(timer);
      connections.delete(socket);
    });
    socket.on('error', () => undefined);
    readRequest(socket, handle);
  });
  const { port } = await listen(server, address);

  return {
    port,
    async [Symbol.asyncDispose]() {
      const closed = new Promise(resolve => server.close(resolve));
      for (const socket of connections) socket.destroy();
      await closed;
    },
  };
}

function readRequest(socket: Socket, handle: LegacyHandler): void {
  let text = '';
  const onData = (chunk: Buffer) => {
    text += chunk.toString('latin1', 0, LEGACY_REQUEST_LENGTH);
    if (text.length < LEGACY_REQUEST_LENGTH) return;
    socket.off('data', onData);
    // What is left unread would turn the end of the reply into a reset.
    socket.resume();
    const request = parseLegacyRequest(text.slice(0, LEGACY_REQUEST_LENGTH));
    const asker = { ip: remoteIpOf(socket), reachedIp: localIpOf(socket) };
    if (request && asker.ip !== '') socket.end(handle(request, asker), 'latin1');
    else socket.destroy();
  };
  socket.on('data', onData);
}
