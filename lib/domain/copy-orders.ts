import type { Video } from './catalog.ts';
import type { FileId, NodeNumber } from './file.ts';
import type { NodeStatus } from './node-registry.ts';

export interface CopyOrder {
  readonly node: NodeNumber;
  readonly video: Video;
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

/** A video with too few replicas. */
export interface Want {
  readonly video: Video;
  /** How many more copies it needs. */
  readonly missing: number;
  /** Nodes that are to bring it back from their trash, and copy nothing of it. */
  readonly returning?: readonly NodeNumber[];
}

interface GivenOrder extends StandingOrder {
  /** Grows with each order: a node carries them out in this order. */
  readonly turn: number;
  /** As it was when last reviewed: its holders come and go. */
  video: Video;
  seenAtMs: number;
  progress: CopyProgress | undefined;
}

/** The orders that were given, until they are carried out, nobody wants them any more, or their node lets them lie. */
export class CopyOrders {
  readonly #patienceMs: number;
  readonly #orders = new Map<string, GivenOrder>();
  /** The last turn that each node has come to. */
  readonly #turns = new Map<NodeNumber, number>();
  #lastTurn = 0;

  /** `patienceMs`: an order whose turn it is, and which its node does not report as running for this long, is withdrawn. */
  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs;
  }

  /** The oldest first. */
  get all(): readonly StandingOrder[] {
    return [...this.#orders.values()];
  }

  clear(): void {
    this.#orders.clear();
    this.#turns.clear();
  }

  has(node: NodeNumber, id: FileId): boolean {
    return this.#orders.has(keyOf(node, id));
  }

  give(node: NodeNumber, video: Video, nowMs: number): CopyOrder {
    this.#lastTurn += 1;
    return this.#add(node, video, this.#lastTurn, nowMs);
  }

  /** Takes a copy that runs without an order for one. It says nothing of the orders that its node has. */
  adopt(node: NodeNumber, video: Video, nowMs: number): void {
    this.#add(node, video, 0, nowMs);
  }

  /** How many orders there are for each file. */
  countByFile(): Map<FileId, number> {
    const counts = new Map<FileId, number>();
    for (const { video } of this.#orders.values()) counts.set(video.id, (counts.get(video.id) ?? 0) + 1);
    return counts;
  }

  /** Withdraws what is done, not wanted or not possible any more; returns the orders that their nodes let lie. */
  review(wants: ReadonlyMap<FileId, Want>, nodes: readonly NodeStatus[], nowMs: number): readonly CopyOrder[] {
    const states = new Map(nodes.map(node => [node.number, node]));
    const active = new Set(nodes.filter(({ copying }) => copying.length > 0).map(({ number }) => number));
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
    return this.#withdrawIgnored(active, nowMs);
  }

  #add(node: NodeNumber, video: Video, turn: number, nowMs: number): CopyOrder {
    const order = { node, video, turn, seenAtMs: nowMs, progress: undefined };
    this.#orders.set(keyOf(node, video.id), order);
    return order;
  }

  /** Of a file that needs fewer copies than before, what nobody has begun. */
  #withdrawExtra(wants: ReadonlyMap<FileId, Want>): void {
    const counts = this.countByFile();
    for (const [key, { video: { id }, progress }] of this.#orders) {
      if (progress || counts.get(id)! <= wants.get(id)!.missing) continue;
      this.#orders.delete(key);
      counts.set(id, counts.get(id)! - 1);
    }
  }

  /** An order behind others waits as long as they take; one that the node passed over, or lets lie, does not. */
  #withdrawIgnored(active: ReadonlySet<NodeNumber>, nowMs: number): readonly CopyOrder[] {
    const ignored: CopyOrder[] = [];
    for (const [key, order] of this.#orders) {
      const isInLine = active.has(order.node) && order.turn > (this.#turns.get(order.node) ?? 0);
      if (order.progress || isInLine) order.seenAtMs = nowMs;
      if (nowMs - order.seenAtMs <= this.#patienceMs) continue;
      this.#orders.delete(key);
      ignored.push(order);
    }
    return ignored;
  }
}

/** Whether a node may have orders. A suspect may be back in a moment, and goes on with its copies meanwhile. */
export function isTaking(node: NodeStatus | undefined): node is NodeStatus {
  return node?.mode === 'active' && (node.state === 'up' || node.state === 'suspect');
}

function progressOf({ video, progress }: GivenOrder, node: NodeStatus, nowMs: number): CopyProgress | undefined {
  const copy = node.copying.find(({ id }) => id === video.id);
  if (!copy) return undefined;
  const doneBytes = copy.doneBytes ?? 0;
  return { sinceMs: progress?.sinceMs ?? nowMs, fromBytes: progress?.fromBytes ?? doneBytes, doneBytes };
}

function keyOf(node: NodeNumber, id: FileId): string {
  return `${node}/${id}`;
}
