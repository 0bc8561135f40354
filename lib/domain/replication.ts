import type { Video } from './catalog.ts';
import type { FileId, NodeNumber } from './file.ts';
import type { NodeStatus } from './node-registry.ts';

export interface CopyOrder {
  readonly node: NodeNumber;
  readonly video: Video;
}

export interface ReplicationSettings {
  readonly copiesPerNode: number;
  /** An order that its node does not report as running for this long is withdrawn. */
  readonly patienceMs: number;
  /** A node that did not carry out an order is not asked for that file again before. */
  readonly pauseMs: number;
}

interface GivenOrder extends CopyOrder {
  seenAtMs: number;
}

/**
 * Which node is to copy which video. An order stands until the file is whole enough, its node carries it out, or it
 * turns out that the node does not; then another node gets it.
 */
export class Replication {
  readonly #settings: ReplicationSettings;
  readonly #orders = new Map<string, GivenOrder>();
  /** When each pair of node and file may be tried again. */
  readonly #paused = new Map<string, number>();

  constructor(settings: ReplicationSettings) {
    this.#settings = settings;
  }

  /** What `node` is to copy now. */
  ordersFor(node: NodeNumber): readonly CopyOrder[] {
    return [...this.#orders.values()].filter(order => order.node === node);
  }

  /**
   * Brings the orders up to date: `wanting` are the videos with too few replicas, the most urgent first, each with the
   * nodes that hold it; `missing` tells how many more copies it needs. Returns the orders that are new.
   */
  plan(
    wanting: readonly { readonly video: Video; readonly missing: number }[],
    nodes: readonly NodeStatus[],
    nowMs: number,
  ): readonly CopyOrder[] {
    this.#review(wanting, nodes, nowMs);
    const given: CopyOrder[] = [];
    for (const { video, missing } of wanting) {
      const running = [...this.#orders.values()].filter(order => order.video.id === video.id).length;
      for (let copy = running; copy < missing; copy += 1) {
        const node = this.#chooseNode(video, nodes, nowMs);
        if (!node) break;
        const order = { node: node.number, video, seenAtMs: nowMs };
        this.#orders.set(keyOf(node.number, video.id), order);
        given.push(order);
      }
    }
    return given;
  }

  #review(wanting: readonly { readonly video: Video }[], nodes: readonly NodeStatus[], nowMs: number): void {
    const wanted = new Set(wanting.map(({ video }) => video.id));
    const states = new Map(nodes.map(node => [node.number, node]));
    for (const [key, untilMs] of this.#paused) if (untilMs <= nowMs) this.#paused.delete(key);
    for (const [key, order] of this.#orders) {
      const node = states.get(order.node);
      if (node?.copying.some(({ id }) => id === order.video.id)) order.seenAtMs = nowMs;
      const isRefused = nowMs - order.seenAtMs > this.#settings.patienceMs;
      if (isRefused) this.#paused.set(key, nowMs + this.#settings.pauseMs);
      if (isRefused || node?.state !== 'up' || !wanted.has(order.video.id)) this.#orders.delete(key);
    }
  }

  /** The one with fewest copies to make, then with most room, of those that are up and have room and a free place. */
  #chooseNode(video: Video, nodes: readonly NodeStatus[], nowMs: number): NodeStatus | undefined {
    const candidates = nodes.flatMap(node => {
      const orders = this.ordersFor(node.number);
      const ordered = new Set(orders.map(order => order.video.id));
      const copies = ordered.size + node.copying.filter(({ id }) => !ordered.has(id)).length;
      const freeBytes = node.freeBytes - orders.reduce((bytes, order) => bytes + order.video.sizeBytes, 0);
      const isFit =
        node.state === 'up' &&
        !video.nodes.includes(node.number) &&
        !ordered.has(video.id) &&
        copies < this.#settings.copiesPerNode &&
        freeBytes >= video.sizeBytes &&
        (this.#paused.get(keyOf(node.number, video.id)) ?? 0) <= nowMs;
      return isFit ? [{ node, copies, freeBytes }] : [];
    });
    candidates.sort((a, b) => a.copies - b.copies || b.freeBytes - a.freeBytes || a.node.number - b.node.number);
    return candidates[0]?.node;
  }
}

function keyOf(node: NodeNumber, id: FileId): string {
  return `${node}/${id}`;
}
