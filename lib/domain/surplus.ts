import type { Video } from './catalog.ts';
import type { FileId, NodeNumber } from './file.ts';
import type { NodeStatus } from './node-registry.ts';
import { placeOf, worstPlaced } from './placement.ts';

export interface DropOrder {
  readonly node: NodeNumber;
  readonly video: Video;
}

/** A video that may have more replicas than it is to have. */
export interface Crowd {
  readonly video: Video;
  readonly wanted: number;
}

export interface SurplusSettings {
  /** Replicas count, for dropping others, when their node has been up without a break for as long… */
  readonly graceMs: number;
  /** …and was heard not longer ago than this: one that is about to be suspected is no ground to drop another. */
  readonly freshMs: number;
}

/**
 * Which replica that nobody needs is to be freed. Only when more than wanted are on nodes that have long been up, and never
 * two of a file at a time: an order stands until its node announced that the replica is gone, or until the file is no
 * longer crowded, so that an order that got lost, or is carried out late, cannot take one too many.
 */
export class Surplus {
  readonly #settings: SurplusSettings;
  readonly #orders = new Map<FileId, DropOrder>();

  constructor(settings: SurplusSettings) {
    this.#settings = settings;
  }

  /** What `node` is to free now. */
  ordersFor(node: NodeNumber): readonly DropOrder[] {
    return this.standing.filter(order => order.node === node);
  }

  get standing(): readonly DropOrder[] {
    return [...this.#orders.values()];
  }

  /** Goes on from what somebody else had ordered, who no longer does; what stood here is forgotten. */
  resume(orders: readonly DropOrder[]): void {
    this.#orders.clear();
    for (const order of orders) this.#orders.set(order.video.id, order);
  }

  /** Nodes whose replicas are certain enough that another may be dropped. */
  certain(nodes: readonly NodeStatus[]): readonly NodeStatus[] {
    const { graceMs, freshMs } = this.#settings;
    return nodes.filter(({ mode, upForMs = -1, silentMs = Infinity }) => mode === 'active' && upForMs >= graceMs && silentMs <= freshMs);
  }

  /** Whether as many as wanted are left on certain nodes when `node` frees its replica. */
  canSpare(node: NodeNumber, { video, wanted }: Crowd, nodes: readonly NodeStatus[]): boolean {
    const others = this.certain(nodes).filter(({ number }) => number !== node && video.nodes.includes(number));
    return others.length >= wanted;
  }

  /** Brings the orders up to date with all that is crowded. Returns the orders that are new. */
  plan(crowds: readonly Crowd[], nodes: readonly NodeStatus[]): readonly DropOrder[] {
    const certain = new Map(this.certain(nodes).map(node => [node.number, { ...placeOf(node), number: node.number }]));
    const before = new Map(this.#orders);
    this.#orders.clear();
    const given: DropOrder[] = [];
    for (const { video, wanted } of crowds) {
      const holders = video.nodes.flatMap(node => certain.get(node) ?? []);
      if (holders.length <= wanted) continue;
      const standing = before.get(video.id);
      if (standing && holders.some(({ number }) => number === standing.node)) {
        this.#orders.set(video.id, { ...standing, video });
        continue;
      }
      const order = { node: worstPlaced(video.id, holders)!.number, video };
      this.#orders.set(video.id, order);
      given.push(order);
    }
    return given;
  }
}
