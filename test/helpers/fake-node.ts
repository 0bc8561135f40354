import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExecutionContext } from 'ava';
import { Inventory } from '../../lib/domain/inventory.ts';
import type { Manifest } from '../../lib/domain/manifest.ts';
import type { ControlClient, Heartbeat, HeartbeatAnswer } from '../../lib/protocol/control.ts';

type Told = Partial<Pick<Heartbeat, 'freeBytes' | 'activeRequests' | 'copying' | 'port' | 'host' | 'zone' | 'isGuarded' | 'obeyed' | 'isAllRead' | 'inventory' | 'damaged' | 'verified'>>;

export interface FakeNodeOptions {
  readonly number: number;
  readonly identity?: string;
  /** Awaited before each answer of `/health`. */
  readonly beforeHealth?: () => Promise<void>;
  readonly freeBytes?: number;
}

/** A secondary as a central sees it: an address that answers `/health`, and heartbeats when the test says so. */
export class FakeNode {
  readonly number: number;
  readonly identity: string;
  readonly port: number;
  readonly #freeBytes: number;
  readonly #inventory = new Inventory(randomUUID());
  readonly #manifests = new Map<string, Manifest>();
  #knownRevision = 0;

  private constructor({ number, freeBytes = 1e9 }: FakeNodeOptions, identity: string, port: number) {
    this.number = number;
    this.identity = identity;
    this.port = port;
    this.#freeBytes = freeBytes;
  }

  static async start(t: ExecutionContext, options: FakeNodeOptions): Promise<FakeNode> {
    const { number, identity = randomUUID(), beforeHealth } = options;
    const server: Server = createServer((_request, response) => {
      const answer = () => response.end(JSON.stringify({ status: 'ok', number, identity }));
      if (beforeHealth) void beforeHealth().then(answer);
      else answer();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.teardown(() => {
      server.close();
      server.closeAllConnections();
    });
    return new FakeNode(options, identity, (server.address() as AddressInfo).port);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** How far the central knew the inventory when it last answered. */
  get knownRevision(): number {
    return this.#knownRevision;
  }

  hold(...manifests: readonly Manifest[]): void {
    for (const manifest of manifests) {
      this.#manifests.set(manifest.id, manifest);
      this.#inventory.put(manifest);
    }
  }

  /** The name is gone from its folder, or its bytes are no longer good. */
  lose({ name }: { readonly name: string }): void {
    this.#inventory.remove(name);
  }

  /** One heartbeat, and nothing after it. */
  async beat(central: ControlClient, told: Told = {}): Promise<HeartbeatAnswer> {
    const { added, removed, ...slice } = this.#inventory.slice(this.#knownRevision, 1000);
    const answer = await central.nodes.heartbeat({
      number: this.number,
      identity: this.identity,
      version: '0',
      port: this.port,
      freeBytes: this.#freeBytes,
      totalBytes: 2e9,
      files: this.#manifests.size,
      activeRequests: 0,
      copying: [],
      inventory: { ...slice, added: added.map(({ name, id, sizeBytes }) => ({ name, id, sizeBytes })), removed: [...removed] },
      ...told,
    });
    this.#knownRevision = answer.revision;
    return answer;
  }

  /** Beats, and gives the manifests that are wanted, until the central is in no hurry. */
  async join(central: ControlClient, told: Told = {}): Promise<void> {
    for (;;) {
      const { wantedManifests, nextInMs } = await this.beat(central, told);
      for (const id of wantedManifests) {
        const manifest = this.#manifests.get(id)!;
        await central.manifests.put({ ...manifest, partHashes: [...manifest.partHashes] });
      }
      if (nextInMs > 0) return;
    }
  }
}
