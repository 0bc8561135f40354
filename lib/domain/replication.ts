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

interface GivenOrder {
  readonly node: NodeNumber;
  /** As it was when last planned: its holders come and go. */
  video: Video;
  seenAtMs: number;
}

/**
 * Which node is to copy which video. An order stands until the file is whole enough, its node carries it out, or it
 * turns out that the node does not; then another node gets it.
 */
export class Replication {
  readonly #settings: ReplicationSettings;
  readonly #orders = new Map<string, GivenOrder>();
  /** Orders that were not carried out, while somebody still wants the file. */
  readonly #refusals = new Map<string, { readonly id: FileId; readonly atMs: number }>();

  constructor(settings: ReplicationSettings) {
    this.#settings = settings;
  }

  /** All that stands. */
  get orders(): readonly CopyOrder[] {
    return [...this.#orders.values()].map(({ node, video }) => ({ node, video }));
  }

  /** Goes on from what somebody else had ordered, who no longer does; what stood here is forgotten. */
  resume(orders: readonly CopyOrder[], nowMs: number): void {
    this.#orders.clear();
    for (const { node, video } of orders) this.#orders.set(keyOf(node, video.id), { node, video, seenAtMs: nowMs });
  }

  /** What `node` is to copy now. */
  ordersFor(node: NodeNumber): readonly CopyOrder[] {
    return [...this.#orders.values()].filter(order => order.node === node);
  }

  /** How many files somebody did not copy although it was told to. */
  get refusedFiles(): number {
    return new Set([...this.#refusals.values()].map(({ id }) => id)).size;
  }

  /**
   * Bytes of the largest file that each node might be copying or be told to copy: what it is copying has taken some of its
   * room already, and still counts as something that there is room for.
   */
  roomsIn(nodes: readonly NodeStatus[]): ReadonlyMap<NodeNumber, number> {
    const rooms = nodes.filter(isAlive).map(node => {
      const ordered = this.ordersFor(node.number).map(({ video }) => video);
      const isOrdered = ({ id }: { readonly id: FileId }) => ordered.some(video => video.id === id);
      // What it copies from before a restart of the central may have any size.
      const roomBytes = node.copying.every(isOrdered) ? node.freeBytes + bytesOf(ordered) : Infinity;
      return [node.number, roomBytes] as const;
    });
    return new Map(rooms);
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
    this.#adopt(wanting, nodes, nowMs);
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
    const wanted = new Map(wanting.map(({ video }) => [video.id, video]));
    const states = new Map(nodes.map(node => [node.number, node]));
    for (const [key, { id }] of this.#refusals) if (!wanted.has(id)) this.#refusals.delete(key);
    for (const [key, order] of this.#orders) {
      const node = states.get(order.node);
      const video = wanted.get(order.video.id);
      if (!isAlive(node) || !video || video.nodes.includes(order.node)) {
        this.#orders.delete(key);
        continue;
      }
      order.video = video;
      if (isCopying(node, video)) order.seenAtMs = nowMs;
      if (nowMs - order.seenAtMs <= this.#settings.patienceMs) continue;
      this.#orders.delete(key);
      this.#refusals.set(key, { id: video.id, atMs: nowMs });
    }
  }

  /** Copies that run without an order of ours, of before a restart say, count as ordered. */
  #adopt(wanting: readonly { readonly video: Video }[], nodes: readonly NodeStatus[], nowMs: number): void {
    const alive = nodes.filter(node => isAlive(node) && node.copying.length > 0);
    for (const { video } of wanting) {
      for (const node of alive) {
        const key = keyOf(node.number, video.id);
        if (this.#orders.has(key) || !isCopying(node, video) || video.nodes.includes(node.number)) continue;
        this.#orders.set(key, { node: node.number, video, seenAtMs: nowMs });
      }
    }
  }

  /**
   * Of those that are up and have room and a free place: first those that never refused the file, or did longest ago, so
   * that everybody has a turn; then the one with fewest copies to make; then the one with most room. A node tries one file
   * again at a time, so that files that cannot be copied, however many, leave a place to the others.
   */
  #chooseNode(video: Video, nodes: readonly NodeStatus[], nowMs: number): NodeStatus | undefined {
    const candidates = nodes.flatMap(node => {
      const orders = this.ordersFor(node.number);
      const ordered = new Set(orders.map(order => order.video.id));
      const copies = ordered.size + node.copying.filter(({ id }) => !ordered.has(id)).length;
      const refusedAtMs = this.#refusals.get(keyOf(node.number, video.id))?.atMs ?? -Infinity;
      const freeBytes = node.freeBytes - bytesOf(orders.map(order => order.video));
      const isFit =
        node.state === 'up' &&
        !video.nodes.includes(node.number) &&
        !ordered.has(video.id) &&
        copies < this.#settings.copiesPerNode &&
        freeBytes >= video.sizeBytes &&
        nowMs - refusedAtMs >= this.#settings.pauseMs &&
        (refusedAtMs === -Infinity || !this.#isRetrying(node.number));
      return isFit ? [{ node, refusedAtMs, copies, freeBytes }] : [];
    });
    const longestAgoMs = Math.min(...candidates.map(({ refusedAtMs }) => refusedAtMs));
    const next = candidates.filter(({ refusedAtMs }) => refusedAtMs === longestAgoMs);
    next.sort((a, b) => a.copies - b.copies || b.freeBytes - a.freeBytes || a.node.number - b.node.number);
    return next[0]?.node;
  }

  #isRetrying(node: NodeNumber): boolean {
    return this.ordersFor(node).some(({ video }) => this.#refusals.has(keyOf(node, video.id)));
  }
}

/** A suspect may be back in a moment, and goes on with its copies meanwhile. */
function isAlive(node: NodeStatus | undefined): node is NodeStatus {
  return node?.state === 'up' || node?.state === 'suspect';
}

function isCopying({ copying }: NodeStatus, video: Video): boolean {
  return copying.some(({ id }) => id === video.id);
}

function bytesOf(videos: readonly Video[]): number {
  return videos.reduce((bytes, { sizeBytes }) => bytes + sizeBytes, 0);
}

function keyOf(node: NodeNumber, id: FileId): string {
  return `${node}/${id}`;
}
