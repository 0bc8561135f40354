import * as fc from 'fast-check';
import type { Video } from '../../lib/domain/catalog.ts';
import type { CopyOrder } from '../../lib/domain/copy-orders.ts';
import type { NodeStatus } from '../../lib/domain/node-registry.ts';
import { Replication } from '../../lib/domain/replication.ts';
import { demand } from './demand.ts';

const TICK_MS = 5;
const FAILURES_UNTIL_TICK = 60;
/** Longer than patience and pause together: after that nothing will happen any more. */
const QUIET_TICKS = 30;
const TICKS_MAX = 5000;
const settings = { copiesPerNode: 2, ordersPerNode: 4, aheadBytes: 40, patienceMs: 30, pauseMs: 60 };

/** The first node holds every file and has room for all; the others are as they come. */
export const replicationScript = fc.record({
  fileSizes: fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 12 }),
  nodes: fc.array(
    fc.record({
      totalBytes: fc.integer({ min: 0, max: 300 }),
      /** Takes orders and does nothing. */
      isLazy: fc.boolean(),
      holds: fc.array(fc.nat(11), { maxLength: 6 }),
    }),
    { minLength: 1, maxLength: 6 },
  ),
  wanted: fc.integer({ min: 1, max: 4 }),
  bytesPerTick: fc.integer({ min: 1, max: 8 }),
  /** When a node goes down, or comes back. */
  failures: fc.array(fc.record({ tick: fc.nat(FAILURES_UNTIL_TICK), node: fc.nat(5) }), { maxLength: 6 }),
});

export type ReplicationScript = typeof replicationScript extends fc.Arbitrary<infer T> ? T : never;

interface SimulatedNode {
  readonly number: number;
  readonly totalBytes: number;
  readonly isLazy: boolean;
  isUp: boolean;
  readonly held: Set<string>;
  /** Bytes that are left of each copy. */
  readonly copying: Map<string, number>;
}

/** Nodes that carry out the orders of a `Replication`, which is watched all the while. Throws when it breaks a rule. */
export class SimulatedReplication {
  readonly #script: ReplicationScript;
  readonly #files: ReadonlyMap<string, number>;
  readonly #nodes: readonly SimulatedNode[];
  readonly #replication = new Replication(settings);
  #standing = new Set<string>();

