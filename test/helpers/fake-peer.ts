import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExecutionContext } from 'ava';

/** The part of a peer that a central asks: it says who it is, and has no bytes. */
export class FakePeer {
  readonly identity = randomUUID();
  #server: Server | undefined;
  #port = 0;

  static async start(t: Pick<ExecutionContext, 'teardown'>): Promise<FakePeer> {
    const peer = new FakePeer();
    await peer.start();
    t.teardown(() => peer.stop());
    return peer;
  }

  /** As it joins. */
  get place() {
    return { ip: '127.0.0.1', port: this.#port, identity: this.identity };
  }

  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  async start(port = 0): Promise<void> {
    this.#server = createServer((request, response) => {
      const body = request.url === '/health' ? JSON.stringify({ status: 'ok', peer: this.identity }) : '';
      response.writeHead(body === '' ? 404 : 200, { 'content-type': 'application/json' }).end(body);
    }).listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    if (!this.#server?.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}
