import { planReplicas } from '../../lib/apps/central/repairs.ts';
import type { Clock } from '../../lib/base/clock.ts';
import { silentLog } from '../../lib/base/log.ts';
import { HotFiles } from '../../lib/domain/hot-files.ts';
import { NodeRegistry } from '../../lib/domain/node-registry.ts';
import { Replication } from '../../lib/domain/replication.ts';
import { Returns } from '../../lib/domain/returns.ts';
import { Surplus } from '../../lib/domain/surplus.ts';
import { SimulatedCatalog } from './simulated-catalog.ts';

export interface SimulatedNodeOptions {
  readonly number: number;
  readonly totalBytes: number;
  readonly zone?: string | undefined;
  readonly holds?: Iterable<string>;
  /** Takes orders to copy and does nothing. */
  readonly isLazy?: boolean;
}

export interface SimulatedClusterOptions {
  readonly replicas: number;
  readonly stepMs: number;
  /** What all the copies to a node take a second. */
  readonly copyBytesPerSecond: number;
  readonly ordersPerNode?: number;
  readonly aheadBytes?: number;
}

const COPIES_PER_NODE = 2;
const HEARTBEAT_MS = 2000;
const TICK_MS = 1000;
const settings = { repairDelayMs: 20_000, surplusGraceMs: 30_000, patienceMs: 10_000, pauseMs: 20_000 };

/** A secondary whose disk is a set of names. */
class SimulatedNode {
  readonly number: number;
  readonly totalBytes: number;
  readonly zone: string | undefined;
  readonly isLazy: boolean;
  readonly held: Set<string>;
  /** Bytes that arrived of each copy under way. */
  readonly copying = new Map<string, number>();
  /** Does nothing at all while it is not. */
  isUp = true;
  /** Works, but nobody hears of it. */
  isCutOff = false;
  beatAtMs = -Infinity;
  receivedBytes = 0;
  orders: { readonly copies: readonly string[]; readonly drops: readonly string[] } = { copies: [], drops: [] };

  constructor({ number, totalBytes, zone, holds = [], isLazy = false }: SimulatedNodeOptions) {
    this.number = number;
    this.totalBytes = totalBytes;
    this.zone = zone;
    this.isLazy = isLazy;
    this.held = new Set(holds);
  }
}

/**
 * A central's planning, as it is, with nodes and a network that are simulated: heartbeats, orders that arrive and news that
 * leave with them, disks that fill up. Throws as soon as an order takes what is needed.
 */
export class SimulatedCluster {
  readonly #options: SimulatedClusterOptions;
  readonly #sizes: ReadonlyMap<string, number>;
  readonly #nodes = new Map<number, SimulatedNode>();
  readonly #registry = new NodeRegistry(0);
  readonly #replication: Replication;
  readonly #surplus = new Surplus({ graceMs: settings.surplusGraceMs, freshMs: 1.5 * HEARTBEAT_MS });
  readonly #catalog: SimulatedCatalog;
  #nowMs = 0;
  #plannedAtMs = 0;

