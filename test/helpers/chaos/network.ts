import { connect, createServer, type ListenOptions, type NetConnectOpts, type Server, type Socket } from 'node:net';
import { createGate, type Gate } from '../gate.ts';

interface Connection {
  /** Addresses of both ends. */
  readonly ends: readonly string[];
  readonly sockets: Socket[];
  /** To be reset when none of them is cut off: it was begun in vain, or is forgotten. */
  isLost: boolean;
}

/**
 * Addresses of this machine (Linux has all of 127/8) as a network whose cables can be pulled. While an address is cut off no
 * byte passes from it or to it, and nobody is refused: packets are lost, those that close a connection as well. Only that a
 * connection seems to be made meanwhile is not so in a real one: the system makes it, and it stays silent.
 */
export class Network implements AsyncDisposable {
  readonly #servers = new Map<string, Server>();
  readonly #connections = new Set<Connection>();
  /** Opened when it is back. */
  readonly #cut = new Map<string, Gate>();

  /** Whoever connects to that address, at that port, reaches the program of this machine that listens at `127.0.0.1`. */
  async open(ip: string, port: number): Promise<void> {
    if (this.#servers.has(ip)) return;
    const ends = ({ remoteAddress }: Socket) => [ip, remoteAddress ?? ''];
    this.#servers.set(ip, await this.#serve({ host: ip, port }, { host: '127.0.0.1', port }, ends));
  }

  /** The way of the program at that address to a socket of the file system, which is cut off with it. */
  async openPath(ip: string, path: string, target: string): Promise<void> {
    if (this.#servers.has(path)) return;
    this.#servers.set(path, await this.#serve({ path }, { path: target }, () => [ip]));
  }

  /** Its program has ended: who connects is refused, unless the address is cut off. */
  close(ip: string): void {
    if (this.#cut.has(ip)) return;
    this.#servers.get(ip)?.close();
    this.#servers.delete(ip);
  }

  cut(ip: string): void {
    this.#cut.set(ip, createGate());
  }

  /** Its connections go on, or are reset: by then somebody on the way has forgotten them. Those that were begun meanwhile are reset. */
  heal(ip: string, { areForgotten }: { readonly areForgotten: boolean }): void {
    const gate = this.#cut.get(ip);
    if (!gate) return;
    this.#cut.delete(ip);
    for (const connection of [...this.#connections].filter(({ ends }) => ends.includes(ip))) {
      connection.isLost ||= areForgotten;
      if (connection.isLost && !this.#gateOf(connection.ends)) for (const socket of connection.sockets) reset(socket);
    }
    gate.open();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of this.#servers.values()) server.close();
    for (const { sockets } of this.#connections) for (const socket of sockets) socket.destroy();
  }

  async #serve(at: ListenOptions, target: NetConnectOpts, endsOf: (socket: Socket) => readonly string[]): Promise<Server> {
    const server = createServer({ allowHalfOpen: true }, socket => void this.#join(socket, target, endsOf(socket)));
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(at, resolve));
    return server;
  }

  async #join(near: Socket, target: NetConnectOpts, ends: readonly string[]): Promise<void> {
    near.on('error', () => undefined);
    const connection: Connection = { ends, sockets: [near], isLost: this.#gateOf(ends) !== undefined };
    this.#connections.add(connection);
    await this.#passable(ends);
    if (!near.destroyed) {
      const far = connect({ ...target, allowHalfOpen: true });
      far.on('error', () => undefined);
      connection.sockets.push(far);
      await Promise.all([this.#carry(near, far, ends), this.#carry(far, near, ends)]);
    }
    this.#connections.delete(connection);
  }

  async #carry(from: Socket, to: Socket, ends: readonly string[]): Promise<void> {
    try {
      // What came from there goes on to be written to.
      for await (const chunk of from.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        await this.#passable(ends);
        await written(to, chunk);
      }
      await this.#passable(ends);
      to.end();
    } catch {
      // One of them has gone, and the other hears of it when it can.
      await this.#passable(ends);
      for (const socket of [from, to]) reset(socket);
    }
  }

  async #passable(ends: readonly string[]): Promise<void> {
    for (let gate = this.#gateOf(ends); gate; gate = this.#gateOf(ends)) await gate.opened;
  }

  #gateOf(ends: readonly string[]): Gate | undefined {
    const cut = ends.find(ip => this.#cut.has(ip));
    return cut === undefined ? undefined : this.#cut.get(cut);
  }
}

/**
 * Now: `resetAndDestroy` waits until what is to be sent has been. A socket that is being shut down can only be closed (Node
 * would never end), and one of the file system too.
 */
function reset(socket: Socket): void {
  if (socket.remoteFamily !== undefined && !socket.writableEnded) Object.assign(socket, { resetAndClosing: true });
  socket.destroy();
}

function written(to: Socket, chunk: Buffer): Promise<void> {
  return new Promise((resolve, reject) => to.write(chunk, error => (error ? reject(error) : resolve())));
}
