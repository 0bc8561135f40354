import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

interface Connection {
  readonly socket: Socket;
  /** Requests that are not answered to the end. */
  running: number;
}

/**
 * Keeps a server to so many connections. When all places are taken, the connection that has been without a request for longest
 * gives its own to who comes: thousands that say nothing keep nobody out. Who comes is refused only where every connection has a
 * request.
 */
export function limitConnections(server: Server, max: number): void {
  const connections = new Map<string, Connection>();
  /** Those without a request, the one that has been so for longest first. */
  const silent = new Map<string, Connection>();

  server.on('connection', (socket: Socket) => {
    const key = keyOf(socket);
    if (connections.size >= max && !dropSilent()) {
      socket.destroy();
      return;
    }
    const connection = { socket, running: 0 };
    connections.set(key, connection);
    silent.set(key, connection);
    socket.once('close', () => {
      if (connections.get(key) === connection) forget(key);
    });
  });
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    const key = keyOf(socket);
    const connection = connections.get(key);
    if (!connection) return;
    connection.running += 1;
    silent.delete(key);
    response.once('close', () => {
      connection.running -= 1;
      if (connection.running === 0 && connections.get(key) === connection) silent.set(key, connection);
    });
  });

  function dropSilent(): boolean {
    for (const [key, { socket }] of silent) {
      forget(key);
      socket.destroy();
      return true;
    }
    return false;
  }

  function forget(key: string): void {
    connections.delete(key);
    silent.delete(key);
  }
}

/** The same for a connection and for what TLS makes of it. */
function keyOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