  constructor(sizes: ReadonlyMap<string, number>, options: SimulatedClusterOptions) {
    this.#options = options;
    this.#sizes = sizes;
    this.#catalog = new SimulatedCatalog(sizes);
    const { ordersPerNode = 4, aheadBytes = 40 } = options;
    this.#replication = new Replication({ copiesPerNode: COPIES_PER_NODE, ordersPerNode, aheadBytes, ...settings });
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  get nodes(): readonly SimulatedNode[] {
    return [...this.#nodes.values()];
  }

  get isBusy(): boolean {
    return this.nodes.some(({ copying, orders }) => copying.size > 0 || orders.drops.length > 0);
  }

  join(options: SimulatedNodeOptions): void {
    this.#nodes.set(options.number, new SimulatedNode(options));
  }

  node(number: number): SimulatedNode {
    return this.#nodes.get(number)!;
  }

  drain(number: number): void {
    this.#registry.setMode(number, 'draining');
  }

  isDrained(number: number): boolean {
    return this.#registry.get(number, this.#nowMs)!.isDrained;
  }

  /** Whatever it was doing is lost; what it holds is not. */
  stop(number: number): void {
    const node = this.node(number);
    node.isUp = false;
    node.copying.clear();
    node.orders = { copies: [], drops: [] };
  }

  /** Of a node that the central knows to be down: a disk that breaks while another replica is being freed is bad luck. */
  loseDisk(number: number): void {
    if (this.#registry.get(number, this.#nowMs)?.state === 'down' && !this.node(number).isUp) this.node(number).held.clear();
  }

  start(number: number): void {
    this.node(number).isUp = true;
  }

  /** A moment passes: what nodes were told is done, heartbeats are exchanged, the central looks around. */
  async step(): Promise<void> {
    this.#nowMs += this.#options.stepMs;
    for (const node of this.#nodes.values()) if (node.isUp) this.#work(node);
    for (const node of this.#nodes.values()) if (node.isUp && !node.isCutOff && this.#nowMs - node.beatAtMs >= HEARTBEAT_MS) this.#beat(node);
    if (this.#nowMs - this.#plannedAtMs < TICK_MS) return;
    this.#plannedAtMs = this.#nowMs;
    this.#registry.tick(this.#nowMs);
    await planReplicas(this.#state());
  }

  /** Nodes that hold the file on a disk that works and count as places for it. */
  holdersOf(file: string): readonly SimulatedNode[] {
    const holders = this.nodes.filter(({ isUp, held }) => isUp && held.has(file));
    return holders.filter(({ number }) => this.#registry.get(number, this.#nowMs)?.mode === 'active');
  }

  hasRoomFor(file: string, node: SimulatedNode): boolean {
    return !node.held.has(file) && this.#freeBytesOf(node) >= this.#sizes.get(file)!;
  }

  #state() {
    const now = () => this.#nowMs;
    return {
      catalog: this.#catalog,
      registry: this.#registry,
      replication: this.#replication,
      returns: new Returns(settings.patienceMs),
      surplus: this.#surplus,
      hotFiles: new HotFiles({ windowMs: 1000, downloads: 1, extraMax: 0 }, 0),
      clock: { now, date: now } as Clock,
      log: silentLog,
      settings: { replicas: this.#options.replicas, ...settings },
    };
  }

  #work(node: SimulatedNode): void {
    for (const file of node.orders.drops) this.#drop(node, file);
    node.orders = { ...node.orders, drops: [] };
    if (node.isLazy) return;
    for (const file of node.orders.copies) {
      if (node.copying.size >= COPIES_PER_NODE) break;
      if (!node.copying.has(file) && this.hasRoomFor(file, node)) node.copying.set(file, 0);
    }
    let leftBytes = (this.#options.copyBytesPerSecond * this.#options.stepMs) / 1000;
    for (const [file, doneBytes] of node.copying) {
      const bytes = Math.min(leftBytes, this.#sizes.get(file)! - doneBytes);
      leftBytes -= bytes;
      node.receivedBytes += bytes;
      node.copying.set(file, doneBytes + bytes);
      if (doneBytes + bytes < this.#sizes.get(file)!) continue;
      node.copying.delete(file);
      node.held.add(file);
      // News are told at once.
      node.beatAtMs = -Infinity;
    }
  }

  /** What other nodes that the central takes for up really hold has to be enough. */
  #drop(node: SimulatedNode, file: string): void {
    if (!node.held.delete(file)) return;
    node.beatAtMs = -Infinity;
    const others = this.nodes.filter(({ number, held }) => held.has(file) && this.#registry.get(number, this.#nowMs)?.state === 'up');
    if (others.length < this.#options.replicas) throw new Error(`${node.number} was told to drop ${file}, of which ${others.length} are left`);
  }

  #beat(node: SimulatedNode): void {
    const { number, totalBytes, zone, held, copying } = node;
    node.beatAtMs = this.#nowMs;
    const report = {
      number,
      identity: `identity of ${number}`,
      url: `http://node-${number}`,
      freeBytes: this.#freeBytesOf(node),
      totalBytes,
      zone,
      files: held.size,
      activeRequests: 0,
      receiving: [],
      copying: [...copying].map(([id, doneBytes]) => ({ id, name: id, doneBytes })),
    };
    if (this.#registry.heartbeat(report, this.#nowMs)) this.#registry.reached(report, true);
    this.#catalog.announce(number, held);
    node.orders = {
      copies: this.#replication.ordersFor(number).map(({ video }) => video.id),
      drops: this.#surplus.ordersFor(number).map(({ video }) => video.id),
    };
    // What is no longer ordered is put down.
    for (const file of copying.keys()) if (!node.orders.copies.includes(file)) copying.delete(file);
  }

  #freeBytesOf({ totalBytes, held, copying }: SimulatedNode): number {
    return totalBytes - [...held, ...copying.keys()].reduce((bytes, file) => bytes + this.#sizes.get(file)!, 0);
  }
}
