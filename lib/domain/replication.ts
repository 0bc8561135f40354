import { Candidate, chooseCandidate, obstaclesTo, type CandidateSettings, type Obstacle } from './candidates.ts';
import type { Video } from './catalog.ts';
import type { FileId, NodeNumber } from './file.ts';
import type { NodeStatus } from './node-registry.ts';

export interface CopyOrder {
  readonly node: NodeNumber;
  readonly video: Video;
}

export interface ReplicationSettings extends CandidateSettings {
  /** An order whose turn it is, and which its node does not report as running for this long, is withdrawn. */
  readonly patienceMs: number;
}

/** A copy as its node reports it. */
export interface CopyProgress {
  readonly sinceMs: number;
  /** What was there when it was first reported, of an earlier attempt say. */
  readonly fromBytes: number;
  readonly doneBytes: number;
}

/** An order that stands. */
export interface StandingOrder extends CopyOrder {
  /** Undefined until its node begins. */
  readonly progress: CopyProgress | undefined;
}

interface GivenOrder extends StandingOrder {
  /** Grows with each order: a node carries them out in this order. */
  readonly turn: number;
  /** As it was when last planned: its holders come and go. */
  video: Video;
  seenAtMs: number;
  progress: CopyProgress | undefined;
}

/** A video with too few replicas. */
export interface Want {
  readonly video: Video;
  /** How many more copies it needs. */
  readonly missing: number;
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
  /** The last turn that each node has come to. */
  readonly #turns = new Map<NodeNumber, number>();
  #lastTurn = 0;

  constructor(settings: ReplicationSettings) {
    this.#settings = settings;
  }

  /** What `node` is to copy now. */
  ordersFor(node: NodeNumber): readonly CopyOrder[] {
    return [...this.#orders.values()].filter(order => order.node === node);
  }

  /** Every order, the oldest first. */
  get standing(): readonly StandingOrder[] {
    return [...this.#orders.values()];
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
    const running = this.#copiesByFile();
    const candidates = this.#candidates(nodes);
    const given: CopyOrder[] = [];
    for (const { video, missing } of wanting) {
      for (let copy = running.get(video.id) ?? 0; copy < missing; copy += 1) {
        const candidate = chooseCandidate(video, candidates, nowMs);
        if (!candidate) break;
        candidate.order(video);
        this.#lastTurn += 1;
        given.push(this.#give(candidate.node.number, video, this.#lastTurn, nowMs));
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
    const states = new Map(nodes.map(node => [node.number, node]));
    const active = new Set(nodes.filter(({ copying }) => copying.length > 0).map(({ number }) => number));
    for (const [key, { id }] of this.#refusals) if (!wants.has(id)) this.#refusals.delete(key);
    for (const [key, order] of this.#orders) {
      const node = states.get(order.node);
      const want = wants.get(order.video.id);
      const isOver = !want || want.video.nodes.includes(order.node);
      if (isOver) active.add(order.node);
      order.progress = node && progressOf(order, node, nowMs);
      if (isOver || order.progress) this.#turns.set(order.node, Math.max(order.turn, this.#turns.get(order.node) ?? 0));
      if (isOver || !isTaking(node)) this.#orders.delete(key);
      else order.video = want.video;
    }
    this.#withdrawExtra(wants);
    this.#withdrawIgnored(active, nowMs);
  }

  /** Of a file that needs fewer copies than before, what nobody has begun. */
  #withdrawExtra(wants: ReadonlyMap<FileId, Want>): void {
    const copies = this.#copiesByFile();
    for (const [key, { video: { id }, progress }] of this.#orders) {
      if (progress || copies.get(id)! <= wants.get(id)!.missing) continue;
      this.#orders.delete(key);
      copies.set(id, copies.get(id)! - 1);
    }
  }

  /** An order behind others waits as long as they take; one that the node passed over, or lets lie, does not. */
  #withdrawIgnored(active: ReadonlySet<NodeNumber>, nowMs: number): void {
    for (const [key, order] of this.#orders) {
      const isInLine = active.has(order.node) && order.turn > (this.#turns.get(order.node) ?? 0);
      if (order.progress || isInLine) order.seenAtMs = nowMs;
      if (nowMs - order.seenAtMs <= this.#settings.patienceMs) continue;
      this.#orders.delete(key);
      this.#refusals.set(key, { id: order.video.id, atMs: nowMs });
    }
  }

  /** Copies that run without an order of ours, of before a restart say, count as ordered. */
  #adopt(wanting: readonly Want[], nodes: readonly NodeStatus[], nowMs: number): void {
    const taking = nodes.filter(node => isTaking(node) && node.copying.length > 0);
    if (taking.length === 0) return;
    for (const { video } of wanting) {
      for (const node of taking) {
        if (this.#orders.has(keyOf(node.number, video.id)) || video.nodes.includes(node.number)) continue;
        if (isCopying(node, video)) this.#give(node.number, video, 0, nowMs);
      }
    }
  }

  #give(node: NodeNumber, video: Video, turn: number, nowMs: number): CopyOrder {
    const order = { node, video, turn, seenAtMs: nowMs, progress: undefined };
    this.#orders.set(keyOf(node, video.id), order);
    return order;
  }

  #candidates(nodes: readonly NodeStatus[]): readonly Candidate[] {
    const candidates = new Map(nodes.map(node => {
      const refusedAtMs = (id: FileId) => this.#refusals.get(keyOf(node.number, id))?.atMs;
      return [node.number, new Candidate(node, this.#settings, refusedAtMs)];
    }));
    for (const { node, video } of this.#orders.values()) candidates.get(node)?.order(video);
    return [...candidates.values()];
  }

  #copiesByFile(): Map<FileId, number> {
    const copies = new Map<FileId, number>();
    for (const { video } of this.#orders.values()) copies.set(video.id, (copies.get(video.id) ?? 0) + 1);
    return copies;
  }
}

/** A suspect may be back in a moment, and goes on with its copies meanwhile. */
function isTaking(node: NodeStatus | undefined): node is NodeStatus {
  return node?.mode === 'active' && (node.state === 'up' || node.state === 'suspect');
}

function progressOf({ video, progress }: GivenOrder, node: NodeStatus, nowMs: number): CopyProgress | undefined {
  const copy = node.copying.find(({ id }) => id === video.id);
  if (!copy) return undefined;
  const doneBytes = copy.doneBytes ?? 0;
  return { sinceMs: progress?.sinceMs ?? nowMs, fromBytes: progress?.fromBytes ?? doneBytes, doneBytes };
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
