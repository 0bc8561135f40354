import type { FileId, NodeNumber } from './file.ts';

const none: readonly NodeNumber[] = [];

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

  /** The nodes whose replica of the file is still waited for. */
  of(id: FileId, nowMs: number): readonly NodeNumber[] {
    const awaited = this.#awaited.get(id);
    return awaited ? [...awaited].filter(([, sinceMs]) => nowMs - sinceMs < this.#patienceMs).map(([node]) => node) : none;
  }
}
