import { Candidate, chooseCandidate, obstaclesTo, type CandidateSettings, type Obstacle } from './candidates.ts';
import type { Video } from './catalog.ts';
import { CopyOrders, isTaking, type CopyOrder, type StandingOrder, type Want } from './copy-orders.ts';
import type { FileId, NodeNumber } from './file.ts';
import type { NodeStatus } from './node-registry.ts';

export interface ReplicationSettings extends CandidateSettings {
  /** An order whose turn it is, and which its node does not report as running for this long, is withdrawn. */
  readonly patienceMs: number;
}

/**
 * Which node is to copy which video. An order stands until the file is whole enough, its node carries it out, or it
 * turns out that the node does not; then another node gets it.
 */
export class Replication {
  readonly #settings: ReplicationSettings;
  readonly #orders: CopyOrders;
  /** By node, when it last did not carry out an order for a file that somebody still wants. */
  readonly #refusals = new Map<NodeNumber, Map<FileId, number>>();

  constructor(settings: ReplicationSettings) {
    this.#settings = settings;
    this.#orders = new CopyOrders(settings.patienceMs);
  }

  /** All that stands, without what became of it. */
  get orders(): readonly CopyOrder[] {
    return this.standing.map(({ node, video }) => ({ node, video }));
  }

  /** Goes on from what somebody else had ordered, who no longer does; what stood here is forgotten. */
  resume(orders: readonly CopyOrder[], nowMs: number): void {
    this.#orders.clear();
    for (const { node, video } of orders) this.#orders.give(node, video, nowMs);
  }

  /** What `node` is to copy now, in this order. */
  ordersFor(node: NodeNumber): readonly CopyOrder[] {
    return this.standing.filter(order => order.node === node);
  }

  /** Every order, the oldest first. */
  get standing(): readonly StandingOrder[] {
    return this.#orders.all;
  }

  /** How many files somebody did not copy although it was told to. */
  get refusedFiles(): number {
    return new Set([...this.#refusals.values()].flatMap(refused => [...refused.keys()])).size;
  }

  /**
   * Bytes of the largest file that each node might be copying or be told to copy: what it is copying has taken some of its
   * room already, and still counts as something that there is room for.
   */
  roomsIn(nodes: readonly NodeStatus[]): ReadonlyMap<NodeNumber, number> {
    const rooms = nodes.filter(isTaking).map(node => {
      const ordered = this.ordersFor(node.number).map(({ video }) => video);
      const isOrdered = ({ id }: { readonly id: FileId }) => ordered.some(video => video.id === id);
      // What it copies from before a restart of the central may have any size.
      const roomBytes = node.copying.every(isOrdered) ? node.freeBytes + bytesOf(ordered) : Infinity;
      return [node.number, roomBytes] as const;
    });
    return new Map(rooms);
  }

  /** Brings the orders up to date with what is wanting, the most urgent first. Returns the orders that are new. */
  plan(wanting: readonly Want[], nodes: readonly NodeStatus[], nowMs: number): readonly CopyOrder[] {
    this.#review(wanting, nodes, nowMs);
    this.#adopt(wanting, nodes, nowMs);
    const running = this.#orders.countByFile();
    const candidates = this.#candidates(nodes);
    const given: CopyOrder[] = [];
    for (const { video, missing, returning = [] } of wanting) {
      for (const candidate of candidates) if (returning.includes(candidate.node.number)) candidate.expect(video);
      for (let copy = running.get(video.id) ?? 0; copy < missing; copy += 1) {
        const candidate = chooseCandidate(video, candidates, nowMs);
        if (!candidate) break;
        candidate.order(video);
        given.push(this.#orders.give(candidate.node.number, video, nowMs));
      }
    }
    return given;
  }

  /** Why each node does not copy the video now; undefined for those that might be told to. */
  obstaclesTo(video: Video, nodes: readonly NodeStatus[], nowMs: number): ReadonlyMap<NodeNumber, Obstacle | undefined> {
    const obstacles = obstaclesTo(video, this.#candidates(nodes), nowMs);
    return new Map([...obstacles].map(([{ node }, obstacle]) => [node.number, obstacle]));
  }

  #review(wanting: readonly Want[], nodes: readonly NodeStatus[], nowMs: number): void {
    const wants = new Map(wanting.map(want => [want.video.id, want]));
    for (const refused of this.#refusals.values()) {
      for (const id of refused.keys()) if (!wants.has(id)) refused.delete(id);
    }
    for (const { node, video } of this.#orders.review(wants, nodes, nowMs)) {
      const refused = this.#refusals.get(node) ?? new Map<FileId, number>();
      this.#refusals.set(node, refused.set(video.id, nowMs));
    }
  }

  /** Copies that run without an order of ours, of before a restart say, count as ordered. */
  #adopt(wanting: readonly Want[], nodes: readonly NodeStatus[], nowMs: number): void {
    const videos = new Map(wanting.map(({ video }) => [video.id, video]));
    for (const { number, copying } of nodes.filter(isTaking)) {
      for (const { id } of copying) {
        const video = videos.get(id);
        if (video && !video.nodes.includes(number) && !this.#orders.has(number, id)) this.#orders.adopt(number, video, nowMs);
      }
    }
  }

  #candidates(nodes: readonly NodeStatus[]): readonly Candidate[] {
    const none: ReadonlyMap<FileId, number> = new Map();
    const candidates = new Map(nodes.map(node => [node.number, new Candidate(node, this.#settings, this.#refusals.get(node.number) ?? none)]));
    for (const { node, video } of this.standing) candidates.get(node)?.order(video);
    return [...candidates.values()];
  }
}

function bytesOf(videos: readonly Video[]): number {
  return videos.reduce((bytes, { sizeBytes }) => bytes + sizeBytes, 0);
}
