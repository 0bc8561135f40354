import type { FileId, NodeNumber } from './file.ts';
import type { NodeStatus } from './node-registry.ts';
import { choosePlaces, placeOf } from './placement.ts';

/** How many verified replicas it takes to promise that a file will be kept: one is not enough where two can be had. */
export function neededReplicas(nodesUp: number, wanted: number): number {
  return Math.min(2, wanted, Math.max(1, nodesUp));
}

export interface UploadWish {
  readonly uploadId: string;
  /** Undefined when the sender does not know. */
  readonly fileId: FileId | undefined;
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

  /** Undefined when no node is up, or none has room; of those that have, the one where the file belongs. */
  choose({ uploadId, fileId = uploadId, sizeBytes = 0 }: UploadWish, nodes: readonly NodeStatus[], nowMs: number): NodeStatus | undefined {
    for (const [id, { atMs }] of this.#places) if (nowMs - atMs > this.#keptMs) this.#places.delete(id);
    const up = nodes.filter(({ state, mode }) => state === 'up' && mode === 'active');
    const node = this.#beginningOf(uploadId, up) ?? this.#bestFor(fileId, up.filter(candidate => this.#roomIn(candidate, uploadId) >= sizeBytes));
    if (node) this.#places.set(uploadId, { node: node.number, sizeBytes, atMs: nowMs });
    return node;
  }

  #beginningOf(uploadId: string, nodes: readonly NodeStatus[]): NodeStatus | undefined {
    const arrived = (node: NodeStatus) => node.receiving.find(upload => upload.uploadId === uploadId)?.doneBytes ?? -1;
    const [best] = nodes.toSorted((a, b) => arrived(b) - arrived(a));
    if (best && arrived(best) >= 0) return best;
    const known = this.#places.get(uploadId);
    return nodes.find(({ number }) => number === known?.node);
  }

  #bestFor(fileId: FileId, nodes: readonly NodeStatus[]): NodeStatus | undefined {
    const places = nodes.map(node => ({ ...placeOf(node), node }));
    return choosePlaces(fileId, places, [], 1)[0]?.node;
  }

  /** Less what uploads have still to bring. */
  #roomIn({ number, freeBytes, receiving }: NodeStatus, uploadId: string): number {
    const told = new Set(receiving.map(upload => upload.uploadId));
    const untold = [...this.#places].filter(([id, { node }]) => node === number && id !== uploadId && !told.has(id));
    const coming = receiving.map(({ sizeBytes = 0, doneBytes }) => Math.max(0, sizeBytes - doneBytes));
    return [...coming, ...untold.map(([, { sizeBytes }]) => sizeBytes)].reduce((room, bytes) => room - bytes, freeBytes);
  }
}
