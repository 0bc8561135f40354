import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { open, type FileHandle } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { silentLog } from '../lib/base/log.ts';
import { KIB, MIB } from '../lib/base/units.ts';
import type { Manifest } from '../lib/domain/manifest.ts';
import { TokenBucket } from '../lib/domain/token-bucket.ts';
import { createControlClient } from '../lib/io/http/control-client.ts';
import { createTurns } from '../lib/io/http/turns.ts';
import { etagOf } from '../lib/protocol/data.ts';
import { resolveRange } from '../lib/protocol/range.ts';

/** What a server does besides being slow; `afterBytes` count in each run anew. */
export interface Behaviour {
  readonly bytesPerSecond: number;
  readonly fault?: 'dies' | 'hangs' | 'corrupts';
  readonly afterBytes?: number;
}

const CHUNK_BYTES = 16 * KIB;
/** What a rate may run ahead of itself: little, so that short runs are not flattered. */
const SAVED_MS = 20;
const HEARTBEAT_EVERY_MS = 1500;

/**
 * A server with one file behind a limit of its own, for any client: a range of `/files/{id}` or of any other path. To a
 * central it is a secondary like any other.
 */
export class ThrottledNode implements AsyncDisposable {
  readonly #address: string;
  readonly #number: number;
  readonly #manifest: Manifest;
  readonly #file: FileHandle;
  readonly #identity = randomUUID();
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  #behaviour: Behaviour = { bytesPerSecond: Infinity };
  #bucket = new TokenBucket(1, 0);
  #sentBytes = 0;
  readonly #waitForTurn = createTurns();
  #stopBeating: (() => void) | undefined;

  private constructor(address: string, number: number, manifest: Manifest, file: FileHandle) {
    this.#address = address;
    this.#number = number;
    this.#manifest = manifest;
    this.#file = file;
  }

  static async start(path: string, manifest: Manifest, number: number): Promise<ThrottledNode> {
    // An address of its own, because aria2 counts connections by host.
    const node = new ThrottledNode(`127.0.0.${number}`, number, manifest, await open(path));
    node.#server.on('connection', socket => {
      if (node.#isDead) socket.destroy();
    });
    node.#server.listen(0, node.#address);
    await once(node.#server, 'listening');
    return node;
  }

  get url(): string {
    return `http://${this.#address}:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Since it was told how to behave. */
  get sentBytes(): number {
    return this.#sentBytes;
  }

  /** From now on, and with nothing sent yet. */
  behave(behaviour: Behaviour): void {
    this.#behaviour = behaviour;
    this.#bucket = new TokenBucket(behaviour.bytesPerSecond, performance.now(), SAVED_MS);
    this.#sentBytes = 0;
    this.#server.closeAllConnections();
  }

  /** Announces the file to a central, and goes on doing so. */
  async join(centralUrl: string): Promise<void> {
    const control = createControlClient([centralUrl], { log: silentLog });
    const { id, name, sizeBytes, pieces: _pieces, ...rest } = this.#manifest;
    const inventoryId = randomUUID();
    const beat = (fromRevision: number) =>
      control.client.nodes.heartbeat({
        number: this.#number,
        identity: this.#identity,
        version: 'bench',
        host: this.#address,
        port: (this.#server.address() as AddressInfo).port,
        freeBytes: 0,
        totalBytes: 0,
        files: 1,
        activeRequests: 0,
        copying: [],
        inventory: {
          inventoryId,
          fromRevision,
          toRevision: 1,
          isComplete: true,
          added: fromRevision === 0 ? [{ id, name, sizeBytes }] : [],
          removed: [],
        },
      });
    await beat(0);
    await control.client.manifests.put({ ...rest, id, name, sizeBytes, partHashes: [...rest.partHashes] });
    const timer = setInterval(() => void beat(1).catch(() => undefined), HEARTBEAT_EVERY_MS);
    this.#stopBeating = () => {
      clearInterval(timer);
      void control[Symbol.asyncDispose]();
    };
  }

  /** The same as a peer. */
  async joinAsPeer(centralUrl: string): Promise<void> {
    const control = createControlClient([centralUrl], { log: silentLog });
    const { id, name, sizeBytes } = this.#manifest;
    const { port } = this.#server.address() as AddressInfo;
    const { peer } = await control.client.peers.join({ ip: this.#address, port, identity: this.#identity, files: [{ id, name, sizeBytes }] });
    const timer = setInterval(() => void control.client.peers.update({ peer }).catch(() => undefined), HEARTBEAT_EVERY_MS);
    this.#stopBeating = () => {
      clearInterval(timer);
      void control[Symbol.asyncDispose]();
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopBeating?.();
    this.#server.close();
    this.#server.closeAllConnections();
    await this.#file.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === '/health') {
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify({ status: 'ok', number: this.#number, identity: this.#identity, peer: this.#identity }));
      return;
    }
    // Who has the file has all of it, and does not know the question.
    if (request.url?.endsWith('.parts')) {
      response.writeHead(404).end();
      return;
    }
    // Requests of one connection one after another, as every server has it; else their answers would share the rate.
    if (!(await this.#waitForTurn(request.socket, response))) return;
    const { sizeBytes, id } = this.#manifest;
    const wanted = resolveRange(request.headers.range, sizeBytes);
    const { start, end } = wanted.kind === 'part' ? wanted.range : { start: 0, end: sizeBytes };
    response.writeHead(wanted.kind === 'part' ? 206 : 200, {
      ...(wanted.kind === 'part' && { 'Content-Range': `bytes ${start}-${end - 1}/${sizeBytes}` }),
      'Content-Length': end - start,
      'Accept-Ranges': 'bytes',
      ETag: etagOf(id),
    });
    if (request.method === 'HEAD') response.end();
    else await this.#send(response, start, end).catch(() => response.destroy());
  }

  async #send(response: ServerResponse, start: number, end: number): Promise<void> {
    const buffer = Buffer.alloc(CHUNK_BYTES);
    const client = { isThere: true };
    const closed = new Promise<void>(resolve => {
      response.once('close', () => {
        client.isThere = false;
        resolve();
      });
    });
    for (let position = start; position < end && client.isThere; ) {
      const { fault, afterBytes = 0 } = this.#behaviour;
      const isFaulty = this.#sentBytes >= afterBytes;
      if (fault === 'hangs' && isFaulty) return;
      if (fault === 'dies' && isFaulty) {
        this.#server.closeAllConnections();
        return;
      }
      const { bytesRead } = await this.#file.read(buffer, 0, Math.min(CHUNK_BYTES, end - position), position);
      const chunk = Buffer.from(buffer.subarray(0, bytesRead));
      if (fault === 'corrupts' && position % MIB < CHUNK_BYTES) chunk[0]! ^= 1;
      const waitMs = this.#bucket.take(bytesRead, performance.now());
      if (waitMs > 1) await sleep(waitMs);
      this.#sentBytes += bytesRead;
      position += bytesRead;
      if (!response.write(chunk)) await Promise.race([once(response, 'drain'), closed]);
    }
    response.end();
  }

  get #isDead(): boolean {
    const { fault, afterBytes = 0 } = this.#behaviour;
    return fault === 'dies' && this.#sentBytes >= afterBytes;
  }
}
