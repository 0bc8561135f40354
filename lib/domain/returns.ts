import type { FileId, NodeNumber } from './file.ts';

/** A replica that a node is to bring back from its trash. */
export interface Return {
  readonly node: NodeNumber;
  /** It takes so long that the node is not waited for any more. */
  readonly isLate: boolean;
}

const none: readonly Return[] = [];

/**
 * Replicas that nodes are to bring back from their trash. For a while each counts as a copy that is on its way: another one
 * would be surplus as soon as it was made. A node that does not bring it back in that time, because its disk refuses or it is
 * too busy, is not waited for any longer.
 */
export class Returns {
  readonly #patienceMs: number;
  #awaited = new Map<FileId, ReadonlyMap<NodeNumber, number>>();

  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs;
  }

  /** Takes all that is to come back now; what is missing from it came, or is not to come any more. */
  note(returning: ReadonlyMap<FileId, readonly NodeNumber[]>, nowMs: number): void {
    const before = this.#awaited;
    const sinceMs = (id: FileId, node: NodeNumber) => before.get(id)?.get(node) ?? nowMs;
    this.#awaited = new Map([...returning].map(([id, nodes]) => [id, new Map(nodes.map(node => [node, sinceMs(id, node)]))]));
  }

  of(id: FileId, nowMs: number): readonly Return[] {
    const awaited = this.#awaited.get(id);
    return awaited ? [...awaited].map(([node, sinceMs]) => ({ node, isLate: nowMs - sinceMs >= this.#patienceMs })) : none;
  }
}