  constructor(script: ReplicationScript) {
    this.#script = script;
    this.#files = new Map(script.fileSizes.map((sizeBytes, index) => [`file ${index}`, sizeBytes]));
    const names = [...this.#files.keys()];
    const first = { number: 1, totalBytes: Number.MAX_SAFE_INTEGER, isLazy: false, isUp: true, held: new Set(names), copying: new Map() };
    this.#nodes = [first, ...script.nodes.map(({ totalBytes, isLazy, holds }, index) => {
      const node = { number: index + 2, totalBytes, isLazy, isUp: true, held: new Set<string>(), copying: new Map() };
      for (const name of holds.map(file => names[file % names.length]!)) {
        if (this.#freeBytesOf(node) >= this.#files.get(name)!) node.held.add(name);
      }
      return node;
    })];
  }

  /** Until nothing happens any more, or longer than anything may take. */
  run(): void {
    let quietTicks = 0;
    for (let tick = 0; quietTicks < QUIET_TICKS; tick += 1) {
      demand(tick < TICKS_MAX, 'it never ends');
      this.#fail(tick);
      const given = this.#plan(tick * TICK_MS);
      const isCopying = this.#carryOut();
      const isQuiet = tick > FAILURES_UNTIL_TICK && !isCopying && given.every(({ node }) => this.#nodes[node - 1]!.isLazy);
      quietTicks = isQuiet ? quietTicks + 1 : 0;
    }
  }

  /** Files with fewer copies than wanted, although a node that works has room for one more. */
  get wantingNeedlessly(): readonly string[] {
    return this.#wanting()
      .filter(({ video }) => this.#nodes.some(node => node.isUp && !node.isLazy && !node.held.has(video.name) && this.#freeBytesOf(node) >= video.sizeBytes))
      .map(({ video }) => video.name);
  }

  #fail(tick: number): void {
    for (const failure of this.#script.failures.filter(failure => failure.tick === tick)) {
      const node = this.#nodes[1 + (failure.node % this.#script.nodes.length)]!;
      node.isUp = !node.isUp;
      node.copying.clear();
    }
  }

  #plan(nowMs: number): readonly CopyOrder[] {
    const wanting = this.#wanting();
    const statuses = this.#nodes.map(node => this.#statusOf(node));
    const given = this.#replication.plan(wanting, statuses, nowMs);
    const orders = this.#nodes.flatMap(({ number }) => this.#replication.ordersFor(number));
    for (const { video, missing } of wanting) {
      demand(orders.filter(order => order.video.id === video.id).length <= missing, `more copies of ${video.name} than missing`);
    }
    for (const order of given) demand(!this.#standing.has(keyOf(order)), `${keyOf(order)} was given already`);
    for (const status of statuses) this.#watch(status, given.some(({ node }) => node === status.number));
    this.#standing = new Set(orders.map(keyOf));
    return given;
  }

  #watch(status: NodeStatus, hasNewOrder: boolean): void {
    const orders = this.#replication.ordersFor(status.number);
    const ahead = orders.filter(({ video }) => !status.copying.some(({ id }) => id === video.id));
    demand(orders.every(({ video }) => !video.nodes.includes(status.number)), 'an order for a holder');
    demand(orders.length <= settings.ordersPerNode, 'more orders than a node may have');
    const arrivedBytes = status.copying.reduce((bytes, { doneBytes = 0 }) => bytes + doneBytes, 0);
    demand(!hasNewOrder || orders.length <= settings.copiesPerNode || bytesOf(orders) - arrivedBytes <= settings.aheadBytes, 'too many bytes ordered ahead');
    demand(orders.length === 0 || status.state === 'up', 'an order for a node that is down');
    demand(!hasNewOrder || bytesOf(ahead) <= status.freeBytes, 'more bytes than there is room for');
  }

  /** True while somebody copies. */
  #carryOut(): boolean {
    for (const node of this.#nodes.filter(({ isUp, isLazy }) => isUp && !isLazy)) {
      for (const { video } of this.#replication.ordersFor(node.number)) {
        if (!node.copying.has(video.name) && node.copying.size < settings.copiesPerNode) node.copying.set(video.name, video.sizeBytes);
      }
      for (const [name, leftBytes] of node.copying) {
        node.copying.set(name, leftBytes - this.#script.bytesPerTick);
        if (leftBytes > this.#script.bytesPerTick) continue;
        node.copying.delete(name);
        node.held.add(name);
      }
    }
    return this.#nodes.some(({ copying }) => copying.size > 0);
  }

  #wanting(): readonly { readonly video: Video; readonly missing: number }[] {
    const wanted = Math.min(this.#script.wanted, this.#nodes.length);
    return [...this.#files.keys()]
      .map(name => ({ video: this.#videoNamed(name) }))
      .map(({ video }) => ({ video, missing: wanted - video.nodes.length }))
      .filter(({ missing }) => missing > 0);
  }

  #videoNamed(name: string): Video {
    const nodes = this.#nodes.filter(({ held }) => held.has(name)).map(({ number }) => number);
    return { name, id: `id of ${name}`, sizeBytes: this.#files.get(name)!, addedAtMs: 0, nodes };
  }

  #statusOf(node: SimulatedNode): NodeStatus {
    const copying = [...node.copying].map(([name, leftBytes]) => ({ id: `id of ${name}`, name, doneBytes: this.#files.get(name)! - leftBytes }));
    const { number, totalBytes } = node;
    const known = { number, identity: String(number), url: 'http://127.0.0.1:1', totalBytes, files: node.held.size, activeRequests: 0, receiving: [] };
    return { ...known, freeBytes: this.#freeBytesOf(node), copying, state: node.isUp ? 'up' : 'down', mode: 'active', isDrained: false, silentMs: 0, upForMs: undefined };
  }

  /** What is being copied takes its room from the beginning. */
  #freeBytesOf({ totalBytes, held, copying }: SimulatedNode): number {
    return totalBytes - [...held, ...copying.keys()].reduce((bytes, name) => bytes + this.#files.get(name)!, 0);
  }
}

function bytesOf(orders: readonly CopyOrder[]): number {
  return orders.reduce((bytes, { video }) => bytes + video.sizeBytes, 0);
}

function keyOf({ node, video }: CopyOrder): string {
  return `${video.name} to ${node}`;
}
