import { createServer } from 'node:net';
import { RELAY_VERSION, type Hello } from '../../protocol/live.ts';
import { limits } from '../../protocol/limits.ts';
import { listen, type ListenAddress } from '../http/listen.ts';
import { RelayConnection } from './relay-connection.ts';

export interface RelayListenerOptions {
  /** Connections at the same time. */
  readonly connectionsMax?: number;
  /** Of them from one address. */
  readonly perAddressMax?: number;
}

export interface RelayListener extends AsyncDisposable {
  readonly port: number;
}

/**
 * Takes connections of the relay, and hands over each that said who it is; the others are ended.
 *
 * @param onHello takes the connection, or leaves it when it answers false: nobody here is of that channel
 * @throws VideoError `port_in_use`, `address_unavailable`, `listen_denied`
 */
export async function startRelayListener(
  address: ListenAddress,
  onHello: (connection: RelayConnection, hello: Hello) => boolean,
  { connectionsMax = limits.liveConnectionsMax, perAddressMax = limits.liveConnectionsPerAddress }: RelayListenerOptions = {},
): Promise<RelayListener> {
  const open = new Set<RelayConnection>();
  const perAddress = new Map<string, number>();
  const count = (address: string, change: number) => {
    const connections = (perAddress.get(address) ?? 0) + change;
    if (connections === 0) perAddress.delete(address);
    else perAddress.set(address, connections);
    return connections;
  };
  const server = createServer(socket => {
    const connection = new RelayConnection(socket);
    const { remoteHost } = connection;
    open.add(connection);
    socket.once('close', () => {
      open.delete(connection);
      count(remoteHost, -1);
    });
    if (count(remoteHost, 1) > perAddressMax) return connection.destroy();
    const late = setTimeout(() => connection.destroy(), limits.liveHelloTimeoutMs);
    connection.listen({
      received(message) {
        clearTimeout(late);
        const isUnderstood = message.type === 'hello' && message.version === RELAY_VERSION;
        if (!isUnderstood || !onHello(connection, message)) connection.destroy();
      },
      closed: () => clearTimeout(late),
    });
  });
  server.maxConnections = connectionsMax;
  const { port } = await listen(server, address);
  // Who ran out of descriptors takes connections again when there are some.
  server.on('error', () => undefined);
  return {
    port,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>(resolve => void server.close(() => resolve()));
      for (const connection of open) connection.end();
      await closed;
    },
  };
}
