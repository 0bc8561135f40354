import type { NodeNumber } from './file.ts';
import type { NodeStatus } from './node-registry.ts';

/** How many verified replicas it takes to promise that a file will be kept: one is not enough where two can be had. */
export function neededReplicas(nodesUp: number, wanted: number): number {
  return Math.min(2, wanted, Math.max(1, nodesUp));
}

export interface UploadWish {
  readonly uploadId: string;
  /** Undefined when the sender does not know. */
  readonly sizeBytes: number | undefined;
}

interface Place {
  readonly node: NodeNumber;
  readonly sizeBytes: number;
  readonly atMs: number;
}

/**
 * Which node takes which upload. Whoever comes back is led to where the beginning of its file is; room that was given
 * away is not given again before the node itself tells what it receives.
 */
export class UploadPlaces {
  readonly #keptMs: number;
  readonly #places = new Map<string, Place>();

  /** A place that nobody came to is free again after `keptMs`. */
  constructor(keptMs: number) {
    this.#keptMs = keptMs;
  }

  /** Undefined when no node is up, or none has room; the node with most room left else. */
  choose({ uploadId, sizeBytes = 0 }: UploadWish, nodes: readonly NodeStatus[], nowMs: number): NodeStatus | undefined {
    for (const [id, { atMs }] of this.#places) if (nowMs - atMs > this.#keptMs) this.#places.delete(id);
    const up = nodes.filter(({ state }) => state === 'up');
    const node = this.#placeOf(uploadId, up) ?? this.#roomiest(uploadId, sizeBytes, up);
    if (node) this.#places.set(uploadId, { node: node.number, sizeBytes, atMs: nowMs });
    return node;
  }

  #placeOf(uploadId: string, nodes: readonly NodeStatus[]): NodeStatus | undefined {
    const arrived = (node: NodeStatus) => node.receiving.find(upload => upload.uploadId === uploadId)?.doneBytes ?? -1;
    const [best] = nodes.toSorted((a, b) => arrived(b) - arrived(a));
    if (best && arrived(best) >= 0) return best;
    const known = this.#places.get(uploadId);
    return nodes.find(({ number }) => number === known?.node);
  }

  #roomiest(uploadId: string, sizeBytes: number, nodes: readonly NodeStatus[]): NodeStatus | undefined {
    const rooms = nodes.map(node => ({ node, roomBytes: node.freeBytes - this.#promisedBytes(node, uploadId) }));
    const fit = rooms.filter(({ roomBytes }) => roomBytes >= sizeBytes);
    fit.sort((a, b) => b.roomBytes - a.roomBytes || a.node.number - b.node.number);
    return fit[0]?.node;
  }

  /** What uploads have still to bring to the node. */
  #promisedBytes({ number, receiving }: NodeStatus, uploadId: string): number {
    const told = new Set(receiving.map(upload => upload.uploadId));
    const untold = [...this.#places].filter(([id, { node }]) => node === number && id !== uploadId && !told.has(id));
    const coming = receiving.map(({ sizeBytes = 0, doneBytes }) => Math.max(0, sizeBytes - doneBytes));
    return [...coming, ...untold.map(([, { sizeBytes }]) => sizeBytes)].reduce((total, bytes) => total + bytes, 0);
  }
}
